import type { ServiceAccountId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import type { Account } from './account.ts'
import type { ApiKey } from './api-key.ts'
import type { CurrentMembership } from './membership.ts'
import type { Organization } from './organization.ts'
import type { ServiceAccount } from './service-account.ts'
import type { Session } from './session.ts'

/** Everything that decides whether a person's session is valid at this moment, read together. */
export interface LiveState {
  now: Date
  session: Session
  tokenRevoked: boolean
  account: Account
  membership: CurrentMembership | null
  organization: Organization | null
}

/** The same for a key of a user or a service account. The organization is the holder's current one. */
export interface LiveKey {
  now: Date
  key: ApiKey
  holder: { kind: 'user'; account: Account; membership: CurrentMembership | null } | { kind: 'service_account'; serviceAccount: ServiceAccount }
  organization: Organization | null
}

/** A user or a service account acting in their organization, as read from the database. `id` is the actor of audit events and the owner of resources. */
export type Actor = UserActor | ServiceAccountActor

export interface UserActor {
  kind: 'user'
  id: UserId
  userId: UserId
  username: string
  organization: Organization
  role: Role
}

/** A person who acts by a session, not by a key. */
export interface SessionActor extends UserActor {
  sessionId: SessionId
}

/** Acts with the permissions of a member (S4), and never moves. */
export interface ServiceAccountActor {
  kind: 'service_account'
  id: ServiceAccountId
  name: string
  organization: Organization
  role: 'member'
}
