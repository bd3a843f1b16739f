import type { Receiver } from '../domain/receiver.ts'
import type { ReceiverStore } from '../domain/store.ts'
import type { AckWriter } from './acks.ts'
import { revocationBatch, standardEvents, supportedEvents } from './event-types.ts'
import type { Feed } from './feed.ts'
import type { Entry } from './revocation-log.ts'

/** A stream as this process has it at hand: where it stands in the log, and what it was sent and has not acknowledged. */
export interface StreamAtHand {
  receiver: Receiver
  /** Up to here it was sent everything. */
  next: number
  /** By number. */
  sent: Map<bigint, Entry>
  /** Acknowledged before it was sent here: another process had sent it. */
  ahead: Set<bigint>
  /** Its own events, oldest first. */
  events: { id: bigint; payload: Record<string, unknown> }[]
  /** On this process's clock: until then the lease in the database is known to last. */
  leaseUntil: number
  /** It could not read something: what it has acknowledged is no longer all. */
  faultyUntil: number
  /** Other processes are at it too. */
  hops: boolean
  watermarkWrittenAt: number
  polledAt: number
  gone: boolean
  /** Which poll is the latest: the one before gives way. */
  turn: number
  /** Ends the wait of the poll that is under way. */
  wake: (() => void) | null
}

export interface Streams {
  /** Null: there is none, or its client may not receive any more. */
  atHand(id: string): Promise<StreamAtHand | null>
  /** It has been heard from. Resolves when its lease is written down. */
  renew(stream: StreamAtHand): Promise<void>
  acknowledge(stream: StreamAtHand, ids: readonly bigint[]): void
  /** So much that it has not acknowledged, what was sent before first. */
  take(stream: StreamAtHand, most: number): { entries: Entry[]; more: boolean }
  isBehind(stream: StreamAtHand): boolean
  stop(): void
}

interface Options {
  feed: Feed
  receivers: ReceiverStore
  acks: AckWriter
  everyMilliseconds?: number | undefined
  onError(error: unknown): void
}

export const wantedEvents = ({ eventsRequested }: Pick<Receiver, 'eventsRequested'>): string[] =>
  eventsRequested === null ? standardEvents : supportedEvents.filter((type) => eventsRequested.includes(type))

export const wantsBatches = (receiver: Receiver): boolean => receiver.eventsRequested?.includes(revocationBatch) ?? false

