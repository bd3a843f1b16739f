import assert from 'node:assert/strict'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, test } from 'vitest'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster({ engine: 'pglite' })
})
afterAll(() => muster.close())

test('every operation of the API has an operationId, and no two share one', async () => {
  const { body } = await muster.call('GET', '/openapi.json')
  const operations = Object.entries<Record<string, { operationId?: string }>>(body.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { operationId }]) => ({ route: `${method.toUpperCase()} ${path}`, operationId })),
  )
  assert.ok(operations.length >= 70)
  // A verb and a noun, as generators name the function they make of it.
  assert.deepEqual(
    operations.filter(({ operationId }) => !/^[a-z]+([A-Z][a-z]+)+$/.test(operationId ?? '')),
    [],
  )
  const ids = operations.map(({ operationId }) => operationId)
  assert.deepEqual(
    ids.filter((id, index) => ids.indexOf(id) !== index),
    [],
  )
})
