import { byBothClocks, type Moment, since } from '../domain/model/clock.ts'
import type { Receiver, ReceiverStore } from '../domain/signals/store.ts'
import type { AckWriter } from './acks.ts'
import { isToldTwice, type JtiKind } from './event-tokens.ts'
import type { Feed } from './feed.ts'
import type { Entry } from './revocation-log.ts'
import { isExcluded, wantedEvents } from './stream-filter.ts'

/** A stream as this process has it at hand: where it stands in the log, and what it was sent and has not acknowledged. */
export interface StreamAtHand {
  receiver: Receiver
  /** Up to here it was sent everything. */
  next: number
  /** By number, with the time. */
  sent: Map<bigint, { entry: Entry; at: number }>
  /** Acknowledged before it was sent here: another process had sent it. */
  ahead: Set<bigint>
  /** Its own events, oldest first. */
  events: { id: bigint; payload: Record<string, unknown> }[]
  /** Of those that are told by two tokens: which one is acknowledged. */
  halves: Map<bigint, JtiKind>
  /** What it said it could not read. It does not come again, and while it can matter the receiver has not everything. */
  unread: Map<bigint, Entry>
  /** The lease in the database is known to last for so long after. */
  renewed: { at: Moment; forMilliseconds: number } | null
  /** Other processes were at it too, not long before. */
  hopsUntil: number
  watermarkWrittenAt: number
  polledAt: number
  /** When its row last said that it is heard of, though it has no lease. */
  notedAt: number
  gone: boolean
  /** Which poll is the latest: the one before gives way. */
  turn: number
  /** Ends the wait of the poll that is under way. */
  wake: (() => void) | null
}

