import type { FastifyBaseLogger } from 'fastify'
import { FAILING_SECONDS, type Receiver } from '../domain/receiver.ts'
import type { SecretKeys } from '../domain/secret-keys.ts'
import type { ReceiverStore } from '../domain/stores/receiver-store.ts'
import type { AckWriter } from './acks.ts'
import type { EventTokens } from './event-tokens.ts'
import type { Feed } from './feed.ts'
import { type Parcel, parcelsOf } from './parcels.ts'
import type { PushSender } from './push-request.ts'
import { isExcluded } from './wanted.ts'

interface Options {
  feed: Feed
  receivers: ReceiverStore
  acks: AckWriter
  tokens: EventTokens
  keys: SecretKeys
  send: PushSender
  /** Nobody has answered its pushes for hours. */
  pause(receiver: Receiver, reason: string): Promise<unknown>
  everyMilliseconds?: number | undefined
  log: Pick<FastifyBaseLogger, 'warn'>
  onError(error: unknown): void
}

const STREAMS_AT_ONCE = 8
const TOKENS_AT_ONCE = 8
/** Longer than a turn takes; should the process end in it, another takes the stream over then. */
const CLAIM_SECONDS = 60
const TURN_MILLISECONDS = 40_000

interface Delivery extends Parcel {
  /** Of an event of the stream itself. */
  eventId: bigint | null
}

/**
 * Push delivery (RFC 8935). What is to be sent follows from the stream's watermark in its row, so nothing is queued and nothing can be lost: any process
 * takes a stream that is behind, sends, and writes down how far it got. A failure is tried again after a pause that grows to five minutes.
 */
export function createPusher({ feed, receivers, acks, tokens, keys, send, pause, everyMilliseconds = 1_000, log, onError }: Options): {
  stop(): Promise<void>
} {
  /** What was sent and lies behind no watermark yet (some transaction is still open). By stream and number, with its transaction. */
  const delivered = new Map<string, Map<bigint, bigint>>()
  /** Once it wants more than before, what was sent earlier says nothing any more. */
  const keyOf = ({ id, generation }: Receiver): string => `${id} ${generation}`
  let running: Promise<void> | undefined
  let again = false
  let ending = false

  const turn = async (): Promise<void> => {
    if (delivered.size > 1_000) delivered.clear() // of streams that are gone; to send something twice does no harm
    do {
      again = false
      const claimed = await receivers.claimPushes(STREAMS_AT_ONCE, CLAIM_SECONDS)
      await Promise.all(claimed.map(deliver))
      const more = claimed.some((receiver) => !delivered.has(keyOf(receiver)))
      if (more) again = true
    } while (again && !ending)
  }
  const look = (): void => {
    if (ending) return
    again = true
    running ??= turn()
      .catch(onError)
      .finally(() => {
        running = undefined
      })
  }

  async function deliver(receiver: Receiver): Promise<void> {
    const { id, generation } = receiver
    const key = keyOf(receiver)
    try {
      await feed.catchUp()
      const { watermark } = feed
      const sent = delivered.get(key) ?? new Map<bigint, bigint>()
      delivered.set(key, sent)
      const parcels = await deliveriesOf(receiver, sent)
      const failure = await sendAll(receiver, parcels, sent)
      if (failure !== null) {
        log.warn({ stream: id, failures: receiver.pushFailures + 1, reason: failure }, 'a push did not arrive')
        await receivers.pushed(id, { watermark: null, failed: true, generation })
        const { failingSince } = receiver
        if (failingSince && Date.now() - failingSince.getTime() > FAILING_SECONDS * 1_000) {
          await pause(receiver, `Pushes have failed since ${failingSince.toISOString()}.`)
        }
        return
      }
      for (const [number, xid] of sent) if (xid < watermark) sent.delete(number)
      if (sent.size === 0) delivered.delete(key)
      await receivers.pushed(id, { watermark, failed: false, generation })
    } catch (error) {
      onError(error)
    }
  }

  async function deliveriesOf(receiver: Receiver, sent: ReadonlyMap<bigint, bigint>): Promise<Delivery[]> {
    const known = receiver.watermark !== null && receiver.watermark <= feed.watermark ? receiver.watermark : 0n
    const entries = [...feed.log.from(0)].filter((entry) => entry.xid >= known && !sent.has(entry.id) && !isExcluded(receiver, entry))
    const { parcels, unwanted } = parcelsOf(tokens, receiver, entries)
    for (const entry of unwanted) acks.add(receiver.id, entry)
    const own = (await receivers.eventsOf(receiver.id)).map((event) => ({
      entries: [],
      eventId: event.id,
      token: tokens.own(event, receiver.clientId as string, receiver.id),
    }))
    return [...own, ...parcels.map((parcel) => ({ ...parcel, eventId: null }))]
  }

  /** Some at a time; order does not matter. Answers with what went wrong first, or null. */
  async function sendAll(receiver: Receiver, parcels: readonly Delivery[], sent: Map<bigint, bigint>): Promise<string | null> {
    const authorization = receiver.pushAuthorization && keys.open('push-authorization', receiver.id, receiver.pushAuthorization)
    const until = performance.now() + TURN_MILLISECONDS
    let failure: string | null = null
    const waiting = [...parcels]
    /** So many tokens tell of it that have not arrived. */
    const left = new Map<bigint, number>()
    for (const { entries } of parcels) for (const { id } of entries) left.set(id, (left.get(id) ?? 0) + 1)
    const sender = async (): Promise<void> => {
      for (let parcel = waiting.shift(); parcel && failure === null; parcel = waiting.shift()) {
        if (performance.now() > until) failure = 'It takes too long.'
        else failure ??= await sendOne(receiver, parcel, authorization, { sent, left })
      }
    }
    await Promise.all(Array.from({ length: TOKENS_AT_ONCE }, sender))
    return failure
  }

  async function sendOne(
    receiver: Receiver,
    parcel: Delivery,
    authorization: string | null,
    { sent, left }: { sent: Map<bigint, bigint>; left: Map<bigint, number> },
  ): Promise<string | null> {
    const { token } = await parcel.token
    try {
      const { status, body } = await send(receiver.endpointUrl as string, { token, authorization })
      if (status < 200 || status > 299) return `${status} ${body.slice(0, 200)}`
    } catch (error) {
      return (error as Error).message
    }
    for (const entry of parcel.entries) {
      const more = (left.get(entry.id) ?? 1) - 1
      left.set(entry.id, more)
      if (more > 0) continue
      sent.set(entry.id, entry.xid)
      acks.add(receiver.id, entry)
    }
    if (parcel.eventId !== null) await receivers.removeEvents(receiver.id, [parcel.eventId])
    return null
  }

  const stopNews = feed.onNew(look)
  const stopStreams = feed.onStream(look)
  const timer = setInterval(look, everyMilliseconds).unref()
  return {
    async stop() {
      ending = true
      clearInterval(timer)
      stopNews()
      stopStreams()
      await running
    },
  }
}
