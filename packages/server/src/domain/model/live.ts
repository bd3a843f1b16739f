import type { ServiceAccountId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { KeyPolicy } from '@muster/contract/permissions.ts'
import type { Account } from './account.ts'
import type { ApiKey } from './api-key.ts'
import type { CurrentMembership } from './membership.ts'
import type { Organization } from './organization.ts'
import type { HeldRole } from './role.ts'
import type { ServiceAccount } from './service-account.ts'
import type { Session } from './session.ts'

// Every request reads these, so they have the values that decide about it and few others.

export type LiveSession = Omit<Session, 'grantPayload' | 'address' | 'userAgent'>
export type LiveAccount = Omit<Account, 'passwordHash' | 'passwordVersion'>
export type LiveMembership = Pick<CurrentMembership, 'organizationId' | 'userId' | 'status' | 'statusAt' | 'statusBy'> & HeldRole

/** Everything that decides whether a person's session is valid at this moment, read together. */
export interface LiveState {
  now: Date
  session: LiveSession
  tokenRevoked: boolean
  account: LiveAccount
  membership: LiveMembership | null
  organization: Organization | null
  /** A refresh token from before this time rests, because the database was restored from a backup then. Null: it does not rest. */
  restsSince: Date | null
}

/** The same for a key of a user or a service account. The organization is the holder's current one. */
export interface LiveKey {
  now: Date
  key: ApiKey
  holder: { kind: 'user'; account: LiveAccount; membership: LiveMembership | null } | { kind: 'service_account'; serviceAccount: LiveServiceAccount }
  organization: Organization | null
  /** Which keys the organization allows (F15). */
  keyPolicy: KeyPolicy
  restsSince: Date | null
}

export type LiveServiceAccount = Pick<ServiceAccount, 'id' | 'name' | 'epoch'> & HeldRole

/** A user or a service account acting in their organization, as read from the database. `id` is the actor of audit events and the owner of resources. */
export type Actor = UserActor | ServiceAccountActor

/** The rights of an actor: those of the role, and of these only what the scope names (P12). Decided by `mayDo`. */
export interface Rights extends HeldRole {
  /** Of their key. Null: they act by a session, or by a key without a scope. */
  scope: ReadonlySet<string> | null
}

export interface UserActor extends Rights {
  kind: 'user'
  id: UserId
  userId: UserId
  username: string
  organization: Organization
}

/** A person who acts by a session, not by a key. */
export interface SessionActor extends UserActor {
  sessionId: SessionId
}

/** Holds any role but admin (P9), and never moves. */
export interface ServiceAccountActor extends Rights {
  kind: 'service_account'
  id: ServiceAccountId
  name: string
  organization: Organization
}
