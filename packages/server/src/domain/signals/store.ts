import type { ClientId, StreamId } from '@muster/contract/ids.ts'
import type { RevocationKind } from '@muster/contract/revocation.ts'
import type { RecordedRevocation, Revocation } from '../model/revocation.ts'

export type StreamStatus = 'enabled' | 'paused' | 'disabled'

/** Receives revocations: a stream, one per process of a resource server, or a Muster server process, whose forward auth decides from memory. */
export interface Receiver {
  id: StreamId
  /** Null for a server process. */
  clientId: ClientId | null
  method: 'poll' | 'push' | 'server'
  endpointUrl: string | null
  /** The `Authorization` header of pushes. Sealed. */
  pushAuthorization: Uint8Array | null
  keyGeneration: number
  description: string | null
  /** Null: the standard events. */
  eventsRequested: string[] | null
  /** Ids of the users whose events it does not receive. */
  excluded: string[]
  status: StreamStatus
  statusReason: string | null
  leaseSeconds: number
  leaseUntil: Date
  /** It has acknowledged everything from transactions before this one. Null: nothing yet. */
  watermark: bigint | null
  pushFailures: number
  /** Raised when the stream requests more than before. */
  generation: number
  /** The first of the consecutive failed pushes. */
  failingSince: Date | null
  createdAt: Date
}

export interface StreamSettings {
  method: 'poll' | 'push'
  endpointUrl: string | null
  /** In plain text. Undefined: unchanged. */
  authorization?: string | null | undefined
  description: string | null
  eventsRequested: string[] | null
  leaseSeconds: number
}

export interface RevocationStore {
  /** Returns false if the same token was revoked before. `ended` gets its number when it is written, and its acknowledgements are then stored. */
  insert(revocation: Revocation, ended?: bigint[]): Promise<boolean>
  /** The numbers of the current revocations of these subjects, whose acknowledgements are then stored. */
  standingFor(kind: RevocationKind, subjects: readonly string[]): Promise<bigint[]>
  deleteExpired(): Promise<void>
  /**
   * A page of the revocations that can still matter, from transactions since this one, ordered by id. 0 returns all. The watermark of the first page is that of
   * the next call. `estimate`: about how many there are in all, with the first page of all.
   * @param after `next` of the page before
   */
  since(
    watermark: bigint,
    after?: bigint,
  ): Promise<{ watermark: bigint; estimate?: number | undefined; revocations: RecordedRevocation[]; next: bigint | null }>
  acknowledge(acks: readonly { revocationId: bigint; receivers: readonly string[] }[]): Promise<void>
  /** The active receivers, or only the server processes, of these revocations, with the revocations that each has not acknowledged. */
  standing(
    ids: readonly bigint[],
    options?: { serversOnly?: boolean },
  ): Promise<{ now: Date; revocations: RecordedRevocation[]; receivers: StandingReceiver[] }>
}

export interface StandingReceiver extends Pick<Receiver, 'id' | 'description' | 'eventsRequested' | 'excluded'> {
  /** Null: the receiver has no lease. */
  leaseUntil: Date | null
  unacknowledged: ReadonlySet<bigint>
  /** A Muster server process. */
  isServer: boolean
  /** Its pushes fail, or it has stopped polling. */
  silent: boolean
}

export type NewReceiver = Pick<Receiver, 'id' | 'clientId' | 'method' | 'description' | 'leaseSeconds'> &
  Partial<Pick<Receiver, 'endpointUrl' | 'pushAuthorization' | 'keyGeneration' | 'eventsRequested'>>
export type ReceiverChange = Partial<
  Omit<StreamSettings, 'authorization'> & Pick<Receiver, 'pushAuthorization' | 'keyGeneration' | 'status' | 'statusReason' | 'excluded'> & { widened: boolean }
>

export interface ReceiverStore {
  insert(receiver: NewReceiver): Promise<Receiver>
  /** Streams only. */
  find(id: string): Promise<Receiver | null>
  /** The same, with the row locked until commit, for changes that depend on the current values. */
  lock(id: string): Promise<Receiver | null>
  listOf(clientId: ClientId): Promise<Receiver[]>
  /** Streams of one client or of all, for the operator. */
  listStreams(of: { clientId: ClientId | null; most: number }): Promise<Receiver[]>
  countOf(clientId: ClientId): Promise<number>
  /** Those that exist and whose client may still receive. */
  listAlive(ids: readonly string[]): Promise<Receiver[]>
  /** `widened`: it requests more than before and starts from the beginning. */
  change(id: StreamId, change: ReceiverChange): Promise<Receiver>
  remove(id: StreamId): Promise<void>
  /** Detaches it from its client. It counts until its lease expires. */
  takeAway(id: StreamId): Promise<void>
  /** Makes every process read the streams of this client again at once, because it was changed. */
  announceClient(clientId: ClientId): Promise<void>
  /** Extends the lease after a request of the receiver; never shortens it. False if the receiver no longer exists. */
  renewLease(id: string, seconds: number): Promise<boolean>
  /** Stores the time of a poll or a management call, so that the stream is not deleted. Does not extend the lease. */
  recordActivity(id: StreamId): Promise<void>
  /** Has no effect if the stream has requested more since. */
  setWatermark(id: StreamId, watermark: bigint, generation: number): Promise<void>
  /** Tells every other process that these need not be sent again. Pushes are announced for each generation of a stream. */
  announceAcknowledged(id: StreamId, ids: readonly bigint[]): Promise<void>
  addEvent(id: StreamId, payload: Record<string, unknown>): Promise<void>
  eventsOf(id: StreamId): Promise<{ id: bigint; payload: Record<string, unknown> }[]>
  eventsOfMany(ids: readonly string[]): Promise<{ id: bigint; receiverId: string; payload: Record<string, unknown> }[]>
  removeEvents(id: StreamId, events: readonly bigint[]): Promise<void>
  /** Claims push streams with pending events, except these, from all other processes for this many seconds. */
  claimPushes(most: number, claimSeconds: number, but: readonly string[]): Promise<Receiver[]>
  /** Releases a claim: stores what was acknowledged and, after a failure, a growing pause. */
  pushed(id: StreamId, outcome: { watermark: bigint; failed: boolean; generation: number }): Promise<void>
  /** Deletes streams that were not polled for this many seconds, those of removed clients, and old acknowledgements. */
  deleteLapsed(seconds: number): Promise<void>
}
