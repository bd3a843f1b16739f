import { setTimeout as sleep } from 'node:timers/promises'
import type { Notices, RecordedRevocation } from '@muster/server/domain/model/revocation.ts'
import { createFeed, type Feed, type FeedSource } from '@muster/server/signals/feed.ts'
import { RevocationLog } from '@muster/server/signals/revocation-log.ts'
import { openDatabase } from '@muster/server/store/database.ts'
import { listenToNotices } from '@muster/server/store/signals/notices.ts'
import { revocationStore } from '@muster/server/store/signals/revocation-store.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'

// The revocations a process knows: none is lost in any order of commits, and memory stays bounded.

const fail = (error: unknown): void => {
  throw error
}
const deaf: FeedSource['listen'] = async () => async () => {}

test('no revocation is lost when transactions commit late and notices are cut', async () => {
  const databaseUrl = await (await startPostgres()).createDatabase()
  const [writer, reader] = await Promise.all([openDatabase({ databaseUrl, poolSize: 60 }), openDatabase({ databaseUrl })])
  const since = revocationStore(reader.kysely).since
  const [both, polling] = await Promise.all([
    createFeed({ source: { since, listen: (notices) => listenToNotices(reader, notices, () => {}) }, everyMilliseconds: 100, onError: fail }),
    createFeed({ source: { since, listen: deaf }, everyMilliseconds: 100, onError: fail }),
  ])
  // A reader that takes ids for the order of commits. It must lose some, or this test would not detect the fault.
  let last = 0n
  const naive = new Set<bigint>()
  const naively = setInterval(async () => {
    const { rows } = await sql<{ id: bigint }>`select id from revocation where id > ${last} order by id`.execute(reader.kysely)
    for (const { id } of rows) {
      naive.add(id)
      if (id > last) last = id
    }
  }, 20)

  const committed: bigint[] = []
  const one = async (subject: string): Promise<void> => {
    await writer.kysely.transaction().execute(async (trx) => {
      const id = (await revocationStore(trx).insert({ kind: 'session', subject, value: { reason: 'token_revoked' } })) as bigint
      await sleep(Math.random() * 400)
      committed.push(id)
    })
  }
  let number = 0
  const worker = async (): Promise<void> => {
    while (number < 1_500) await one(`ses_${++number}`)
  }
  const workers = Array.from({ length: 50 }, worker)
  await sleep(1_000)
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'muster-notices' and datname = current_database()`.execute(
    writer.kysely,
  )
  await Promise.all(workers)
  await Promise.all([both.catchUp(), polling.catchUp()])
  await sleep(100)
  clearInterval(naively)

  expect(committed).toHaveLength(1_500)
  for (const feed of [both, polling]) expect(committed.filter((id) => !feed.log.has(id))).toEqual([])
  expect(committed.filter((id) => !naive.has(id)).length).toBeGreaterThan(0)
  await Promise.all([both.stop(), polling.stop()])
  await Promise.all([writer.close(), reader.close()])
})

describe('one feed', () => {
  let number = 0n
  const revocation = (more: Partial<RecordedRevocation>): RecordedRevocation => ({
    id: ++number,
    xid: number,
    kind: 'session',
    subject: `ses_${number}`,
    value: { reason: 'token_revoked' },
    at: new Date(),
    expiresAt: new Date(Date.now() + 86_400_000),
    awaited: false,
    ...more,
  })
  const feedOf = async (source: Partial<FeedSource> & Pick<FeedSource, 'since'>): Promise<{ feed: Feed; notices: Notices }> => {
    let notices: Notices | undefined
    const listen: FeedSource['listen'] = async (given) => {
      notices = given
      return async () => {}
    }
    const feed = await createFeed({ source: { listen, ...source }, everyMilliseconds: 1_000_000, onError: fail })
    return { feed, notices: notices as Notices }
  }

  test('a requested read begins after the request, even while another is running', async () => {
    let reads = 0
    let release: (() => void)[] = []
    const { feed } = await feedOf({
      since: async () => {
        reads += 1
        if (reads > 1) await new Promise<void>((resolve) => release.push(resolve))
        return { watermark: 1n, revocations: [] }
      },
    })
    const one = feed.catchUp()
    await sleep(5)
    const [two, three] = [feed.catchUp(), feed.catchUp()]
    expect(reads).toBe(2)
    release.shift()?.()
    await one
    await sleep(5)
    expect(reads).toBe(3) // One read serves both callers that asked during the first.
    release.shift()?.()
    await Promise.all([two, three])
    release = []
    await feed.stop()
  })

  test('a database restored to an earlier state is read from the beginning', async () => {
    const asked: bigint[] = []
    let state = 500n
    const { feed } = await feedOf({
      since: async (watermark) => {
        asked.push(watermark)
        return { watermark: state, revocations: [] }
      },
    })
    state = 100n
    await feed.catchUp()
    expect(asked).toEqual([0n, 500n, 0n])
    expect(feed.watermark).toBe(100n)
    await feed.stop()
  })

  test('a failed read does not reset the age of the feed', async () => {
    let broken = false
    const { feed } = await feedOf({
      since: async () => {
        if (broken) throw new Error('gone')
        return { watermark: 1n, revocations: [] }
      },
    })
    broken = true
    await sleep(300)
    await expect(feed.catchUp()).rejects.toThrow('gone')
    const before = feed.age()
    expect(before).toBeGreaterThanOrEqual(299)
    broken = false
    await feed.catchUp()
    expect(feed.age()).toBeLessThan(before)
    await feed.stop()
  })

  test('a revocation notified twice is delivered once', async () => {
    const { feed, notices } = await feedOf({ since: async () => ({ watermark: 1n, revocations: [] }) })
    const told: bigint[] = []
    feed.onNew((entries) => told.push(...entries.map(({ id }) => id)))
    const one = revocation({})
    for (let time = 0; time < 3; time++) {
      notices.revocation(one)
      await sleep(5)
    }
    expect(told).toEqual([one.id])
    await feed.stop()
  })

  test('the strongest revocation of a subject is kept in any order of arrival', () => {
    for (const order of [
      [1, 2, 3],
      [3, 2, 1],
      [2, 3, 1],
    ]) {
      const log = new RevocationLog()
      for (const belowEpoch of order) log.add(revocation({ kind: 'user', subject: 'usr_a', value: { belowEpoch } }))
      expect([log.size, log.strongest('user', 'usr_a')?.value]).toEqual([1, { belowEpoch: 3 }])
    }
  })

  test('a revocation that is waited for is delivered even if a stronger one is known', () => {
    const log = new RevocationLog()
    log.add(revocation({ kind: 'user', subject: 'usr_a', value: { belowEpoch: 3 } }))
    const awaited = revocation({ kind: 'user', subject: 'usr_a', value: { belowEpoch: 2 }, awaited: true })
    expect(log.add(awaited)).not.toBeNull()
    expect(log.strongest('user', 'usr_a')?.value).toEqual({ belowEpoch: 3 })
    log.tidy(Date.now() + 61_000)
    expect(log.has(awaited.id)).toBe(false)
  })

  test('expired revocations are dropped without changing positions in the log', () => {
    const log = new RevocationLog()
    for (let count = 0; count < 5_000; count++) log.add(revocation({ expiresAt: new Date(Date.now() + 1_000) }))
    const place = log.end
    const kept = revocation({})
    log.add(kept)
    log.tidy(Date.now() + 120_000)
    expect(log.size).toBe(1)
    expect([...log.from(0)].map(({ id }) => id)).toEqual([kept.id])
    expect([...log.from(place)].map(({ id }) => id)).toEqual([kept.id])
    expect(log.end).toBe(5_001)
  })

  test('a million changes of a thousand people take the memory of a thousand (E20)', () => {
    const log = new RevocationLog()
    for (let count = 0; count < 1_000_000; count++) {
      log.add(revocation({ kind: 'user', subject: `usr_${count % 1_000}`, value: { belowEpoch: count } }))
      if (count % 50_000 === 0) log.tidy()
    }
    log.tidy()
    expect(log.size).toBe(1_000)
    expect([...log.from(0)]).toHaveLength(1_000)
  })
})
