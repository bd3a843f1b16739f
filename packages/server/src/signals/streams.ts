import { currentMoment, millisecondsSince } from '../domain/model/clock.ts'
import type { ReceiverStore } from '../domain/signals/store.ts'
import type { AckWriter } from './acks.ts'
import { hasTwoTokens, type JtiKind } from './event-tokens.ts'
import type { Feed } from './feed.ts'
import { type LoadedStream, newLoadedStream, type Part } from './log/loaded-stream.ts'
import type { Entry } from './revocation-log.ts'
import { isExcluded, requestedEvents } from './stream-filter.ts'

export interface Streams {
  /** Null if the stream does not exist or its client may no longer receive events. */
  load(id: string): Promise<LoadedStream | null>
  /** Called by each poll. Resolves when the lease is written and all earlier commits have been read. */
  renew(stream: LoadedStream): Promise<void>
  /** Records a request of a stream without a lease, so that it is not deleted as unused. */
  note(stream: LoadedStream): Promise<void>
  /** Reads changed streams again, so that the next poll uses the new settings. */
  refresh(ids: readonly string[]): Promise<void>
  acknowledge(stream: LoadedStream, ids: readonly bigint[], kind: JtiKind): void
  /** False if this process has sent no part as this token. */
  acknowledgePart(stream: LoadedStream, jti: string): boolean
  /** The receiver has a snapshot: everything committed by transactions before the watermark. */
  acknowledgeBefore(stream: LoadedStream, watermark: bigint): Promise<void>
  /** The receiver could not read these. */
  leaveUnread(stream: LoadedStream, ids: readonly bigint[], jtis: readonly string[]): void
  hasUnread(stream: LoadedStream): boolean
  /**
   * Unacknowledged revocations, those sent before first. `held`: some are held back for a moment, because the receiver may have acknowledged them to another
   * process.
   */
  take(stream: LoadedStream, most: number): { entries: Entry[]; more: boolean; held: boolean }
  /** The same in parts, for a stream of batches with a long backlog. No part: take entries. */
  takeParts(stream: LoadedStream, most: number): { parts: Part[]; more: boolean; held: boolean }
  isBehind(stream: LoadedStream): boolean
  stop(): void
}

interface Options {
  feed: Feed
  receivers: ReceiverStore
  acks: AckWriter
  everyMilliseconds?: number | undefined
  onError(error: unknown): void
}

/** A receiver whose polls reach several processes acknowledges to one process what another has sent. Sending it again at once would never end. */
const HOPS_MILLISECONDS = 60_000
const HELD_MILLISECONDS = 1_000
const PENDING_MOST = 1_000
const NOTED_MILLISECONDS = 60_000