/** The streams that are polled at this process. Nothing here is worth keeping: the database knows where each stands, and what is sent twice does no harm. */
export function createStreams({ feed, receivers, acks, everyMilliseconds = 1_000, onError }: Options): Streams {
  const all = new Map<string, StreamAtHand>()
  const loading = new Map<string, Promise<StreamAtHand | null>>()

  const isAtEnd = (stream: StreamAtHand): boolean => stream.sent.size === 0 && !isBehind(stream)
  const isBehind = (stream: StreamAtHand): boolean => {
    skip(stream)
    return stream.next < feed.log.end
  }
  /** Goes past what it has, or does not want. */
  const skip = (stream: StreamAtHand): void => {
    for (const entry of feed.log.from(stream.next)) {
      if (!isDone(stream, entry)) {
        stream.next = entry.n
        return
      }
      stream.ahead.delete(entry.id)
    }
    stream.next = feed.log.end
  }
  const isDone = ({ receiver, ahead }: StreamAtHand, { id, xid, kind, subject }: Entry): boolean =>
    (receiver.watermark !== null && xid < receiver.watermark && receiver.watermark <= feed.watermark) ||
    ahead.has(id) ||
    (['user', 'role', 'enabled'].includes(kind) && receiver.excluded.includes(subject))

  const load = async (id: string): Promise<StreamAtHand | null> => {
    const [receiver] = await receivers.listAlive([id])
    if (receiver?.method !== 'poll') return null
    // What was committed before the stream was made is in the log before the stream begins (a notice may have been lost).
    await feed.catchUp()
    const stream: StreamAtHand = {
      receiver,
      next: 0,
      sent: new Map(),
      ahead: new Set(),
      events: await receivers.eventsOf(receiver.id),
      leaseUntil: 0,
      faultyUntil: 0,
      hops: false,
      watermarkWrittenAt: 0,
      polledAt: performance.now(),
      gone: false,
      turn: 0,
      wake: null,
    }
    all.set(id, stream)
    return stream
  }

  /** What other processes did to them meanwhile. */
  const refresh = async (ids: readonly string[]): Promise<void> => {
    const [found, events] = await Promise.all([receivers.listAlive(ids), receivers.eventsOfMany(ids)])
    const receiverOf = new Map(found.map((receiver) => [receiver.id as string, receiver]))
    for (const id of ids) {
      const stream = all.get(id)
      if (!stream) continue
      const receiver = receiverOf.get(id)
      if (receiver?.method !== 'poll') {
        stream.gone = true
        all.delete(id)
        stream.wake?.()
        continue
      }
      const changed = receiver.status !== stream.receiver.status
      stream.receiver = receiver
      stream.events = events.filter(({ receiverId }) => receiverId === id)
      if (receiver.watermark !== null && receiver.watermark <= feed.watermark) {
        for (const [number, { xid }] of stream.sent) if (xid < receiver.watermark) stream.sent.delete(number)
      }
      if (changed || stream.events.length > 0) stream.wake?.()
    }
  }

  const writeWatermark = async (stream: StreamAtHand): Promise<void> => {
    const now = performance.now()
    if (!isAtEnd(stream) || now < stream.faultyUntil || stream.receiver.watermark === feed.watermark) return
    stream.watermarkWrittenAt = now
    stream.receiver.watermark = feed.watermark
    await receivers.setWatermark(stream.receiver.id, feed.watermark)
  }

  const stopNews = feed.onNew(() => {
    for (const stream of all.values()) stream.wake?.()
  })
  const stopStreams = feed.onStream((id) => {
    if (all.has(id)) refresh([id]).catch(onError)
  })
  let refreshing = false
  const timer = setInterval(async () => {
    for (const [id, { polledAt, wake, receiver }] of all) {
      if (!wake && performance.now() - polledAt > 2_000 * receiver.leaseSeconds) all.delete(id)
    }
    if (refreshing || all.size === 0) return
    refreshing = true
    await refresh([...all.keys()])
      .catch(onError)
      .finally(() => {
        refreshing = false
      })
  }, everyMilliseconds).unref()

  return {
    async atHand(id) {
      const known = all.get(id)
      if (known) return known
      const under = loading.get(id) ?? load(id).finally(() => loading.delete(id))
      loading.set(id, under)
      return under
    },
    async renew(stream) {
      const now = performance.now()
      stream.polledAt = now
      const { id, leaseSeconds } = stream.receiver
      if (stream.hops && now - stream.watermarkWrittenAt > 1_000) writeWatermark(stream).catch(onError)
      if (now + leaseSeconds * 1_000 <= stream.leaseUntil) return
      // Written ahead by a third, so that it need not be written at every poll. The receiver counts from when it asked, so its own lease ends sooner.
      const ahead = (leaseSeconds * 4) / 3
      if (!(await receivers.renewLease(id, ahead))) {
        stream.gone = true
        all.delete(id)
        return
      }
      stream.leaseUntil = now + ahead * 1_000
      writeWatermark(stream).catch(onError)
    },
    acknowledge(stream, ids) {
      for (const id of ids) {
        const entry = stream.sent.get(id) ?? feed.log.find(id)
        if (!stream.sent.delete(id) && entry && entry.n >= stream.next) {
          stream.ahead.add(id)
          stream.hops = true
        }
        if (entry) acks.add(stream.receiver.id, entry)
      }
    },
    take(stream, most) {
      const entries = [...stream.sent.values()].slice(0, most)
      if (entries.length < most) {
        for (const entry of feed.log.from(stream.next)) {
          if (entries.length === most) break
          stream.next = entry.n + 1
          if (isDone(stream, entry)) {
            stream.ahead.delete(entry.id)
            continue
          }
          stream.sent.set(entry.id, entry)
          entries.push(entry)
        }
      }
      return { entries, more: stream.sent.size > entries.length || isBehind(stream) }
    },
    isBehind: (stream) => stream.sent.size > 0 || isBehind(stream),
    stop() {
      clearInterval(timer)
      stopNews()
      stopStreams()
      for (const stream of all.values()) stream.wake?.()
      all.clear()
    },
  }
}
