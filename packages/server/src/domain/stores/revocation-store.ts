import type { StreamId } from '@muster/contract/ids.ts'
import type { RecordedRevocation, Revocation, RevocationKind } from '../revocation.ts'

export interface RevocationStore {
  /** Answers with its number; null when the same token was ended before. `awaited`: acknowledgements of it are written down. */
  insert(revocation: Revocation, options?: { awaited?: boolean }): Promise<bigint | null>
  /** The numbers of those that stand for these subjects, each such that whoever has heard of it can be told. */
  standingFor(kind: RevocationKind, subjects: readonly string[]): Promise<bigint[]>
  deleteExpired(): Promise<void>
  /** Those that can still matter and were written by transactions from this one on, and the watermark to ask with next time. Asking with 0 gives all. */
  since(watermark: bigint): Promise<{ watermark: bigint; revocations: RecordedRevocation[] }>
  acknowledge(acks: readonly { revocationId: bigint; receivers: readonly string[] }[]): Promise<void>
  /** The receivers that are alive at this moment, and which of them have acknowledged all of these. */
  standing(ids: readonly bigint[]): Promise<{ now: Date; receivers: StandingReceiver[] }>
}

export interface StandingReceiver {
  id: StreamId
  description: string | null
  /** Null: it keeps none. */
  leaseUntil: Date | null
  acknowledged: boolean
  /** Pushes to it do not arrive, or it polls no more. */
  silent: boolean
}
