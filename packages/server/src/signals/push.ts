import type { StreamId } from '@muster/contract/ids.ts'
import type { FastifyBaseLogger } from 'fastify'
import type { SecretKeys } from '../domain/model/secret-keys.ts'
import { FAILING_SECONDS } from '../domain/signals/receiver.ts'
import type { Receiver, ReceiverStore } from '../domain/signals/store.ts'
import type { AckWriter } from './acks.ts'
import { type Parcel, PER_BATCH, parcelsOf } from './deliveries.ts'
import type { EventTokens } from './event-tokens.ts'
import type { Feed } from './feed.ts'
import { answerOf, type PushAnswer } from './push-answer.ts'
import { PushProgress } from './push-progress.ts'
import type { PushSender } from './push-request.ts'
import type { Entry } from './revocation-log.ts'

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

/** One that does not answer holds its place for ten seconds. */
const STREAMS_AT_ONCE = 32
const TOKENS_AT_ONCE = 8
/** Longer than a turn takes; should the process end in it, another takes the stream over then. */
const CLAIM_SECONDS = 60
const TURN_MILLISECONDS = 40_000
const PROGRESS_KEPT = 1_000

interface Delivery extends Parcel {
  /** What concerns the same is sent in its order. */
  concerns: string
  /** Of an event of the stream itself. */
  eventId: bigint | null
}

/** Once it wants more than before, what was sent earlier says nothing any more. */
const keyOf = ({ id, generation }: Receiver): StreamId => `${id as StreamId}.${generation}`

/**
 * Push delivery (RFC 8935). What is to be sent follows from the stream's watermark in its row, so nothing is queued and nothing can be lost: any process
 * takes a stream that is behind, sends, and writes down how far it got. A failure is tried again after a pause that grows to five minutes.
 */
