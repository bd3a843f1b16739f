import type { Receiver } from '../domain/signals/store.ts'
import type { Feed } from './feed.ts'
import type { Entry } from './revocation-log.ts'
import { isExcluded } from './stream-filter.ts'

/**
 * What this process has sent beyond the watermark of a push stream. The watermark stays behind while an older transaction is open, or after a token that the
 * receiver could not read. It is only kept in memory, as with polled streams.
 */
export class PushProgress {
  /** Transaction ids by revocation id. */
  readonly sent = new Map<bigint, bigint>()
  /** Revocations that the receiver could not read. They are not sent again, and never count as acknowledged. */
  readonly unread = new Map<bigint, bigint>()

  get isEmpty(): boolean {
    return this.sent.size === 0 && this.unread.size === 0
  }

  /**
   * The revocations still to be sent, in the order of their ids. For one subject, whose row was locked, that is the order of events. The order of arrival
   * differs when a notice was lost.
   */
  pending(receiver: Receiver, { log, watermark }: Pick<Feed, 'log' | 'watermark'>): Entry[] {
    const from = receiver.watermark !== null && receiver.watermark <= watermark ? receiver.watermark : 0n
    for (const xids of [this.sent, this.unread]) for (const [id, xid] of xids) if (xid < from || !log.has(id)) xids.delete(id)
    return [...log.from(0, { xid: from })]
      .filter(({ id, kind, subject }) => !this.sent.has(id) && !this.unread.has(id) && !isExcluded(receiver, { kind, subject }))
      .sort((one, other) => (one.id < other.id ? -1 : 1))
  }

  /** The new watermark: all revocations of earlier transactions were accepted. Forgets what lies before it. */
  reached(watermark: bigint, pending: readonly Entry[]): bigint {
    let reached = watermark
    for (const { id, xid } of pending) if (xid < reached && !this.sent.has(id)) reached = xid
    for (const xid of this.unread.values()) if (xid < reached) reached = xid
    for (const [id, xid] of this.sent) if (xid < reached) this.sent.delete(id)
    return reached
  }
}
