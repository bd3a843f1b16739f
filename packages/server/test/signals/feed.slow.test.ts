import { setTimeout as sleep } from 'node:timers/promises'
import type { Notices, RecordedRevocation } from '@muster/server/domain/model/revocation.ts'
import { createFeed, type Feed, type FeedSource } from '@muster/server/signals/feed.ts'
import { RevocationLog } from '@muster/server/signals/revocation-log.ts'
import { recordsOf } from '@muster/server/store/command/records.ts'
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
  const since = revocationStore(reader.kysely, recordsOf(reader.kysely)).since
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
      const records = recordsOf(trx)
      records.addRevocation({ kind: 'session', subject, value: { reason: 'token_revoked' } })
      await records.write()
      await sleep(Math.random() * 400)
      committed.push(...records.revoked.map(({ id }) => id))
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

test('a backlog is read in pages of 2,000, from any watermark', async () => {
  const database = await openDatabase({ databaseUrl: await (await startPostgres()).createDatabase() })
  const { since } = revocationStore(database.kysely, recordsOf(database.kysely))
  const insert = (kind: string, count: number) =>
    sql`insert into revocation (kind, subject, value, at, expires_at)
      select ${kind}, n::text, '{"reason":"token_revoked"}', '2026-01-02T03:04:05.678Z', now() + interval '1 day' from generate_series(1, ${count}::int) n`.execute(
      database.kysely,
    )
  const pagesSince = async (watermark: bigint) => {
    const pages = [await since(watermark)]
    for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) pages.push(await since(watermark, next))
    return pages
  }
  // A transaction of another test holds the watermark back, because transaction numbers are those of the whole server.
  const settled = async (): Promise<boolean | undefined> => {
    const isPast = sql<boolean>`pg_snapshot_xmin(pg_current_snapshot()) > (select xid from revocation order by xid desc limit 1)`
    return (await sql<{ past: boolean }>`select ${isPast} as past`.execute(database.kysely)).rows[0]?.past
  }
  await insert('session', 4_500)
  await expect.poll(settled).toBe(true)
  const pages = await pagesSince(0n)
  expect(pages.map(({ revocations }) => revocations.length)).toEqual([2_000, 2_000, 500])
  const all = pages.flatMap(({ revocations }) => revocations)
  expect(all.map(({ subject }) => subject)).toEqual(Array.from({ length: 4_500 }, (_, n) => String(n + 1)))
  expect(all[0]).toMatchObject({ kind: 'session', value: { reason: 'token_revoked' }, at: new Date('2026-01-02T03:04:05.678Z'), awaited: false })
  await insert('key', 2_001)
  await expect.poll(settled).toBe(true)
  const later = await pagesSince(pages[0]?.watermark ?? 0n)
  expect(later.map(({ revocations }) => revocations.map(({ kind }) => kind))).toEqual([Array(2_000).fill('key'), ['key']])
  expect(await pagesSince(later[0]?.watermark ?? 0n)).toMatchObject([{ revocations: [], next: null }])
  await database.close()
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
    await feed.complete
    return { feed, notices: notices as Notices }
  }

  test('a requested read begins after the request, even while another is running', async () => {
    let reads = 0
    let release: (() => void)[] = []
    const { feed } = await feedOf({
      since: async () => {
        reads += 1
        if (reads > 1) await new Promise<void>((resolve) => release.push(resolve))
        return { watermark: 1n, revocations: [], next: null }
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
        return { watermark: state, revocations: [], next: null }
      },
    })
    state = 100n
    await feed.catchUp()
    expect(asked).toEqual([0n, 500n, 0n])
    expect(feed.watermark).toBe(100n)
    await feed.stop()
  })

  test('a read of several pages ends at the watermark of its first page', async () => {
    const asked: (bigint | undefined)[][] = []
    const stored = [revocation({}), revocation({}), revocation({})]
    const { feed } = await feedOf({
      since: async (watermark, after) => {
        asked.push([watermark, after])
        const place = watermark > 0n ? stored.length : stored.findIndex(({ id }) => id === after) + 1
        const page = stored.slice(place, place + 1)
        return { watermark: 7n + BigInt(asked.length), revocations: page, next: place < stored.length - 1 ? (page[0]?.id as bigint) : null }
      },
    })
    await feed.catchUp()
    expect(asked).toEqual([
      [0n, undefined],
      [0n, stored[0]?.id],
      [0n, stored[1]?.id],
      [8n, undefined],
    ])
    expect(stored.filter(({ id }) => !feed.log.has(id))).toEqual([])
    await feed.stop()
  })

  test('the log is not current before its first read has ended, and holds news behind it', async () => {
    const [old, older, news] = [revocation({}), revocation({}), revocation({})]
    let notices: Notices | undefined
    const gate = Promise.withResolvers<void>()
    const feed = await createFeed({
      source: {
        since: async (_, after) => {
          if (after === undefined) return { watermark: 9n, revocations: [old], next: old.id }
          await gate.promise
          return { watermark: 10n, revocations: [older], next: null }
        },
        listen: async (given) => {
          notices = given
          return async () => {}
        },
      },
      everyMilliseconds: 1_000_000,
      onError: fail,
    })
    const told: bigint[] = []
    feed.onNew((entries) => told.push(...entries.map(({ id }) => id)))
    notices?.revocation(news)
    await expect.poll(() => feed.log.has(old.id)).toBe(true)
    expect([feed.age(), feed.watermark]).toEqual([Number.POSITIVE_INFINITY, 0n])
    gate.resolve()
    await feed.complete
    expect([...feed.log.from(0)].map(({ id }) => id)).toEqual([old.id, older.id, news.id])
    expect(feed.watermark).toBe(9n)
    await expect.poll(() => told).toEqual([news.id])
    await feed.stop()
  })

  test('a failed read does not reset the age of the feed', async () => {
    let broken = false
    const { feed } = await feedOf({
      since: async () => {
        if (broken) throw new Error('gone')
        return { watermark: 1n, revocations: [], next: null }
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
    const { feed, notices } = await feedOf({ since: async () => ({ watermark: 1n, revocations: [], next: null }) })
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

  test('a revocation takes less than 90 bytes in the log', () => {
    const log = new RevocationLog()
    const most = 1 << 16
    for (let count = 0; count < most; count++) log.add(revocation({ kind: 'token', subject: `jti_${String(count).padStart(28, '0')}` }))
    expect([log.size, log.bytes / most < 90]).toEqual([most, true])
  })

  test('a log keeps every field of a revocation', () => {
    const log = new RevocationLog()
    const all = [
      revocation({}),
      revocation({ id: 2n ** 62n + 5n, xid: 2n ** 40n, kind: 'client', subject: 'c'.repeat(100), value: { until: 1, reason: 'token_revoked' } }),
      revocation({ kind: 'key', subject: 'schlüssel', awaited: true }),
      revocation({ kind: 'user', subject: 'наташа', value: { belowEpoch: 2, reason: 'user_deactivated', contact: null } }),
      revocation({ kind: 'signing_key', subject: '' }),
    ]
    for (const one of all) log.add(one)
    expect([...log.from(0)]).toEqual(all.map((one, n) => ({ ...one, n })))
    for (const { id, kind, subject } of all) expect([log.find(id)?.subject, log.strongest(kind, subject)?.id]).toEqual([subject, id])
  })

  test('expired revocations are dropped a few at a time', () => {
    const log = new RevocationLog()
    for (let count = 0; count < 3_000; count++) log.add(revocation({ expiresAt: new Date(0) }))
    const sizes: number[] = []
    while (log.tidy(Date.now(), 1_000)) sizes.push(log.size)
    expect(sizes).toEqual([2_000, 1_000, 0])
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
