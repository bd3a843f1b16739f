import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

interface Operation {
  operationId?: string
  summary?: string
  description?: string
}

// Generators name the function after the operationId, and the reference lists the summaries.
const verbs =
  /^(Accept|Authorize|Change|Check|Confirm|Copy|Create|Deactivate|Decline|End|Explain|Finish|Get|Join|Leave|List|Plan|Preview|Promote|Reactivate|Register|Reissue|Remove|Rename|Request|Resend|Reset|Resume|Revive|Revoke|Rotate|Sign|Suspend|Transfer|Update|Wait|Withdraw) /

let muster: Muster
let operations: (Operation & { route: string })[]
beforeAll(async () => {
  muster = await startMuster()
  const { body } = await muster.call('GET', '/openapi.json')
  operations = Object.entries<Record<string, Operation>>(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ route: `${method.toUpperCase()} ${path}`, ...operation })),
  )
  expect(operations.length).toBeGreaterThanOrEqual(70)
})
afterAll(() => muster.close())

const routesWhere = (isWrong: (operation: Operation) => boolean): string[] => operations.filter(isWrong).map(({ route }) => route)
const repeated = (values: (string | undefined)[]): (string | undefined)[] => values.filter((value, index) => values.indexOf(value) !== index)

test('each operation has an operationId of a verb and a noun', () => {
  expect(routesWhere(({ operationId = '' }) => !/^[a-z]+([A-Z][a-z]+)+$/.test(operationId))).toEqual([])
})

test('no two operations share an operationId', () => {
  expect(repeated(operations.map(({ operationId }) => operationId))).toEqual([])
})

test('each operation has a summary of at most five words that begins with a verb', () => {
  expect(routesWhere(({ summary = '' }) => !verbs.test(summary) || summary.endsWith('.') || summary.split(' ').length > 5)).toEqual([])
})

test('no two operations share a summary', () => {
  expect(repeated(operations.map(({ summary }) => summary))).toEqual([])
})

test('each operation has a description in full sentences', () => {
  expect(routesWhere(({ description = '' }) => !/^[A-Z].* .*\.$/s.test(description))).toEqual([])
})
