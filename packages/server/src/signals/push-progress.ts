import type { Receiver } from '../domain/signals/store.ts'
import type { Feed } from './feed.ts'
import type { Entry } from './revocation-log.ts'
import { isExcluded } from './stream-filter.ts'

/**
 * How far a push stream got beyond its watermark, as this process knows it: some older transaction was still open, or there is something that its receiver
 * could not read. Nothing here is worth keeping, as with the streams that are polled.
 */
export class PushProgress {
  /** By number, with the transaction. */
  readonly sent = new Map<bigint, bigint>()
  /** What it said it could not read. It does not come again, and while it can matter nobody is told that this receiver has heard of it. */
  readonly unread = new Map<bigint, bigint>()

  get isEmpty(): boolean {
    return this.sent.size === 0 && this.unread.size === 0
  }

  /**
   * What is still to be sent, in the order of numbers: of one subject that is the order in which it happened, since it was locked then. The order of
   * arrival is not, where a notice was lost.
   */
  pending(receiver: Receiver, { log, watermark }: Pick<Feed, 'log' | 'watermark'>): Entry[] {
    const from = receiver.watermark !== null && receiver.watermark <= watermark ? receiver.watermark : 0n
    for (const told of [this.sent, this.unread]) for (const [id, xid] of told) if (xid < from || !log.has(id)) told.delete(id)
    return [...log.from(0)]
      .filter(({ id, xid, kind, subject }) => xid >= from && !this.sent.has(id) && !this.unread.has(id) && !isExcluded(receiver, { kind, subject }))
      .sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** It has heard of everything that was written by transactions before this one. What lies behind that is forgotten. */
  reached(watermark: bigint, pending: readonly Entry[]): bigint {
    let reached = watermark
    for (const { id, xid } of pending) if (xid < reached && !this.sent.has(id)) reached = xid
    for (const xid of this.unread.values()) if (xid < reached) reached = xid
    for (const [id, xid] of this.sent) if (xid < reached) this.sent.delete(id)
    return reached
  }
}
