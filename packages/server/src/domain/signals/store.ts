import type { ClientId, StreamId } from '@muster/contract/ids.ts'
import type { RevocationKind } from '@muster/contract/revocation.ts'
import type { RecordedRevocation, Revocation } from '../model/revocation.ts'

export type StreamStatus = 'enabled' | 'paused' | 'disabled'

/**
 * Whoever is told of revocations: a stream, which a resource server makes one of per process, or a server process of our own, whose forward auth
 * answers from memory.
 */
export interface Receiver {
  id: StreamId
  /** Null for a server process. */
  clientId: ClientId | null
  method: 'poll' | 'push' | 'server'
  endpointUrl: string | null
  /** Sealed: what the push is sent with as `Authorization`. */
  pushAuthorization: Uint8Array | null
  description: string | null
  /** Null: what is standard. */
  eventsRequested: string[] | null
  /** Ids of users it does not want to hear of. */
  excluded: string[]
  status: StreamStatus
  statusReason: string | null
  leaseSeconds: number
  leaseUntil: Date
  /** It has acknowledged everything of the transactions before this one. Null: nothing yet. */
  watermark: bigint | null
  pushFailures: number
  /** Raised when it begins to want more than before. */
  generation: number
  /** The first of the pushes that failed one after the other. */
  failingSince: Date | null
  createdAt: Date
}

export interface StreamSettings {
  method: 'poll' | 'push'
  endpointUrl: string | null
  /** In clear. Undefined: stays as it is. */
  authorization?: string | null | undefined
  description: string | null
  eventsRequested: string[] | null
  leaseSeconds: number
}

export interface RevocationStore {
  /** Answers with its number; null when the same token was ended before. `awaited`: acknowledgements of it are written down. */
  insert(revocation: Revocation, options?: { awaited?: boolean }): Promise<bigint | null>
  /** The numbers of those that stand for these subjects, each such that whoever has heard of it can be told. */
  standingFor(kind: RevocationKind, subjects: readonly string[]): Promise<bigint[]>
  deleteExpired(): Promise<void>
  /** Those that can still matter and were written by transactions from this one on, and the watermark to ask with next time. Asking with 0 gives all. */
  since(watermark: bigint): Promise<{ watermark: bigint; revocations: RecordedRevocation[] }>
  acknowledge(acks: readonly { revocationId: bigint; receivers: readonly string[] }[]): Promise<void>
  /** The live receivers, or only the server processes among them, these revocations, and which of these each receiver has not acknowledged. */
  standing(
    ids: readonly bigint[],
    options?: { serversOnly?: boolean },
  ): Promise<{ now: Date; revocations: RecordedRevocation[]; receivers: StandingReceiver[] }>
}

export interface StandingReceiver extends Pick<Receiver, 'id' | 'description' | 'eventsRequested' | 'excluded'> {
  /** Null: it keeps none. */
  leaseUntil: Date | null
  unheard: ReadonlySet<bigint>
  /** A server process of our own. */
  isServer: boolean
  /** Pushes to it do not arrive, or it polls no more. */
  silent: boolean
}

export type NewReceiver = Pick<Receiver, 'id' | 'clientId' | 'method' | 'description' | 'leaseSeconds'> &
  Partial<Pick<Receiver, 'endpointUrl' | 'pushAuthorization' | 'eventsRequested'>>
export type ReceiverChange = Partial<
  Omit<StreamSettings, 'authorization'> & Pick<Receiver, 'pushAuthorization' | 'status' | 'statusReason' | 'excluded'> & { widened: boolean }
>

export interface ReceiverStore {
  insert(receiver: NewReceiver): Promise<Receiver>
  /** Streams only. */
  find(id: string): Promise<Receiver | null>
  /** The same, its row locked until commit: what is changed of it follows from what it is. */
  lock(id: string): Promise<Receiver | null>
  listOf(clientId: ClientId): Promise<Receiver[]>
  /** Streams of one client or of all, for the operator. */
  listStreams(of: { clientId: ClientId | null; most: number }): Promise<Receiver[]>
  countOf(clientId: ClientId): Promise<number>
  /** Of these, those that are there and whose client may still receive. */
  listAlive(ids: readonly string[]): Promise<Receiver[]>
  /** `widened`: it wants more than before, and begins anew. */
  change(id: StreamId, change: ReceiverChange): Promise<Receiver>
  remove(id: StreamId): Promise<void>
  /** It is nobody's stream any more, and counts until its lease ends. */
  takeAway(id: StreamId): Promise<void>
  /** It has been heard from: never shortens. False when it is not there any more. */
  renewLease(id: string, seconds: number): Promise<boolean>
  /** It was polled or managed: it is not thrown away, though no lease is renewed. */
  heardOf(id: StreamId): Promise<void>
  /** Unless it has wanted more since. */
  setWatermark(id: StreamId, watermark: bigint, generation: number): Promise<void>
  /** To every other process: these need not be sent again. Of pushes each generation of a stream is announced by itself. */
  announceHeard(id: StreamId, ids: readonly bigint[]): Promise<void>
  addEvent(id: StreamId, payload: Record<string, unknown>): Promise<void>
  eventsOf(id: StreamId): Promise<{ id: bigint; payload: Record<string, unknown> }[]>
  eventsOfMany(ids: readonly string[]): Promise<{ id: bigint; receiverId: string; payload: Record<string, unknown> }[]>
  removeEvents(id: StreamId, events: readonly bigint[]): Promise<void>
  /** Push streams that have something to be sent, but for these, taken from every other process for so many seconds. */
  claimPushes(most: number, claimSeconds: number, but: readonly string[]): Promise<Receiver[]>
  /** Gives it back: what was acknowledged, and, when it failed, not before a pause that grows. */
  pushed(id: StreamId, outcome: { watermark: bigint; failed: boolean; generation: number }): Promise<void>
  /** Streams nobody has polled for so many seconds, those of removed clients, and old acknowledgements. */
  deleteLapsed(seconds: number): Promise<void>
}
