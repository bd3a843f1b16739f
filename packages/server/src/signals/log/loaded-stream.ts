import type { Moment } from '../../domain/model/clock.ts'
import type { Receiver } from '../../domain/signals/store.ts'
import type { JtiKind } from '../event-tokens.ts'
import type { Entry } from '../revocation-log.ts'

/** A stream in the memory of this process: its position in the log, and the revocations that were sent and not acknowledged. */
export interface LoadedStream {
  receiver: Receiver
  /** The position in the log up to which everything was sent. */
  next: number
  /** By revocation id, with the time. */
  sent: Map<bigint, { entry: Entry; at: number }>
  /** Parts of the log that were sent and not acknowledged. */
  parts: Part[]
  /** Revocations that another process sent, acknowledged before this process has sent them. */
  ahead: Set<bigint>
  /** Events of the stream itself, oldest first. */
  events: { id: bigint; payload: Record<string, unknown> }[]
  /** For revocations that are sent as two tokens: the one that is acknowledged. */
  halves: Map<bigint, JtiKind>
  /** Revocations that the receiver could not read. They are not sent again, and the receiver is not current while they matter. */
  unread: Map<bigint, Entry>
  /** When the lease was last written to the database, and for how long. */
  renewed: { at: Moment; forMilliseconds: number } | null
  /** Until then its polls are assumed to reach several processes. */
  hopsUntil: number
  watermarkWrittenAt: number
  polledAt: number
  /** When its row last recorded a request, for a stream without a lease. */
  notedAt: number
  gone: boolean
  /** The number of the latest poll. It ends the one before. */
  turn: number
  /** Ends the wait of the running poll. */
  wake: (() => void) | null
}

/** A part of the log that is sent as one token. No revocation in it is from an earlier transaction than `xid`. */
export interface Part {
  start: number
  end: number
  xid: bigint
  at: number
  /** Set when its token is made. */
  jti: string | null
}

export const newLoadedStream = (receiver: Receiver, events: LoadedStream['events']): LoadedStream => ({
  receiver,
  next: 0,
  sent: new Map(),
  parts: [],
  ahead: new Set(),
  events,
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
})
