import type { EndReason, InvitationKind, JoinReason, LeaveReason } from '@muster/contract/events.ts'
import type { InvitationId, OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { MembershipStatus, Role } from '@muster/contract/permissions.ts'
import type { AuditEvent } from './audit.ts'
import type { Invitation, InvitationState } from './invitation.ts'
import type { LiveState } from './authorize.ts'
import type { Member, Membership } from './membership.ts'
import type { Organization } from './organization.ts'
import type { Revocation } from './revocation.ts'
import type { Session } from './session.ts'
import type { Account, Names } from './user.ts'

/** What the rules ask of storage. Times are the database's muster_now() (S60). Nothing here decides; conditions are in the statement that changes. */
export interface Tx {
  /** The instant by the database's clock. */
  now(): Promise<Date>
  readonly accounts: AccountStore
  readonly names: NameStore
  readonly organizations: OrganizationStore
  readonly memberships: MembershipStore
  readonly invitations: InvitationStore
  readonly sessions: SessionStore
  readonly revocations: { insert(revocation: Revocation): Promise<void> }
  readonly audit: { insert(event: AuditEvent): Promise<void> }
  readonly idempotency: IdempotencyStore
  readonly jobs: JobStore
}

export interface Store {
  /** Single statements outside a transaction: for reading, and for what decides nothing. */
  readonly reading: Tx
  /** All or nothing. Run again from the start when the database could not serialise it (40001, 40P01), so `work` touches nothing outside. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
}

export interface NewAccount {
  id: UserId
  email: string
  emailCanonical: string
  passwordHash: string
  givenName: string
  familyName: string
}

export interface AccountStore {
  /** False when the address belongs to an account already. */
  insert(account: NewAccount): Promise<boolean>
  find(id: UserId): Promise<Account | null>
  findByEmail(emailCanonical: string): Promise<Account | null>
  findByUsername(username: string): Promise<Account | null>
  /** Locked until commit: one account registers once. */
  lock(id: UserId): Promise<Account | null>
  register(id: UserId, username: string): Promise<void>
  setNames(id: UserId, names: Names): Promise<void>
  setPasswordHash(id: UserId, passwordHash: string): Promise<void>
}

export interface NameStore {
  /** False when anybody holds it. */
  take(name: string, holder: { userId: UserId }): Promise<boolean>
  /** False when anybody else holds it. The founder's username is theirs to name an organization by; a name the organization held before is its own still. */
  takeForOrganization(name: string, organizationId: OrganizationId, founderId: UserId): Promise<boolean>
  holder(name: string): Promise<{ userId: UserId | null; organizationId: OrganizationId | null } | null>
}

export interface OrganizationStore {
  insert(organization: { id: OrganizationId; name: string; founderId: UserId }): Promise<void>
  /** By id, by name, or by a name it had; `former` says that it was the last. */
  find(reference: string): Promise<{ organization: Organization; former: boolean } | null>
  /** Locks in the order of ids, so that two callers with the same organizations cannot wait for each other. Answers with those that exist. */
  lock(ids: readonly OrganizationId[]): Promise<Organization[]>
  /** The personal organization of its founder, dormant or not. */
  personalOf(userId: UserId): Promise<Organization | null>
  /** Compare and set: false when it is not called `from` any more. */
  rename(id: OrganizationId, from: string, to: string): Promise<boolean>
  /** Ends its being personal. False when it was not. */
  share(id: OrganizationId): Promise<boolean>
  /** When it was renamed within the last so many days, oldest first. */
  renamesWithin(id: OrganizationId, days: number): Promise<Date[]>
}

export interface MembershipStore {
  find(organizationId: OrganizationId, userId: UserId): Promise<Membership | null>
  current(userId: UserId): Promise<Membership | null>
  /** Active admins, longest-serving first. */
  activeAdmins(organizationId: OrganizationId): Promise<Member[]>
  /** Whether anyone besides this user is in it, active or deactivated. */
  othersRemain(organizationId: OrganizationId, userId: UserId): Promise<boolean>
  countActive(organizationId: OrganizationId): Promise<number>
  /** Makes the row, or revives the one that was left. */
  start(membership: { organizationId: OrganizationId; userId: UserId; role: Role; reason: JoinReason }): Promise<void>
  /** A row that is left from the beginning: the home of someone who registered into another organization (S5). */
  insertDormant(organizationId: OrganizationId, userId: UserId): Promise<void>
  /** Raises the user's epoch in the same statement and answers with it. */
  end(organizationId: OrganizationId, userId: UserId, reason: LeaveReason, by: string): Promise<number>
  /** Answers with the version of the role, which only grows. */
  setRole(organizationId: OrganizationId, userId: UserId, role: Role): Promise<number>
  member(organizationId: OrganizationId, reference: string): Promise<Member | null>
  page(organizationId: OrganizationId, page: PageRequest): Promise<Page<Member>>
}

export interface PageRequest {
  limit: number
  /** What the page before answered with; absent for the first. */
  cursor?: string | undefined
}

export interface Page<T> {
  items: T[]
  nextCursor: string | null
}

export interface NewInvitation {
  id: InvitationId
  organizationId: OrganizationId
  kind: InvitationKind
  role: Role
  createdBy: UserId
  lifetimeSeconds: number
}

export interface InvitationStore {
  insert(invitation: NewInvitation): Promise<Invitation>
  find(id: InvitationId): Promise<Invitation | null>
  /** Takes it if it is open, of this version and not over by the database's clock: one statement, so that two callers cannot both win (S14, S16). */
  accept(id: InvitationId, version: number, userId: UserId): Promise<Invitation | null>
  /** Only while it is open. False when it was not. */
  revoke(id: InvitationId): Promise<boolean>
  revokeOpenBy(userId: UserId, organizationId: OrganizationId): Promise<InvitationId[]>
  revokeAllOpen(organizationId: OrganizationId): Promise<InvitationId[]>
  page(organizationId: OrganizationId, filter: { kinds: readonly InvitationKind[]; state?: InvitationState | undefined }, page: PageRequest): Promise<Page<Invitation & { createdByName: string }>>
}

export interface NewSession {
  id: SessionId
  kind: Session['kind']
  userId: UserId
  organizationId: OrganizationId | null
  epoch: number
  clientId: string | null
  tokenHash?: Uint8Array
  grantPayload?: Record<string, unknown>
  address: string | null
  userAgent: string | null
  lifetimeSeconds: number
}

export interface SessionStore {
  insert(session: NewSession): Promise<Session>
  find(id: SessionId): Promise<Session | null>
  findByTokenHash(tokenHash: Uint8Array): Promise<Session | null>
  /** All that decides whether a credential of this session is good now, in one prepared read. */
  liveState(id: SessionId, jti: string | null): Promise<LiveState | null>
  /** Null when it had ended already. */
  end(id: SessionId, reason: EndReason): Promise<Session | null>
  /** Ends those that are alive, but for one, and answers with them. */
  endAllOf(userId: UserId, except: SessionId | null, reason: EndReason): Promise<Session[]>
  /** How many of a user's sessions are alive below the epoch: what a raise of the epoch ends. */
  countAlive(userId: UserId): Promise<number>
  /** The session goes with its user: it takes the new epoch and organization (S32). */
  adopt(id: SessionId, epoch: number, organizationId: OrganizationId): Promise<void>
  setOrganizationWhereNone(userId: UserId, organizationId: OrganizationId): Promise<void>
  /** Those whose epoch is the user's and whose time has not come, newest first. */
  listAlive(userId: UserId): Promise<Session[]>
  /** Remembers its use, at most once a minute. */
  touch(id: SessionId, address: string): Promise<void>
  setGrantPayload(id: SessionId, payload: Record<string, unknown>): Promise<void>
}

export interface IdempotencyStore {
  /** Null when the key is ours now; else what stands under it. Waits for whoever is using it at this moment. */
  claim(principal: string, key: string, requestHash: Uint8Array): Promise<{ requestHash: Uint8Array; answer: Uint8Array | null } | null>
  answer(principal: string, key: string, answer: Uint8Array): Promise<void>
}

/** Work for later, kept in the same transaction as the change it follows from (outbox). Data are ids, never secrets. */
export interface JobStore {
  send(job: Job): Promise<void>
}

export type Job =
  | { name: 'mail'; data: MailJob }

/** Which mail to make; links and codes are made when it is sent. */
export type MailJob =
  | { template: 'sign_up_code'; signUpId: string; number: number }
  | { template: 'account_exists'; signUpId: string }
  | { template: 'password_reset'; passwordResetId: string }
  | { template: 'password_changed'; userId: string }
  | { template: 'login_approved'; sessionId: string }

export type { MembershipStatus }