export function createPusher({ feed, receivers, acks, tokens, keys, send, pause, everyMilliseconds = 1_000, log, onError }: Options): {
  stop(): Promise<void>
} {
  /** By `keyOf`, the latest last. */
  const known = new Map<string, PushProgress>()
  const underWay = new Map<string, Promise<void>>()
  let claiming: Promise<void> | undefined
  let again = false
  let ending = false

  const look = (): void => {
    again = true
    claiming ??= claim()
      .catch(onError)
      .finally(() => {
        claiming = undefined
      })
  }
  // A stream is taken whenever there is room for it: one that is slow holds up nobody else.
  const claim = async (): Promise<void> => {
    while (again && !ending && underWay.size < STREAMS_AT_ONCE) {
      again = false
      // A change gives a stream back though somebody may be at it: here that ends first.
      const claimed = await receivers.claimPushes(STREAMS_AT_ONCE - underWay.size, CLAIM_SECONDS, [...underWay.keys()])
      for (const receiver of claimed) underWay.set(receiver.id, attend(receiver))
    }
  }
  const attend = async (receiver: Receiver): Promise<void> => {
    const sentAny = await deliver(receiver).catch(onError)
    underWay.delete(receiver.id)
    // Where there was nothing to be sent the next look is soon enough: what holds its watermark back may do so for hours.
    if (sentAny || again) look()
  }

  const progressOf = (key: string): PushProgress => {
    const progress = known.get(key) ?? new PushProgress()
    known.delete(key)
    known.set(key, progress)
    for (const oldest of known.keys()) {
      if (known.size <= PROGRESS_KEPT) break
      known.delete(oldest)
    }
    return progress
  }

  /** False: there was nothing to be sent. */
  async function deliver(receiver: Receiver): Promise<boolean> {
    const { id, generation, failingSince } = receiver
    const key = keyOf(receiver)
    await feed.catchUp()
    const { watermark } = feed
    const progress = progressOf(key)
    const pending = progress.pending(receiver, feed)
    const parcels = await deliveriesOf(receiver, pending.slice(0, PER_BATCH), progress)
    const failure = await sendAll(receiver, parcels, progress)
    const reached = progress.reached(watermark, pending)
    // Another process that takes it next goes by the watermark, and would send these again.
    const ahead = pending.filter((entry) => entry.xid >= reached && progress.sent.has(entry.id))
    if (ahead.length > 0) {
      await receivers.announceHeard(
        key,
        ahead.map((entry) => entry.id),
      )
    }
    if (progress.isEmpty) known.delete(key)
    await receivers.pushed(id, { watermark: reached, failed: failure !== null, generation })
    if (failure !== null) {
      log.warn({ stream: id, failures: receiver.pushFailures + 1, reason: failure }, 'a push did not arrive')
      if (failingSince && Date.now() - failingSince.getTime() > FAILING_SECONDS * 1_000) {
        await pause(receiver, `Pushes have failed since ${failingSince.toISOString()}.`)
      }
    }
    return parcels.length > 0 || pending.length > 0
  }

  async function deliveriesOf(receiver: Receiver, entries: readonly Entry[], { sent }: PushProgress): Promise<Delivery[]> {
    const { parcels, unwanted } = parcelsOf(tokens, receiver, entries)
    for (const entry of unwanted) {
      sent.set(entry.id, entry.xid)
      acks.add(receiver.id, entry)
    }
    const own = (await receivers.eventsOf(receiver.id)).map((event) => ({
      concerns: receiver.id,
      entries: [],
      eventId: event.id,
      token: tokens.own(event, receiver.clientId as string, receiver.id),
    }))
    return [...own, ...parcels.map((parcel) => ({ ...parcel, concerns: parcel.entries[0]?.subject ?? receiver.id, eventId: null }))]
  }

  /**
   * Some at a time, but what concerns one subject one after the other: by the standard events, an account is what its receiver was told last.
   * Answers with what went wrong first, or null. What there was no time for is left to the next turn.
   */
  async function sendAll(receiver: Receiver, parcels: readonly Delivery[], progress: PushProgress): Promise<string | null> {
    const authorization = receiver.pushAuthorization && keys.open('push-authorization', receiver.id, receiver.pushAuthorization)
    const until = performance.now() + TURN_MILLISECONDS
    let failure: string | null = null
    /** So many tokens tell of it that are not answered. */
    const left = new Map<bigint, number>()
    for (const { entries } of parcels) for (const { id } of entries) left.set(id, (left.get(id) ?? 0) + 1)
    const faulty = new Set<bigint>()

    const sendOne = async (parcel: Delivery): Promise<void> => {
      const { jti, token } = await parcel.token
      const answer = await send(receiver.endpointUrl as string, { token, authorization }).then(
        answerOf,
        (error: Error): PushAnswer => ({ kind: 'failed', reason: error.message }),
      )
      if (answer.kind === 'failed') {
        failure ??= answer.reason
        return
      }
      if (answer.kind === 'unread') noteUnread(receiver, jti, answer)
      for (const entry of parcel.entries) {
        if (answer.kind === 'unread') faulty.add(entry.id)
        const more = (left.get(entry.id) ?? 1) - 1
        left.set(entry.id, more)
        if (more > 0) continue
        if (faulty.has(entry.id)) {
          progress.unread.set(entry.id, entry.xid)
        } else {
          progress.sent.set(entry.id, entry.xid)
          acks.add(receiver.id, entry)
        }
      }
      if (parcel.eventId !== null) await receivers.removeEvents(receiver.id, [parcel.eventId])
    }

    const waiting = [...Map.groupBy(parcels, ({ concerns }) => concerns).values()]
    const sender = async (): Promise<void> => {
      for (let group = waiting.shift(); group; group = waiting.shift()) {
        for (const parcel of group) {
          if (failure !== null || ending || performance.now() > until) return
          await sendOne(parcel)
        }
      }
    }
    await Promise.all(Array.from({ length: TOKENS_AT_ONCE }, sender))
    return failure
  }

  function noteUnread({ id }: Receiver, jti: string, { err, description }: Extract<PushAnswer, { kind: 'unread' }>): void {
    log.warn(
      { stream: id, faults: 1, jti: jti.slice(0, 100), err: err.slice(0, 100), description: description?.slice(0, 300) },
      'a receiver could not read what it was sent',
    )
  }

  const stopNews = feed.onNew(look)
  const stopStreams = feed.onStream(look)
  // What another process sent: by the key, as only pushers know it, and no streams that are polled.
  const stopHeard = feed.onHeard((key, numbers) => {
    if (!key.includes('.')) return
    const { sent } = progressOf(key)
    for (const number of numbers) {
      const entry = feed.log.find(number)
      if (entry) sent.set(number, entry.xid)
    }
  })
  const timer = setInterval(look, everyMilliseconds).unref()
  return {
    async stop() {
      ending = true
      clearInterval(timer)
      stopNews()
      stopStreams()
      stopHeard()
      await claiming
      await Promise.all(underWay.values())
    },
  }
}
