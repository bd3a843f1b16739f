import type { ClientId } from '@muster/contract/ids.ts'
import type { RecordedRevocation } from '@muster/server/domain/model/revocation.ts'
import type { Receiver, ReceiverStore } from '@muster/server/domain/signals/store.ts'
import { createEventTokens } from '@muster/server/signals/event-tokens.ts'
import { createFeed } from '@muster/server/signals/feed.ts'
import { createSnapshots } from '@muster/server/signals/log/snapshots.ts'
import { createPoll, type PollAnswer } from '@muster/server/signals/poll.ts'
import { createStreams } from '@muster/server/signals/streams.ts'
import { afterEach } from 'vitest'
import { BATCH } from './receiving.ts'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

export const revocation = (number: number): RecordedRevocation => ({
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
export async function aProcess(count: number) {
  const signed: Record<string, any>[] = []
  const types: (string | undefined)[] = []
  const watermarks: bigint[] = []
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
    setWatermark: async (_id: string, watermark: bigint) => void watermarks.push(watermark),
    renewLease: async () => true,
    announceAcknowledged: async () => {},
  } as unknown as ReceiverStore
  const revocations = Array.from({ length: count }, (_, n) => revocation(n + 1))
  const since = async (watermark: bigint) => ({
    watermark: BigInt(revocations.length + 1),
    revocations: revocations.filter(({ xid }) => xid >= watermark),
    next: null,
  })
  const feed = await createFeed({ source: { since, listen: async () => async () => {} }, everyMilliseconds: 1_000_000, onError: () => {} })
  await feed.complete
  const acks = { add: (id: string, entry: RecordedRevocation) => void (entry.awaited && acknowledged.push(`${id} ${entry.id}`)), stop: async () => {} }
  const streams = createStreams({ feed, receivers, acks, onError: () => {} })
  const sign = async (claims: Record<string, any>, type?: string) => {
    types.push(type)
    return `token ${signed.push(claims) - 1}`
  }
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
  const snapshots = createSnapshots({ feed, streams, tokens, ending: new AbortController().signal })
  const ask = (stream: string, ack: string[] = [], setErrs = {}) =>
    poll(stream, { clientId: 'cli_x' as ClientId, issuedAt: 0 }, { ack, setErrs, maxEvents: undefined, returnImmediately: true }, new AbortController().signal)
  /** The revocations in a response. */
  const rowsIn = ({ sets }: PollAnswer): string[] =>
    Object.values(sets).flatMap((token) => signed[Number(token.split(' ')[1])]?.['muster'].map(({ id }: { id: string }) => id))
  /** Writes so many more revocations. This process reads them later. */
  const revoke = (more: number) => {
    for (let n = 0; n < more; n++) revocations.push(revocation(revocations.length + 1))
  }
  ends.push(
    () => snapshots.stop(),
    () => streams.stop(),
    () => feed.stop(),
  )
  return { feed, signed, types, acknowledged, watermarks, ask, rowsIn, snapshots, revoke }
}