/** The streams that are polled at this process. Only in memory: the database has the watermark of each, and sending a revocation twice does no harm. */
export function createStreams({ feed, receivers, acks, everyMilliseconds = 1_000, onError }: Options): Streams {
  const all = new Map<string, LoadedStream>()
  const loading = new Map<string, Promise<LoadedStream | null>>()

  const isBehind = (stream: LoadedStream): boolean => {
    skip(stream)
    return stream.next < feed.log.end
  }
  /** Skips entries that are acknowledged or excluded. */
  const skip = (stream: LoadedStream): void => {
    for (const entry of feed.log.from(stream.next, { xid: acknowledgedBefore(stream) })) {
      if (!isDone(stream, entry)) {
        stream.next = entry.n
        return
      }
      stream.ahead.delete(entry.id)
    }
    stream.next = feed.log.end
  }
  /** The watermark in its row, unless that is from a database that was replaced since. */
  const acknowledgedBefore = ({ receiver: { watermark } }: LoadedStream): bigint => (watermark !== null && watermark <= feed.watermark ? watermark : 0n)
  const isDone = ({ receiver, ahead, unread }: LoadedStream, entry: Entry): boolean =>
    ahead.has(entry.id) || unread.has(entry.id) || isExcluded(receiver, entry)

  const read = async (id: string): Promise<LoadedStream | null> => {
    const [receiver] = await receivers.listAlive([id])
    if (receiver?.method !== 'poll') return null
    // Reads everything committed before the stream was created, because a notice may have been lost.
    await feed.catchUp()
    const stream = newLoadedStream(receiver, await receivers.eventsOf(receiver.id))
    all.set(id, stream)
    return stream
  }

  /** After a change of settings, skipped revocations may be wanted. */
  const restart = (stream: LoadedStream): void => {
    stream.next = 0
    stream.watermarkWrittenAt = 0
    stream.parts = []
    for (const kept of [stream.sent, stream.ahead, stream.halves, stream.unread]) kept.clear()
  }
  /** Forgets unread revocations that have left the log: no token is concerned any more, or a stronger one replaced them. */
  const hasUnread = ({ unread }: LoadedStream): boolean => {
    for (const id of unread.keys()) if (!feed.log.has(id)) unread.delete(id)
    return unread.size > 0
  }

  /** Forgets unacknowledged revocations that the watermark in the row covers. */
  const forgetAcknowledged = (stream: LoadedStream): void => {
    const before = acknowledgedBefore(stream)
    for (const [number, { entry }] of stream.sent) if (entry.xid < before) stream.sent.delete(number)
    stream.parts = stream.parts.filter(({ xid }) => xid >= before)
  }

  /** Applies the changes that other processes made. */
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
      if (receiver.generation !== stream.receiver.generation) restart(stream)
      stream.receiver = receiver
      for (const number of stream.halves.keys()) if (!feed.log.has(number)) stream.halves.delete(number)
      stream.events = events.filter(({ receiverId }) => receiverId === id)
      forgetAcknowledged(stream)
      if (changed || stream.events.length > 0) stream.wake?.()
    }
  }

  /** All revocations of earlier transactions are acknowledged. Null while too many are pending to compute it. */
  const watermarkOf = (stream: LoadedStream): bigint | null => {
    let watermark = feed.watermark
    for (const { entry } of stream.sent.values()) if (entry.xid < watermark) watermark = entry.xid
    for (const { xid } of stream.parts) if (xid < watermark) watermark = xid
    if (hasUnread(stream)) for (const entry of stream.unread.values()) if (entry.xid < watermark) watermark = entry.xid
    let pending = 0
    for (const entry of feed.log.from(stream.next, { xid: acknowledgedBefore(stream) })) {
      if (isDone(stream, entry)) continue
      if (++pending > PENDING_MOST) return null
      if (entry.xid < watermark) watermark = entry.xid
    }
    return watermark
  }
  const writeWatermark = async (stream: LoadedStream): Promise<void> => {
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
    async load(id) {
      const existing = all.get(id)
      if (existing) return existing
      const pending = loading.get(id) ?? read(id).finally(() => loading.delete(id))
      loading.set(id, pending)
      return pending
    },
    async renew(stream) {
      const asked = currentMoment()
      stream.polledAt = asked.steady
      const { id, leaseSeconds, watermark } = stream.receiver
      // For a new stream, or one polled at several processes, the watermark is written at once: a repeated revocation waits by the watermark.
      const early = asked.steady < stream.hopsUntil || (watermark === null && stream.sent.size === 0)
      if (early && asked.steady - stream.watermarkWrittenAt > 1_000) writeWatermark(stream).catch(onError)
      if (stream.renewed && millisecondsSince(stream.renewed.at) + leaseSeconds * 1_000 <= stream.renewed.forMilliseconds) return
      // Written a third longer, so that not every poll writes it. The receiver counts from the moment of its request, so its own lease ends earlier.
      const ahead = (leaseSeconds * 4) / 3
      if (!(await receivers.renewLease(id, ahead))) {
        stream.gone = true
        all.delete(id)
        return
      }
      // Read after the lease is written. An earlier commit waited only for the old lease, so it has to be in this response.
      await feed.catchUp()
      stream.renewed = { at: asked, forMilliseconds: ahead * 1_000 }
      writeWatermark(stream).catch(onError)
    },
    async note(stream) {
      stream.polledAt = performance.now()
      if (stream.notedAt !== 0 && stream.polledAt - stream.notedAt < NOTED_MILLISECONDS) return
      stream.notedAt = stream.polledAt
      await receivers.recordActivity(stream.receiver.id)
    },
    refresh,
    leaveUnread(stream, ids, jtis) {
      for (const id of ids) {
        const entry = stream.sent.get(id)?.entry ?? feed.log.find(id)
        if (entry) stream.unread.set(id, entry)
        stream.sent.delete(id)
      }
      stream.parts = stream.parts.filter(({ jti }) => jti === null || !jtis.includes(jti))
    },
    hasUnread,
    acknowledge(stream, ids, kind) {
      const foreign: bigint[] = []
      const wanted = requestedEvents(stream.receiver)
      for (const id of ids) {
        const entry = stream.sent.get(id)?.entry ?? feed.log.find(id)
        if (entry && kind !== 'b' && hasTwoTokens(entry, wanted)) {
          const half = stream.halves.get(id)
          if (half === undefined || half === kind) {
            stream.halves.set(id, kind)
            continue // the second token is not acknowledged yet
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
      if (foreign.length > 0) receivers.announceAcknowledged(stream.receiver.id, foreign).catch(onError)
    },
    acknowledgePart(stream, jti) {
      const part = stream.parts.find((one) => one.jti === jti)
      if (!part) return false
      stream.parts = stream.parts.filter((one) => one !== part)
      for (const entry of feed.log.awaited(part.start, part.end)) acks.add(stream.receiver.id, entry)
      return true
    },
    async acknowledgeBefore(stream, watermark) {
      if (watermark > feed.watermark) await feed.catchUp() // Another process, which had read more, built the snapshot.
      // A watermark from before a restore of the database means nothing now. Then the stream gets everything.
      if (watermark > feed.watermark || watermark <= acknowledgedBefore(stream) || hasUnread(stream)) return
      await receivers.setWatermark(stream.receiver.id, watermark, stream.receiver.generation)
      stream.receiver = { ...stream.receiver, watermark }
      forgetAcknowledged(stream)
      // At once, because the row may just be read again as it was before.
      skip(stream)
    },
    takeParts(stream, most) {
      const now = performance.now()
      const { receiver, sent, ahead, unread } = stream
      const again = stream.parts.filter(({ at }) => now > stream.hopsUntil || now - at > HELD_MILLISECONDS)
      const held = again.length < stream.parts.length
      const parts = again.slice(0, most)
      // A part is the same for every stream, so it is sent whole.
      const isWhole = receiver.excluded.length === 0 && sent.size === 0 && ahead.size === 0 && unread.size === 0
      while (isWhole && parts.length < most && isBehind(stream)) {
        const next = feed.log.part(stream.next)
        if (!next) break
        const part: Part = { ...next, at: now, jti: null }
        stream.next = part.end
        stream.parts.push(part)
        parts.push(part)
      }
      for (const part of parts) part.at = now
      return { parts, more: again.length > most || isBehind(stream), held }
    },
    take(stream, most) {
      const now = performance.now()
      const again = [...stream.sent.values()].filter(({ at }) => now > stream.hopsUntil || now - at > HELD_MILLISECONDS)
      const held = again.length < stream.sent.size
      const entries = again.slice(0, most).map(({ entry }) => entry)
      for (const entry of feed.log.from(stream.next, { xid: acknowledgedBefore(stream) })) {
        if (entries.length >= most) break
        stream.next = entry.n + 1
        if (isDone(stream, entry)) stream.ahead.delete(entry.id)
        else entries.push(entry)
      }
      for (const entry of entries) stream.sent.set(entry.id, { entry, at: now })
      return { entries, more: again.length > most || isBehind(stream), held }
    },
    isBehind: (stream) => stream.sent.size > 0 || stream.parts.length > 0 || isBehind(stream),
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
