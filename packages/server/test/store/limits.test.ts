import { limitTable } from '@muster/server/domain/command/limit-settings.ts'
import { limits, pointOfRequest, type Spending } from '@muster/server/domain/command/limits.ts'
import { createLimits } from '@muster/server/store/command/limit-store.ts'
import { type Database, openDatabase } from '@muster/server/store/database.ts'
import { movableClock } from '@muster/testkit/clock.ts'
import { aDatabase } from '@muster/testkit/database.ts'
import { databaseWorkOf } from '@muster/testkit/statement-counter.ts'
import { sql } from 'kysely'
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

test('several limits are spent in one statement, and the last only if none refuses', async () => {
  const process = createLimits(one)
  const own: Spending[] = [
    ['invitation mail by sender', 'usr_sender'],
    ['invitation mail by email and organization', 'org_acme/eve@example.com'],
  ]
  const shared: Spending = ['invitation mail by email', 'eve@example.com']
  const work = await databaseWorkOf(async () => expect(await process.spendTogether(own, shared)).toEqual([null, null, null]))
  expect(work.roundTrips).toBe(1)
  const { points } = limits['invitation mail by email and organization']
  for (let spent = 1; spent < points; spent++) await process.spendTogether(own, shared)
  const [sender, refused] = await process.spendTogether(own, shared)
  expect([sender, refused?.code]).toEqual([null, 'too_many_attempts'])
  expect(await process.isUsedUp('invitation mail by email', 'eve@example.com')).toBe(false)
  await process.giveBack(['invitation mail by email', 'eve@example.com', points])
  const { rows } = await sql<{ points: number }>`select points from attempt where key like 'invitation-mail-by-email:%'`.execute(one.kysely)
  expect(rows).toEqual([{ points: 0 }])
})

test('statements that spend the same limits in another order do not deadlock', async () => {
  const processes = [createLimits(one), createLimits(other)]
  const keys: Spending[] = ['a', 'b', 'c', 'd', 'e'].map((key) => ['resource by organization', key])
  await Promise.all(Array.from({ length: 60 }, (_, n) => processes[n % 2]?.spendTogether(n % 3 === 0 ? keys.toReversed() : keys)))
  const { rows } = await sql<{ points: number }>`select distinct points from attempt where key like 'resource-by-organization:%'`.execute(one.kysely)
  expect(rows).toEqual([{ points: 60 }])
})

test('a limit on load is counted in memory, and shared between processes by a flush', async () => {
  const [first, second] = [createLimits(one), createLimits(other)]
  const key = ['username by address', '203.0.113.20'] as const
  const { points } = limits['username by address']
  const work = await databaseWorkOf(() => first.spend(...key, points))
  expect(work.statements).toEqual([])
  await expect(first.spend(...key)).rejects.toMatchObject({ code: 'too_many_attempts' })
  await second.spend(...key) // It does not know the other's count yet.
  await first.stop()
  await second.stop()
  await expect(second.spend(...key)).rejects.toMatchObject({ code: 'too_many_attempts' })
})

test('a limit on load begins a new window when its time is over', async () => {
  const clock = movableClock(one)
  const process = createLimits(one)
  const key = ['revoke by address', '203.0.113.21'] as const
  const { points, seconds } = limits['revoke by address']
  await process.spend(...key, points)
  await process.stop()
  await expect(process.spend(...key)).rejects.toMatchObject({ extensions: { retry_after: expect.any(Number) } })
  await clock.advance(seconds + 1)
  await process.spend(...key)
  await process.stop()
  await clock.restore()
})

test('no limit that guards a secret or an email is counted in memory', () => {
  const inMemory = Object.entries(limits).flatMap(([name, limit]) => ('inMemory' in limit ? [name] : []))
  expect(inMemory).toEqual(['authorization by address', 'token by address', 'introspection by client', 'revoke by address', 'username by address'])
})

test('a tightened limit refuses earlier, with its own period (O11)', async () => {
  const process = createLimits(one, limitTable('invitation token by address=2/5m').table)
  const spend = () => process.spend('invitation token by address', '203.0.113.30')
  await spend()
  await spend()
  const refusal = await spend().catch((error) => error)
  expect(refusal).toMatchObject({ code: 'too_many_attempts' })
  expect(refusal.extensions.retry_after).toBeLessThanOrEqual(300)
  expect(await process.isUsedUp('invitation token by address', '203.0.113.30')).toBe(true)
})

test('a limit that is switched off costs no statement and refuses nothing (O11)', async () => {
  const process = createLimits(one, limitTable('resource by organization=off, device authorization by address=off').table)
  const work = await databaseWorkOf(async () => {
    await process.spend('resource by organization', 'org_acme', 1_000_000)
    await process.giveBack(['resource by organization', 'org_acme'])
    expect(await process.isUsedUp('resource by organization', 'org_acme')).toBe(false)
    expect(pointOfRequest(process, 'device authorization by address', '203.0.113.31').take()).toBeUndefined()
  })
  expect(work.statements).toEqual([])
})

test('no limit has a key for everybody (O11)', () => {
  expect(Object.keys(limits).filter((name) => !name.includes(' by ') || /everybody|installation/.test(name))).toEqual([])
})
