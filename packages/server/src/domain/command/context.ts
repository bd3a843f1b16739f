import type { DomainEvent } from '@muster/contract/events.ts'
import type { OrganizationId } from '@muster/contract/ids.ts'
import type { AdminPermission, Permission } from '@muster/contract/permissions.ts'
import type { DeactivationDetails, RevocationKind } from '@muster/contract/revocation.ts'
import type { OtherWays } from '../accounts/store.ts'
import type { Admission } from '../model/admission.ts'
import type { Actor, LiveAccount, LiveState, SessionActor, UserActor } from '../model/live.ts'
import type { Companions, TargetMember } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import type { Plans } from '../model/plan.ts'
import type { Principal } from '../model/principal.ts'
import type { SecretKeys } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import type { Attempted } from './refused-attempts.ts'

/** The context of a command. A command opens no connection and sends nothing itself, so it can run again when two transactions conflict. */
export interface Context {
  readonly tx: Tx
  readonly principal: Principal
  readonly keys: SecretKeys
  /** The configured plans (S7). */
  readonly plans: Plans
  /** Who may get an account, and the reserved names (O15). */
  readonly admission: Admission
  /** False: the operator has switched passwords off (F23). */
  readonly passwords: boolean
  /** The ways in besides a password that this server offers. */
  readonly ways: OtherWays
  /** Tells the world of a change, in this transaction. */
  record(event: DomainEvent, details?: DeactivationDetails): Promise<void>
  /** Records no change, because these had ended before. A caller that waits for receivers waits for the original revocation. */
  awaitEnded(kind: RevocationKind, subjects: readonly string[]): Promise<void>
  /** Notes what is attempted, for the audit event of a refusal (S57). `enter` notes the organization and the permission. */
  attempt(what: Partial<Attempted>): void
  /**
   * The caller's account, with its row locked until commit, for changes that require a session.
   * @throws Problem if the credential is no longer valid, user_not_registered, or session_required for a key, or for a session of a third-party client (P16), unless it may
   */
  account(options?: { unregistered?: boolean; thirdParty?: boolean }): Promise<{ account: LiveAccount; live: LiveState }>
  /** Locks the organization, then reads the caller again and checks the permission. So an admin who was demoted a moment ago is refused here. */
  enter<P extends Permission>(reference: string, permission: P): Promise<{ actor: ActorWith<P>; organization: Organization }>
  /**
   * The same for a change of one member, who is read under the lock.
   * @throws Problem member_not_found, or membership_ended for a former member
   */
  enterForMember<P extends Permission>(
    reference: string,
    permission: P,
    user: string,
  ): Promise<{ actor: ActorWith<P>; organization: Organization; target: TargetMember }>
  /** The same as `enter` for a change that also concerns other organizations, whose ids were read before. */
  enterWith<P extends Permission>(
    also: readonly OrganizationId[],
    reference: string,
    permission: P,
  ): Promise<{ actor: ActorWith<P>; organization: Organization; locked: Organization[] }>
  /**
   * The same as `enter` for a change that cannot conflict with itself: others may hold the same lock, but nobody changes the organization, its members or their
   * roles meanwhile.
   */
  enterShared<P extends Permission>(reference: string, permission: P): Promise<{ actor: ActorWith<P>; organization: Organization }>
  /** Locks these organizations and the caller's own, then reads the caller again, and who else is in their organization. For moves, which no key and no third-party client can make. */
  lockWithMine(ids: readonly OrganizationId[]): Promise<{ actor: SessionActor; locked: Organization[]; live: LiveState; companions: Companions }>
}

/** The actors that can have a permission. Admin permissions are for people only. */
export type ActorWith<P extends Permission> = [P] extends [AdminPermission] ? UserActor : Actor

export type Command<I, O> = (context: Context, input: I) => Promise<O>

export interface Idempotency {
  key: string
  /** A digest of method, route and body. The same key with another request is refused. */
  requestHash: Uint8Array
}

export type Execute = <I, O>(command: Command<I, O>, principal: Principal, input: I, options?: { idempotency?: Idempotency | undefined }) => Promise<O>
