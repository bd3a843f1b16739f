/** A defence taken out, and who should notice. */
export interface Fault {
  /** The defence that is taken out, with the number of its attack or rule. */
  title: string
  file: string
  find: string
  replace: string
  /** The test file that should notice, and which of its tests. */
  test: string
  named: string
}

export const server = 'packages/server/src'
export const tests = 'packages/server/test'
