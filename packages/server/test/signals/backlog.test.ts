import type { ClientId } from '@muster/contract/ids.ts'
import type { RecordedRevocation } from '@muster/server/domain/model/revocation.ts'
import type { Receiver, ReceiverStore } from '@muster/server/domain/signals/store.ts'
import { createEventTokens } from '@muster/server/signals/event-tokens.ts'
import { createFeed } from '@muster/server/signals/feed.ts'
import { createPoll, type PollAnswer } from '@muster/server/signals/poll.ts'
import { createStreams } from '@muster/server/signals/streams.ts'
import { afterEach, expect, test } from 'vitest'
import { BATCH } from './receiving.ts'

// The backlog that a new stream of batches gets: a few large tokens, signed once for all verifiers of a client.

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

const revocation = (number: number): RecordedRevocation => ({
  id: BigInt(number),
  xid: BigInt(number),
  kind: 'session',
  subject: `ses_${number}`,
  value: { reason: 'token_revoked' },
  at: new Date(),
  expiresAt: new Date(Date.now() + 86_400_000),
  awaited: number % 1_000 === 1,
})

/** Creates a server process that knows so many revocations, without a database. */
async function aProcess(count: number) {
  const signed: Record<string, any>[] = []
  const acknowledged: string[] = []
  const receiverOf = (id: string) =>
    ({
      id,
      clientId: 'cli_x',
      method: 'poll',
      status: 'enabled',
      leaseSeconds: 30,
      eventsRequested: [BATCH],
      excluded: [],
      watermark: null,
    }) as unknown as Receiver
  const receivers = {
    listAlive: async (ids: string[]) => ids.map(receiverOf),
    eventsOf: async () => [],
    eventsOfMany: async () => [],
    setWatermark: async () => {},
    renewLease: async () => true,
    announceAcknowledged: async () => {},
  } as unknown as ReceiverStore
  const revocations = Array.from({ length: count }, (_, n) => revocation(n + 1))
  const since = async (watermark: bigint) => ({ watermark: BigInt(count + 1), revocations: watermark === 0n ? revocations : [], next: null })
  const feed = await createFeed({ source: { since, listen: async () => async () => {} }, everyMilliseconds: 1_000_000, onError: () => {} })
  await feed.complete
  const acks = { add: (id: string, entry: RecordedRevocation) => void (entry.awaited && acknowledged.push(`${id} ${entry.id}`)), stop: async () => {} }
  const streams = createStreams({ feed, receivers, acks, onError: () => {} })
  const sign = async (claims: Record<string, any>) => `token ${signed.push(claims) - 1}`
  const tokens = createEventTokens({ issuer: 'https://muster.example', sign })
  const poll = createPoll({
    feed,
    streams,
    tokens,
    receivers,
    log: { warn: () => {} } as never,
    draining: new AbortController().signal,
    ending: new AbortController().signal,
  })
  const ask = (stream: string, ack: string[] = [], setErrs = {}) =>
    poll(stream, { clientId: 'cli_x' as ClientId, issuedAt: 0 }, { ack, setErrs, maxEvents: undefined, returnImmediately: true }, new AbortController().signal)
  /** The revocations in a response. */
  const rowsIn = ({ sets }: PollAnswer): string[] =>
    Object.values(sets).flatMap((token) => signed[Number(token.split(' ')[1])]?.['muster'].map(({ id }: { id: string }) => id))
  ends.push(
    () => streams.stop(),
    () => feed.stop(),
  )
  return { feed, signed, acknowledged, ask, rowsIn }
}

const idsUpTo = (count: number): string[] => Array.from({ length: count }, (_, n) => String(n + 1))

test('three verifiers of a client get 9,500 revocations for six signatures', async () => {
  const { ask, rowsIn, signed, acknowledged } = await aProcess(9_500)
  for (const stream of ['str_1', 'str_2', 'str_3']) {
    const first = await ask(stream)
    expect([Object.keys(first.sets).length, first.muster.current]).toEqual([4, false])
    const rest = await ask(stream, Object.keys(first.sets))
    expect([Object.keys(rest.sets).length, rest.muster.current]).toEqual([2, true])
    expect([...rowsIn(first), ...rowsIn(rest)]).toEqual(idsUpTo(9_500))
    expect((await ask(stream, Object.keys(rest.sets))).muster.current).toBe(true)
  }
  expect(signed.map(({ muster }) => muster.length)).toEqual([2_000, 2_000, 2_000, 2_000, 1_000, 500])
  expect(acknowledged).toHaveLength(3 * 10)
})

test('a part that is not acknowledged is sent again, and is not signed again', async () => {
  const { ask, rowsIn, signed } = await aProcess(4_000)
  const first = await ask('str_1')
  const [one = '', two = ''] = Object.keys(first.sets)
  expect(first.muster.current).toBe(true)
  const again = await ask('str_1', [two])
  expect([Object.keys(again.sets), rowsIn(again)]).toEqual([[one], idsUpTo(2_000)])
  expect((await ask('str_1', [one])).sets).toEqual({})
  expect(signed).toHaveLength(2)
})

test('a part that a receiver cannot read is not sent again and stays missing', async () => {
  const { ask, acknowledged } = await aProcess(4_000)
  const [one = '', two = ''] = Object.keys((await ask('str_1')).sets)
  const after = await ask('str_1', [two], { [one]: { err: 'jwtAud' } })
  expect([after.sets, after.muster.current]).toEqual([{}, false])
  expect(acknowledged).toEqual(['str_1 2001', 'str_1 3001'])
})

test('a part acknowledged at another process is not sent by that process', async () => {
  const [one, two] = [await aProcess(4_000), await aProcess(4_000)]
  const { sets } = await one.ask('str_1')
  const answer = await two.ask('str_1', Object.keys(sets))
  expect([answer.sets, answer.muster.current]).toEqual([{}, true])
  expect(two.acknowledged).toHaveLength(4)
})

test('a part names its revocations in fewer characters than a poll may contain', async () => {
  const { ask } = await aProcess(2_000)
  const [jti = ''] = Object.keys((await ask('str_1')).sets)
  expect(jti.length).toBeLessThan(5_000)
})
