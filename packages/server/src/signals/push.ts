import type { StreamId } from '@muster/contract/ids.ts'
import type { FastifyBaseLogger } from 'fastify'
import type { SecretKeys } from '../domain/model/secret-keys.ts'
import { FAILING_SECONDS } from '../domain/signals/receiver.ts'
import type { Receiver, ReceiverStore } from '../domain/signals/store.ts'
import type { AckWriter } from './acks.ts'
import type { EventTokens } from './event-tokens.ts'
import type { Feed } from './feed.ts'
import { type Delivery, deliveriesOf, PER_BATCH } from './log/deliveries.ts'
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
  /** Called when pushes have failed for hours. */
  pause(receiver: Receiver, reason: string): Promise<unknown>
  everyMilliseconds?: number | undefined
  log: Pick<FastifyBaseLogger, 'warn'>
  onError(error: unknown): void
}

/** A stream whose receiver does not answer occupies its place for ten seconds. */
const STREAMS_AT_ONCE = 32
const TOKENS_AT_ONCE = 8
/** Longer than a turn. If the process ends during a turn, another process takes the stream over after this time. */
const CLAIM_SECONDS = 60
const TURN_MILLISECONDS = 40_000
const PROGRESS_KEPT = 1_000

interface PushDelivery extends Delivery {
  /** Deliveries with the same value are sent in order. */
  concerns: string
  /** The id of an event of the stream itself. */
  eventId: bigint | null
}

/** A stream whose settings changed has a new generation, and its progress starts again. */
const keyOf = ({ id, generation }: Receiver): StreamId => `${id as StreamId}.${generation}`

/**
 * Push delivery (RFC 8935). The watermark in the stream's row determines what is sent, so nothing is queued and nothing can be lost. Any process claims a
 * stream that is behind, sends, and records the new watermark. A failure is retried after a delay that grows to five minutes.
 */
export function createPusher({ feed, receivers, acks, tokens, keys, send, pause, everyMilliseconds = 1_000, log, onError }: Options): {
  stop(): Promise<void>
} {
  /** By `keyOf`, the most recently used last. */
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
  // A stream is claimed as soon as there is room for it, so that a slow stream does not delay others.
  const claim = async (): Promise<void> => {
    while (again && !ending && underWay.size < STREAMS_AT_ONCE) {
      again = false
      // A change releases a stream even while it is being served. This process finishes its turn first.
      const claimed = await receivers.claimPushes(STREAMS_AT_ONCE - underWay.size, CLAIM_SECONDS, [...underWay.keys()])
      for (const receiver of claimed) underWay.set(receiver.id, attend(receiver))
    }
  }
  const attend = async (receiver: Receiver): Promise<void> => {
    const sentAny = await deliver(receiver).catch(onError)
    underWay.delete(receiver.id)
    // With nothing to send, the next timer is soon enough: an open transaction can hold the watermark back for hours.
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

  /** Returns false if there was nothing to send. */
  async function deliver(receiver: Receiver): Promise<boolean> {
    const { id, generation, failingSince } = receiver
    const key = keyOf(receiver)
    await feed.catchUp()
    const { watermark } = feed
    const progress = progressOf(key)
    const pending = progress.pending(receiver, feed)
    const deliveries = await pushDeliveriesOf(receiver, pending.slice(0, PER_BATCH), progress)
    const failure = await sendAll(receiver, deliveries, progress)
    const reached = progress.reached(watermark, pending)
    // The next process starts at the watermark and would send these again.
    const ahead = pending.filter((entry) => entry.xid >= reached && progress.sent.has(entry.id))
    if (ahead.length > 0) {
      await receivers.announceAcknowledged(
        key,
        ahead.map((entry) => entry.id),
      )
    }
    if (progress.isEmpty) known.delete(key)
    await receivers.pushed(id, { watermark: reached, failed: failure !== null, generation })
    if (failure !== null) {
      log.warn({ stream: id, failures: receiver.pushFailures + 1, reason: failure }, 'a push failed')
      if (failingSince && Date.now() - failingSince.getTime() > FAILING_SECONDS * 1_000) {
        await pause(receiver, `Pushes have failed since ${failingSince.toISOString()}.`)
      }
    }
    return deliveries.length > 0 || pending.length > 0
  }

  async function pushDeliveriesOf(receiver: Receiver, entries: readonly Entry[], { sent }: PushProgress): Promise<PushDelivery[]> {
    const { deliveries, unwanted } = deliveriesOf(tokens, receiver, entries)
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
    return [...own, ...deliveries.map((delivery) => ({ ...delivery, concerns: delivery.entries[0]?.subject ?? receiver.id, eventId: null }))]
  }

  /**
   * Sends several tokens at once, but those about one subject in order: with the standard events, the last one decides the state of an account. Returns the
   * first failure, or null. Tokens that do not fit into the turn are left to the next one.
   */
  async function sendAll(receiver: Receiver, deliveries: readonly PushDelivery[], progress: PushProgress): Promise<string | null> {
    const authorization = receiver.pushAuthorization && keys.of(receiver.keyGeneration).open('push-authorization', receiver.id, receiver.pushAuthorization)
    const until = performance.now() + TURN_MILLISECONDS
    let failure: string | null = null
    /** The number of unanswered tokens by revocation id. */
    const left = new Map<bigint, number>()
    for (const { entries } of deliveries) for (const { id } of entries) left.set(id, (left.get(id) ?? 0) + 1)
    const faulty = new Set<bigint>()

    const sendOne = async (delivery: PushDelivery): Promise<void> => {
      const { jti, token } = await delivery.token
      const answer = await send(receiver.endpointUrl as string, { token, authorization }).then(
        answerOf,
        (error: Error): PushAnswer => ({ kind: 'failed', reason: error.message }),
      )
      if (answer.kind === 'failed') {
        failure ??= answer.reason
        return
      }
      if (answer.kind === 'unread') noteUnread(receiver, jti, answer)
      for (const entry of delivery.entries) {
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
      if (delivery.eventId !== null) await receivers.removeEvents(receiver.id, [delivery.eventId])
    }

    const waiting = [...Map.groupBy(deliveries, ({ concerns }) => concerns).values()]
    const sender = async (): Promise<void> => {
      for (let group = waiting.shift(); group; group = waiting.shift()) {
        for (const delivery of group) {
          if (failure !== null || ending || performance.now() > until) return
          await sendOne(delivery)
        }
      }
    }
    await Promise.all(Array.from({ length: TOKENS_AT_ONCE }, sender))
    return failure
  }

  function noteUnread({ id }: Receiver, jti: string, { err, description }: Extract<PushAnswer, { kind: 'unread' }>): void {
    log.warn(
      { stream: id, faults: 1, jti: jti.slice(0, 100), err: err.slice(0, 100), description: description?.slice(0, 300) },
      'a receiver could not read an event token',
    )
  }

  const stopNews = feed.onNew(look)
  const stopStreams = feed.onStream(look)
  // Sent by another process. Only pushers use keys with a dot, so polled streams are ignored.
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
