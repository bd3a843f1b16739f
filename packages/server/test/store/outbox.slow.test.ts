import { setTimeout as sleep } from 'node:timers/promises'
import { type Job, type JobQueue, openQueue } from '@muster/server/jobs/queue.ts'
import { type Database, openDatabase } from '@muster/server/store/database.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

describe.each(['pglite', 'postgres'] as const)('the outbox on %s', (engine) => {
  let database: Database
  let queue: JobQueue
  const worked: { n: number; at: number; retryCount: number }[] = []
  const failures = new Map<number, number>()

  beforeAll(async () => {
    database = await openDatabase(engine === 'pglite' ? {} : { databaseUrl: await (await startPostgres()).createDatabase() })
    queue = await openQueue(database, () => {})
    await queue.work<{ n: number }>('mail', async ({ data: { n }, retryCount }) => {
      const left = failures.get(n) ?? 0
      failures.set(n, left - 1)
      if (left > 0) throw new Error('The mail server is down.')
      worked.push({ n, at: performance.now(), retryCount })
    })
  })
  afterAll(async () => {
    await queue?.stop()
    await database?.close()
  })

  const arrived = async (n: number, withinMilliseconds = 60_000): Promise<{ at: number; retryCount: number }> => {
    for (const began = performance.now(); ; ) {
      const found = worked.find((job) => job.n === n)
      if (found) return found
      if (performance.now() - began > withinMilliseconds) throw new Error(`Job ${n} was not worked on within ${withinMilliseconds} ms.`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const send = (n: number): Promise<void> => database.kysely.transaction().execute((trx) => queue.send(trx, 'mail', { n }))

  test('a job starts right after its transaction is committed', async () => {
    // Each job is sent soon after a poll. Without the notification it would wait for most of the two seconds until the next poll.
    let shortest = Number.POSITIVE_INFINITY
    for (let n = 1; n <= 5; n += 1) {
      await send(n)
      const committed = performance.now()
      shortest = Math.min(shortest, (await arrived(n)).at - committed)
      await new Promise((resolve) => setTimeout(resolve, 300)) // Waits until the queue is idle again.
    }
    expect(shortest).toBeLessThan(1_000)
  })

  test('a job is discarded when its transaction is rolled back', async () => {
    const failing = database.kysely.transaction().execute(async (trx) => {
      await queue.send(trx, 'mail', { n: 10 })
      throw new Error('refused')
    })
    await expect(failing).rejects.toThrow('refused')
    await send(11)
    await arrived(11)
    expect(worked.some(({ n }) => n === 10)).toBe(false)
    const { rows } = await sql`select 1 from jobs.job where data ->> 'n' = '10'`.execute(database.kysely)
    expect(rows).toEqual([])
  })

  test('a large batch of jobs is processed without waiting for the next poll', async () => {
    const jobs = Array.from({ length: 120 }, (_, at) => 1_000 + at)
    await database.kysely.transaction().execute(async (trx) => {
      for (const n of jobs) await queue.send(trx, 'mail', { n })
    })
    const times: number[] = []
    for (const n of jobs) times.push((await arrived(n)).at)
    // Twenty jobs per poll, with two seconds between polls, would take ten seconds.
    expect(Math.max(...times) - Math.min(...times)).toBeLessThan(9_000)
  })

  test('a failed job is retried and does not delay the others', async () => {
    failures.set(200, 1)
    await database.kysely.transaction().execute(async (trx) => {
      await queue.send(trx, 'mail', { n: 200 })
      await queue.send(trx, 'mail', { n: 201 })
    })
    expect((await arrived(201)).retryCount).toBe(0)
    expect((await arrived(200)).retryCount).toBe(1)
    expect(worked.filter(({ n }) => n === 201).length).toBe(1)
  })
})

test('a job of a killed process is retried after the next start', async () => {
  const database = await openDatabase({})
  const before = await openQueue(database)
  await database.kysely.transaction().execute((trx) => before.send(trx, 'mail', { n: 1 }))
  await before.stop()
  await sql`update jobs.job set state = 'active', started_on = now() where name = 'mail'`.execute(database.kysely)
  const after = await openQueue(database)
  const retryCount = await new Promise<number>((resolve) => {
    void after.work('mail', async (job) => resolve(job.retryCount))
  })
  expect(retryCount).toBe(1)
  await after.stop()
  await database.close()
})

test('a job that goes on later ends when its process stops, and is no failure', async () => {
  const database = await openDatabase({})
  const errors: Error[] = []
  const before = await openQueue(database, (error) => errors.push(error))
  const began = new Promise<void>((resolve) => {
    const handler = async ({ signal }: Job): Promise<void> => {
      resolve()
      await sleep(60_000, undefined, { signal })
    }
    void before.work('secret', handler, { goesOnLater: true })
  })
  await database.kysely.transaction().execute((trx) => before.send(trx, 'secret', {}))
  await began
  await before.stop()
  expect([errors, before.failures.get('secret')]).toEqual([[], 0])
  const { rows } = await sql`select state::text from jobs.job where name = 'secret'`.execute(database.kysely)
  expect(rows).toEqual([{ state: 'retry' }])
  await database.close()
})
