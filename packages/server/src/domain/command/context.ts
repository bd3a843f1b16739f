import type { DomainEvent } from '@muster/contract/events.ts'
import type { OrganizationId } from '@muster/contract/ids.ts'
import type { AdminPermission, Permission } from '@muster/contract/permissions.ts'
import type { DeactivationDetails, RevocationKind } from '@muster/contract/revocation.ts'
import type { Account } from '../model/account.ts'
import type { Actor, LiveState, SessionActor, UserActor } from '../model/live.ts'
import type { Organization } from '../model/organization.ts'
import type { Plans } from '../model/plan.ts'
import type { Principal } from '../model/principal.ts'
import type { SecretKeys } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import type { Attempted } from './refused-attempts.ts'

/** What a command is handed. It opens no connection and sends nothing itself, so it can be run again when two transactions collide. */
export interface Context {
  readonly tx: Tx
  readonly principal: Principal
  readonly keys: SecretKeys
  /** What plans there are (S7). */
  readonly plans: Plans
  /** Tells the world of a change, in this transaction. */
  record(event: DomainEvent, details?: DeactivationDetails): Promise<void>
  /** Nothing changes, since these had ended before: whoever waits, waits for that. */
  awaitEnded(kind: RevocationKind, subjects: readonly string[]): Promise<void>
  /** Says what is under way, for the record of a refusal (S57). `enter` says the organization and the permission. */
  attempt(what: Partial<Attempted>): void
  /**
   * The caller's account, its row locked until commit, for what only the person at hand may do.
   * @throws Problem when the credential is not good any more, user_not_registered, or session_required for a key
   */
  account(options?: { unregistered?: boolean }): Promise<{ account: Account; live: LiveState }>
  /** Locks the organization's row (and others), then reads the caller anew and asks for the permission: who was demoted a moment ago finds out here. */
  enter<P extends Permission>(
    reference: string,
    permission: P,
    also?: readonly OrganizationId[],
  ): Promise<{ actor: ActorWith<P>; organization: Organization; locked: Organization[] }>
  /** Locks these organizations and the caller's own, then reads the caller anew: for those who move, which no key does. */
  lockWithMine(ids: readonly OrganizationId[]): Promise<{ actor: SessionActor; locked: Organization[] }>
}

/** Who may have a permission: what only admins may do, only people do. */
export type ActorWith<P extends Permission> = [P] extends [AdminPermission] ? UserActor : Actor

export type Command<I, O> = (context: Context, input: I) => Promise<O>

export interface Idempotency {
  key: string
  /** Digest of method, route and body: the same key with another request is refused. */
  requestHash: Uint8Array
}

export type Execute = <I, O>(command: Command<I, O>, principal: Principal, input: I, options?: { idempotency?: Idempotency | undefined }) => Promise<O>
