import type { RevocationKind } from '@muster/contract/revocation.ts'
import type { Receiver } from '../receiver.ts'
import type { RecordedRevocation, Revocation } from '../revocation.ts'

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
