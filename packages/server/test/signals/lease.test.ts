import type { ClientId } from '@muster/contract/ids.ts'
import type { Receiver, ReceiverStore } from '@muster/server/domain/signals/store.ts'
import { createEventTokens, idsOfJti, jtiOf } from '@muster/server/signals/event-tokens.ts'
import { createFeed } from '@muster/server/signals/feed.ts'
import { createPoll } from '@muster/server/signals/poll.ts'
import { createProcessReceiver } from '@muster/server/signals/process-receiver.ts'
import { createStreams } from '@muster/server/signals/streams.ts'
import { startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { aResourceServer, aStream } from './receiving.ts'

// After a lease has ended, its receiver accepts no revoked token, and the end is never reported too early.

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Creates a process whose database calls are recorded and whose database can fail. */
async function aProcess({ leaseSeconds = 30 } = {}) {
  const calls: string[] = []
  let gone = false
  let there = true
  const since = async () => {
    calls.push('read')
    if (gone) throw new Error('the database is gone')
    return { watermark: 10n, revocations: [], next: null }
  }
  const receiver = {
    id: 'str_x',
    clientId: 'cli_x',
    method: 'poll',
    status: 'enabled',
    leaseSeconds,
    eventsRequested: null,
    excluded: [],
    watermark: null,
  } as unknown as Receiver
  const receivers = {
    insert: async () => {
      calls.push('insert')
      return receiver
    },
    listAlive: async () => [receiver],
    eventsOf: async () => [],
    eventsOfMany: async () => [],
    setWatermark: async () => {},
    remove: async () => void calls.push('remove'),
    renewLease: async (_: string, seconds: number) => {
      calls.push(`lease of ${Math.round(seconds)}`)
      return there
    },
  } as unknown as ReceiverStore
  const feed = await createFeed({ source: { since, listen: async () => async () => {} }, everyMilliseconds: 1_000_000, onError: () => {} })
  await feed.complete
  const acks = { add: () => {}, stop: async () => {} }
  const streams = createStreams({ feed, receivers, acks, onError: () => {} })
  const tokens = createEventTokens({ issuer: 'https://muster.example', sign: async () => 'a.b.c' })
  const poll = createPoll({
    feed,
    streams,
    tokens,
    receivers,
    log: { warn: () => {} } as never,
    draining: new AbortController().signal,
    ending: new AbortController().signal,
  })
  const ask = () =>
    poll(
      'str_x',
      { clientId: 'cli_x' as ClientId, issuedAt: 0 },
      { ack: [], setErrs: {}, maxEvents: undefined, returnImmediately: true },
      new AbortController().signal,
    )
  ends.push(
    () => streams.stop(),
    () => feed.stop(),
  )
  return { calls, feed, receivers, acks, ask, lose: () => (gone = true), forget: () => (there = false) }
}

test('a poll stores its lease before it reads revocations and responds (I7)', async () => {
  const { calls, ask } = await aProcess()
  calls.length = 0
  expect((await ask()).muster).toEqual({ status: 'enabled', lease_seconds: 30, current: true })
  expect(calls.slice(-2)).toEqual(['lease of 40', 'read'])
  calls.length = 0
  await ask()
  expect(calls).toEqual([]) // The stored lease is a third longer than the reported one, so not every poll needs a write.
})

test('a poll is refused when the process cannot read the database', async () => {
  const { ask, lose } = await aProcess()
  lose()
  await expect(ask()).rejects.toThrow()
})

test('a poll is refused when the process last read the database five seconds ago', async () => {
  const { ask, lose, feed } = await aProcess({ leaseSeconds: 300 })
  await ask()
  lose()
  expect((await ask()).muster.current).toBe(true) // The last read is recent enough to answer from memory.
  feed.age = () => 5_001
  await expect(ask()).rejects.toMatchObject({ code: 'unavailable' })
})

test('a process that was suspended counts its lease from before the suspension', async () => {
  const { calls, ask, feed, receivers, acks } = await aProcess()
  const own = createProcessReceiver({ feed, receivers, acks, onError: () => {} })
  ends.push(() => own.stop())
  await ask()
  expect(await own.isCurrent()).toBe(true)
  calls.length = 0
  const { now } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 60_000)
  ends.push(() => void vi.restoreAllMocks())
  expect(feed.age()).toBeGreaterThanOrEqual(60_000)
  expect(await own.isCurrent()).toBe(false)
  await ask()
  expect(calls.slice(0, 2)).toEqual(['lease of 40', 'read'])
})

