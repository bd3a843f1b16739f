import { limits } from '@muster/server/domain/command/limits.ts'
import { createLimits } from '@muster/server/store/command/limit-store.ts'
import { type Database, openDatabase } from '@muster/server/store/database.ts'
import { aDatabase } from '@muster/testkit/database.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let one: Database
let other: Database
beforeAll(async () => {
  one = await aDatabase()
  other = await openDatabase({ databaseUrl: one.url })
})
afterAll(async () => {
  await other?.close()
  await one?.close()
})

test('two processes share one rate limit under concurrent requests (I12)', async () => {
  const { points, seconds } = limits['invitation token by address']
  const processes = [createLimits(one), createLimits(other)]
  const attempts = Array.from({ length: points * 3 }, (_, n) => processes[n % 2]?.spend('invitation token by address', '203.0.113.7'))
  const refused = (await Promise.allSettled(attempts)).filter((attempt) => attempt.status === 'rejected')
  expect(refused).toHaveLength(points * 2)
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ code: 'too_many_attempts', extensions: { retry_after: expect.any(Number) } })
    expect(reason.extensions.retry_after).toBeLessThanOrEqual(seconds)
  }
  // Requests from another address are not limited by it.
  await processes[1]?.spend('invitation token by address', '203.0.113.8')
})
