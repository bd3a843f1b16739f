import type { ClientId, StreamId } from '@muster/contract/ids.ts'
import type { Receiver, StreamSettings } from '../receiver.ts'

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