test('a poll is refused when the row of its stream is gone', async () => {
  const { ask, forget } = await aProcess()
  forget()
  await expect(ask()).rejects.toMatchObject({ code: 'stream_not_found' })
})

describe('a server process that answers forward auth', () => {
  test('a process stores its receiver before it reads, then answers from memory', async () => {
    const { calls, feed, receivers, acks } = await aProcess()
    const own = createProcessReceiver({ feed, receivers, acks, onError: () => {} })
    ends.push(() => own.stop())
    calls.length = 0
    expect(await own.isCurrent()).toBe(true)
    expect(calls).toEqual(['insert', 'read'])
    expect(await own.isCurrent()).toBe(true)
    expect(calls).toEqual(['insert', 'read'])
  })
  test('a process is not current when it last read the database a second ago', async () => {
    const { feed, receivers, acks, lose } = await aProcess()
    const own = createProcessReceiver({ feed, receivers, acks, onError: () => {} })
    ends.push(() => own.stop())
    expect(await own.isCurrent()).toBe(true)
    const age = feed.age
    feed.age = () => 1_001
    expect(await own.isCurrent()).toBe(false)
    feed.age = age
    lose()
    const other = createProcessReceiver({ feed, receivers, acks, onError: () => {} })
    ends.push(() => other.stop())
    expect(await other.isCurrent()).toBe(false)
  })
  test('a process decides nothing from its log before the log is complete', async () => {
    const { calls, feed, receivers, acks } = await aProcess()
    const own = createProcessReceiver({ feed, receivers, acks, onError: () => {} })
    ends.push(() => own.stop())
    const age = feed.age
    feed.age = () => Number.POSITIVE_INFINITY
    calls.length = 0
    expect([await own.isCurrent(), calls]).toEqual([false, []])
    feed.age = age
    expect(await own.isCurrent()).toBe(true)
  })
  test('a process that could not start its receiver starts again', async () => {
    const { feed, receivers, acks } = await aProcess()
    const { catchUp } = feed
    feed.catchUp = async () => {
      throw new Error('the database is gone')
    }
    const own = createProcessReceiver({ feed, receivers, acks, onError: () => {} })
    ends.push(() => own.stop())
    expect(await own.isCurrent()).toBe(false)
    feed.catchUp = catchUp
    expect(await own.isCurrent()).toBe(true)
  })
})

test('the jti of an event token encodes its revocations for any process', () => {
  for (const ids of [[2n ** 63n - 1n], [1n], [1n, 2n, 3n], [9n, 5n, 12_345_678_901_234n], Array.from({ length: 1_000 }, (_, at) => BigInt(at * 37))]) {
    expect(idsOfJti(jtiOf('b', ids)), String(ids[0])).toEqual({ kind: 'b', ids: ids.toSorted((a, b) => Number(a - b)) })
  }
  for (const strange of ['', 'x.1', 'r.', 'r.1..2', 'r.-1', 'r.A', `r.${'z'.repeat(14)}`, 'v.zzzzzzzzzzzzz', 'b.1y2p0ij32e8e7.1', 'r'])
    expect(idsOfJti(strange), strange).toBeNull()
})

describe('in a database', () => {
  test('idle streams and old acknowledgements are deleted, and used streams kept', async () => {
    const muster = await startMuster()
    ends.push(() => muster.close())
    const service = await aResourceServer(muster)
    const idle = await aStream(muster, service)
    const { reading } = muster.server.services.store
    await reading.revocations.acknowledge([{ revocationId: 1n, receivers: ['str_x'] }])
    await reading.receivers.deleteLapsed(600)
    expect(await reading.receivers.find(idle.id)).not.toBeNull()
    await muster.clock.advance(1_000)
    const used = await aStream(muster, service)
    await reading.receivers.deleteLapsed(600)
    expect([await reading.receivers.find(idle.id), (await reading.receivers.find(used.id))?.id]).toEqual([null, used.id])
    expect((await sql`select from revocation_ack`.execute(muster.server.database.kysely)).rows).toEqual([])
    await muster.clock.restore()
    expect((await idle.poll()).status).toBe(404)
  })
})