export interface Streams {
  /** Null: there is none, or its client may not receive any more. */
  atHand(id: string): Promise<StreamAtHand | null>
  /** It has been heard from. Resolves when its lease is written down, and all is known that was committed before. */
  renew(stream: StreamAtHand): Promise<void>
  /** It is heard of, and has no lease to be renewed: it is kept. */
  note(stream: StreamAtHand): Promise<void>
  /** What was done to it at this process counts from the next poll on. */
  refresh(ids: readonly string[]): Promise<void>
  acknowledge(stream: StreamAtHand, ids: readonly bigint[], kind: JtiKind): void
  /** It could not read these. */
  leaveUnread(stream: StreamAtHand, ids: readonly bigint[]): void
  hasUnread(stream: StreamAtHand): boolean
  /** So much that it has not acknowledged, what was sent before first. `held`: it may have acknowledged more to another process, which will be known in a moment. */
  take(stream: StreamAtHand, most: number): { entries: Entry[]; more: boolean; held: boolean }
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

/** Whose polls go to several processes acknowledges to one what another sent. Sent again at once, it would go round and round. */
const HOPS_MILLISECONDS = 60_000
const HELD_MILLISECONDS = 1_000
const PENDING_MOST = 1_000
const NOTED_MILLISECONDS = 60_000

/** The streams that are polled at this process. Nothing here is worth keeping: the database knows where each stands, and what is sent twice does no harm. */
export function createStreams({ feed, receivers, acks, everyMilliseconds = 1_000, onError }: Options): Streams {
  const all = new Map<string, StreamAtHand>()
  const loading = new Map<string, Promise<StreamAtHand | null>>()

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
  const isDone = ({ receiver, ahead, unread }: StreamAtHand, entry: Entry): boolean =>
    (receiver.watermark !== null && entry.xid < receiver.watermark && receiver.watermark <= feed.watermark) ||
    ahead.has(entry.id) ||
    unread.has(entry.id) ||
    isExcluded(receiver, entry)

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
      halves: new Map(),
      unread: new Map(),
      renewed: null,
      hopsUntil: 0,
      watermarkWrittenAt: 0,
      polledAt: performance.now(),
      notedAt: 0,
      gone: false,
      turn: 0,
      wake: null,
    }
    all.set(id, stream)
    return stream
  }

  /** It wants more than before: what was passed over may be what it wants. */
  const startAnew = (stream: StreamAtHand): void => {
    stream.next = 0
    stream.watermarkWrittenAt = 0
    for (const kept of [stream.sent, stream.ahead, stream.halves, stream.unread]) kept.clear()
  }
  /** What no token lives for any more, or something else says better, matters no more. */
  const hasUnread = ({ unread }: StreamAtHand): boolean => {
    for (const id of unread.keys()) if (!feed.log.has(id)) unread.delete(id)
    return unread.size > 0
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
      const changed = receiver.status !== stream.receiver.status || receiver.generation !== stream.receiver.generation
      if (receiver.generation !== stream.receiver.generation) startAnew(stream)
      stream.receiver = receiver
      for (const number of stream.halves.keys()) if (!feed.log.has(number)) stream.halves.delete(number)
      stream.events = events.filter(({ receiverId }) => receiverId === id)
      if (receiver.watermark !== null && receiver.watermark <= feed.watermark) {
        for (const [number, { entry }] of stream.sent) if (entry.xid < receiver.watermark) stream.sent.delete(number)
      }
      if (changed || stream.events.length > 0) stream.wake?.()
    }
  }

  /** Everything committed by transactions before this one is acknowledged. Null: not worth finding out, it has a long way to go. */
  const watermarkOf = (stream: StreamAtHand): bigint | null => {
    let watermark = feed.watermark
    for (const { entry } of stream.sent.values()) if (entry.xid < watermark) watermark = entry.xid
    if (hasUnread(stream)) for (const entry of stream.unread.values()) if (entry.xid < watermark) watermark = entry.xid
    let pending = 0
    for (const entry of feed.log.from(stream.next)) {
      if (isDone(stream, entry)) continue
      if (++pending > PENDING_MOST) return null
      if (entry.xid < watermark) watermark = entry.xid
    }
    return watermark
  }
  const writeWatermark = async (stream: StreamAtHand): Promise<void> => {
    const watermark = watermarkOf(stream)
    if (watermark === null || watermark === stream.receiver.watermark) return
    stream.watermarkWrittenAt = performance.now()
    await receivers.setWatermark(stream.receiver.id, watermark, stream.receiver.generation)
  }

  const stopNews = feed.onNew(() => {
    for (const stream of all.values()) stream.wake?.()
  })
  const stopStreams = feed.onStream((id) => {
    if (all.has(id)) refresh([id]).catch(onError)
  })
  const stopHeard = feed.onHeard((id, numbers) => {
    const stream = all.get(id)
    if (!stream) return
    stream.hopsUntil = performance.now() + HOPS_MILLISECONDS
    for (const number of numbers) {
      const entry = feed.log.find(number)
      if (!stream.sent.delete(number) && entry && entry.n >= stream.next) stream.ahead.add(number)
    }
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
      const asked = byBothClocks()
      stream.polledAt = asked.steady
      const { id, leaseSeconds, watermark } = stream.receiver
      // One that has just begun, or whose polls hop, is told of at once: whoever ends again what ended before goes by the watermark.
      const early = asked.steady < stream.hopsUntil || (watermark === null && stream.sent.size === 0)
      if (early && asked.steady - stream.watermarkWrittenAt > 1_000) writeWatermark(stream).catch(onError)
      if (stream.renewed && since(stream.renewed.at) + leaseSeconds * 1_000 <= stream.renewed.forMilliseconds) return
      // Written ahead by a third, so that it need not be written at every poll. The receiver counts from when it asked, so its own lease ends sooner.
      const ahead = (leaseSeconds * 4) / 3
      if (!(await receivers.renewLease(id, ahead))) {
        stream.gone = true
        all.delete(id)
        return
      }
      // Read after it is written: what was committed before, and so waited for an older end of this lease, is in the log and goes out with this answer.
      await feed.catchUp()
      stream.renewed = { at: asked, forMilliseconds: ahead * 1_000 }
      writeWatermark(stream).catch(onError)
    },
    async note(stream) {
      stream.polledAt = performance.now()
      if (stream.notedAt !== 0 && stream.polledAt - stream.notedAt < NOTED_MILLISECONDS) return
      stream.notedAt = stream.polledAt
      await receivers.heardOf(stream.receiver.id)
    },
    refresh,
    leaveUnread(stream, ids) {
      for (const id of ids) {
        const entry = stream.sent.get(id)?.entry ?? feed.log.find(id)
        if (entry) stream.unread.set(id, entry)
        stream.sent.delete(id)
      }
    },
    hasUnread,
    acknowledge(stream, ids, kind) {
      const foreign: bigint[] = []
      const wanted = wantedEvents(stream.receiver)
      for (const id of ids) {
        const entry = stream.sent.get(id)?.entry ?? feed.log.find(id)
        if (entry && kind !== 'b' && isToldTwice(entry, wanted)) {
          const half = stream.halves.get(id)
          if (half === undefined || half === kind) {
            stream.halves.set(id, kind)
            continue // the other token of it is not acknowledged yet
          }
          stream.halves.delete(id)
        }
        stream.unread.delete(id)
        if (!stream.sent.delete(id)) {
          stream.hopsUntil = performance.now() + HOPS_MILLISECONDS
          if (entry) foreign.push(id)
          if (entry && entry.n >= stream.next) stream.ahead.add(id)
        }
        if (entry) acks.add(stream.receiver.id, entry)
      }
      if (foreign.length > 0) receivers.announceHeard(stream.receiver.id, foreign).catch(onError)
    },
    take(stream, most) {
      const now = performance.now()
      const again = [...stream.sent.values()].filter(({ at }) => now > stream.hopsUntil || now - at > HELD_MILLISECONDS)
      const held = again.length < stream.sent.size
      const entries = again.slice(0, most).map(({ entry }) => entry)
      for (const entry of feed.log.from(stream.next)) {
        if (entries.length >= most) break
        stream.next = entry.n + 1
        if (isDone(stream, entry)) stream.ahead.delete(entry.id)
        else entries.push(entry)
      }
      for (const entry of entries) stream.sent.set(entry.id, { entry, at: now })
      return { entries, more: again.length > most || isBehind(stream), held }
    },
    isBehind: (stream) => stream.sent.size > 0 || isBehind(stream),
    stop() {
      clearInterval(timer)
      stopNews()
      stopStreams()
      stopHeard()
      for (const stream of all.values()) stream.wake?.()
      all.clear()
    },
  }
}
