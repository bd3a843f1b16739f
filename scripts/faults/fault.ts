/** A change that removes one defence, and the test that must then fail. */
export interface Fault {
  /** The removed defence, worded as the rule that holds without the change, with the number of its attack or rule. */
  title: string
  file: string
  find: string
  replace: string
  /** The test file that must fail. `named` is part of the title of its test. */
  test: string
  named: string
}

export const server = 'packages/server/src'
export const tests = 'packages/server/test'
