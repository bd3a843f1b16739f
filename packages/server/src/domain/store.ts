import type { EndReason, InvitationKind, JoinReason, KeyEndReason, LeaveReason } from '@muster/contract/events.ts'
import type {
  ApiKeyId,
  ClientId,
  DeviceAuthorizationId,
  EmailChangeId,
  InvitationId,
  OrganizationId,
  PasswordResetId,
  RefreshTokenId,
  ResourceId,
  ServiceAccountId,
  SessionId,
  SignUpId,
  StreamId,
  UserId,
} from '@muster/contract/ids.ts'
import type { MembershipStatus, Role } from '@muster/contract/permissions.ts'
import type { ApiKey } from './api-key.ts'
import type { AuditEvent, AuditFilter, RecordedEvent } from './audit.ts'
import type { LiveKey, LiveState } from './authorize.ts'
import type { BuiltInClient, Client } from './client.ts'
import type { Details, Purpose } from './contact.ts'
import type { DeviceAuthorization } from './device-authorization.ts'
import type { MemberFilter } from './directory.ts'
import type { EmailAddress } from './email.ts'
import type { EmailChange } from './email-change.ts'
import type { Invitation, InvitationState, NamedInvitation } from './invitation.ts'
import type { InvitationSession } from './invitation-session.ts'
import type { Member, Membership } from './membership.ts'
import type { Organization } from './organization.ts'
import type { PasswordReset } from './password-reset.ts'
import type { Receiver, StreamSettings } from './receiver.ts'
import type { PresentedRefreshToken, RefreshToken } from './refresh-token.ts'
import type { OwnerId, Resource } from './resource.ts'
import type { RecordedRevocation, Revocation, RevocationKind } from './revocation.ts'
import type { ServiceAccount } from './service-account.ts'
import type { Session } from './session.ts'
import type { SignUp } from './sign-up.ts'
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
  readonly invitationSessions: InvitationSessionStore
  readonly sessions: SessionStore
  readonly apiKeys: ApiKeyStore
  readonly serviceAccounts: ServiceAccountStore
  readonly revocations: RevocationStore
  readonly receivers: ReceiverStore
  readonly audit: AuditStore
  readonly signUps: SignUpStore
  readonly passwordResets: PasswordResetStore
  readonly emailChanges: EmailChangeStore
  readonly idempotency: IdempotencyStore
  readonly jobs: JobStore
  readonly deviceAuthorizations: DeviceAuthorizationStore
  readonly refreshTokens: RefreshTokenStore
  readonly clients: ClientStore
  readonly signingKeys: SigningKeyStore
  readonly oauthModels: OAuthModelStore
  readonly resources: ResourceStore
  readonly hostLabels: HostLabelStore
}

export interface Store {
  /** Single statements outside a transaction: for reading, and for what decides nothing. */
  readonly reading: Tx
  /** All or nothing. Run again from the start when the database could not serialise it (40001, 40P01), so `work` touches nothing outside. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
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
  /** The receivers that are alive at this moment, and which of them have acknowledged all of these. `failing`: pushes to it do not arrive. */
  standing(ids: readonly bigint[]): Promise<{
    now: Date
    receivers: { id: StreamId; description: string | null; leaseUntil: Date | null; acknowledged: boolean; failing: boolean }[]
  }>
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
  /** To whichever process sent them: these need not be sent again. */
  announceHeard(id: StreamId, ids: readonly bigint[]): Promise<void>
  addEvent(id: StreamId, payload: Record<string, unknown>): Promise<void>
  eventsOf(id: StreamId): Promise<{ id: bigint; payload: Record<string, unknown> }[]>
  eventsOfMany(ids: readonly string[]): Promise<{ id: bigint; receiverId: string; payload: Record<string, unknown> }[]>
  removeEvents(id: StreamId, events: readonly bigint[]): Promise<void>
  /** Push streams that have something to be sent, taken from every other process for so many seconds. */
  claimPushes(most: number, claimSeconds: number): Promise<Receiver[]>
  /** Gives it back: what was acknowledged, and, when it failed, not before a pause that grows. */
  pushed(id: StreamId, outcome: { watermark: bigint | null; failed: boolean; generation: number }): Promise<void>
  /** Streams nobody has polled for so many seconds, those of removed clients, and old acknowledgements. */
  deleteLapsed(seconds: number): Promise<void>
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
  /** False when the address belongs to another account. */
  setEmail(id: UserId, email: { email: string; emailCanonical: string }): Promise<boolean>
}

export interface NameStore {
  /** False when anybody holds it. */
  take(name: string, holder: { userId: UserId }): Promise<boolean>
  /** False when anybody else holds it. The founder's username is theirs to name an organization by; a name the organization held before is its own still. */
  takeForOrganization(name: string, organizationId: OrganizationId, founderId: UserId): Promise<boolean>
  holder(name: string): Promise<{ userId: UserId | null; organizationId: OrganizationId | null } | null>
}

export interface OrganizationStore {
  insert(organization: { id: OrganizationId; name: string; founderId: UserId; plan: string }): Promise<void>
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
  setPlan(id: OrganizationId, plan: string): Promise<void>
  /** Null when it is suspended already. The version only grows. */
  suspend(id: OrganizationId, reason: string | null): Promise<{ version: number; at: Date } | null>
  /** Answers with the version; null when it is not suspended. */
  resume(id: OrganizationId): Promise<number | null>
  suspensionReason(id: OrganizationId): Promise<string | null>
  details(id: OrganizationId): Promise<Details>
  setContact(id: OrganizationId, purpose: Purpose, contact: { userId: UserId } | { email: string } | null): Promise<void>
  /** Answers with what they were the contact for. */
  clearContactsOf(id: OrganizationId, userId: UserId): Promise<Purpose[]>
  setAddress(id: OrganizationId, address: string | null): Promise<void>
}

export interface MembershipStore {
  find(organizationId: OrganizationId, userId: UserId): Promise<Membership | null>
  current(userId: UserId): Promise<Membership | null>
  /** Active admins, longest-serving first. */
  activeAdmins(organizationId: OrganizationId): Promise<Member[]>
  /** Whether anyone besides this user is in it, active or deactivated. */
  othersRemain(organizationId: OrganizationId, userId: UserId): Promise<boolean>
  countActive(organizationId: OrganizationId): Promise<number>
  /** Of those that have not left. */
  counts(organizationId: OrganizationId): Promise<{ active: number; deactivated: number }>
  /** Makes the row, or revives the one that was left. */
  start(membership: { organizationId: OrganizationId; userId: UserId; role: Role; reason: JoinReason }): Promise<void>
  /** A row that is left from the beginning: the home of someone who registered into another organization (S5). */
  insertDormant(organizationId: OrganizationId, userId: UserId): Promise<void>
  /** Raises the user's epoch in the same statement and answers with it. */
  deactivate(organizationId: OrganizationId, userId: UserId, by: string, reason: string | null): Promise<number>
  /** The epoch stays: what is dead stays dead (S33). */
  reactivate(organizationId: OrganizationId, userId: UserId, by: string): Promise<void>
  /** Raises the user's epoch in the same statement and answers with it. */
  end(organizationId: OrganizationId, userId: UserId, reason: LeaveReason, by: string): Promise<number>
  /** Answers with the version of the role, which only grows. */
  setRole(organizationId: OrganizationId, userId: UserId, role: Role): Promise<number>
  member(organizationId: OrganizationId, reference: string): Promise<Member | null>
  /** How whoever has this address stands in this organization; null also when nobody has it. */
  statusOfAddress(organizationId: OrganizationId, emailCanonical: string): Promise<MembershipStatus | null>
  /** Newest first; without a status those that have not left. Any page of any search costs the same. */
  page(organizationId: OrganizationId, page: MemberFilter & PageRequest): Promise<Page<Member>>
}

export interface ResourceStore {
  /** False when the organization has one of that kind and name. */
  insert(resource: Pick<Resource, 'id' | 'organizationId' | 'kind' | 'name' | 'ownerId'> & { createdBy: string }): Promise<boolean>
  find(organizationId: OrganizationId, kind: string, name: string): Promise<Resource | null>
  findById(id: ResourceId): Promise<Resource | null>
  /** All of them, by kind and name. */
  list(organizationId: OrganizationId, filter: { kind?: string; ownerId?: OwnerId }): Promise<Resource[]>
  /** Newest first. */
  page(organizationId: OrganizationId, filter: { kind?: string | undefined; ownerId?: OwnerId | undefined }, page: PageRequest): Promise<Page<Resource>>
  count(organizationId: OrganizationId): Promise<number>
  /** Compare and set: false when somebody else owns it by now. */
  setOwner(id: ResourceId, from: OwnerId, to: OwnerId): Promise<boolean>
  /** False when it was removed already. */
  remove(id: ResourceId): Promise<boolean>
}

export interface HostLabelStore {
  /** Answers with those it got: free ones, and those the organization holds. Waits for whoever is taking one of them at this moment. */
  take(organizationId: OrganizationId, labels: readonly { label: string; resourceId: ResourceId }[]): Promise<string[]>
  /** Nothing answers at them any more, and nobody else gets them: those of one resource, or of the whole organization. */
  hold(labels: { organizationId: OrganizationId; resourceId?: ResourceId }): Promise<void>
  /** Which of these anybody has, in use or held. */
  taken(labels: readonly string[]): Promise<{ label: string; organizationId: OrganizationId; held: boolean }[]>
  find(label: string): Promise<{ label: string; organizationId: OrganizationId; resourceId: ResourceId; held: boolean } | null>
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

export interface AuditStore {
  insert(event: AuditEvent): Promise<void>
  /** Newest first. The cursor is a number of the record, so that a page stays what it is while more is written. */
  page(filter: AuditFilter, page: PageRequest): Promise<Page<RecordedEvent>>
  /** Oldest first: the next so many after a number. */
  after(seq: bigint, filter: AuditFilter, limit: number): Promise<RecordedEvent[]>
}

export interface NewInvitation {
  id: InvitationId
  organizationId: OrganizationId
  kind: InvitationKind
  role: Role
  createdBy: UserId
  lifetimeSeconds: number
  /** For those that are bound to one. */
  address?: EmailAddress | undefined
}

export interface InvitationFilter {
  kinds: readonly InvitationKind[]
  state?: InvitationState | undefined
  /** Part of the address; shorter than three characters, its beginning. */
  q?: string | undefined
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
  /** The one that is open and in time for this address. */
  openTo(organizationId: OrganizationId, emailCanonical: string): Promise<Invitation | null>
  /** Marks as expired what is open for this address and has run out. */
  expireTo(organizationId: OrganizationId, emailCanonical: string): Promise<InvitationId[]>
  /** The next version, with all its time, while it is open and in time. */
  renew(id: InvitationId, lifetimeSeconds: number): Promise<Invitation | null>
  /** Only while it is open, of this version and in time. */
  decline(id: InvitationId, version: number): Promise<boolean>
  /** Open and in time: all of an organization, or one inviter's. */
  countOpen(organizationId: OrganizationId, createdBy: UserId | null): Promise<number>
  /** The mail server took the mail of this version. */
  noteMailed(id: InvitationId, version: number): Promise<void>
  named(id: InvitationId): Promise<NamedInvitation | null>
  page(organizationId: OrganizationId, filter: InvitationFilter, page: PageRequest): Promise<Page<NamedInvitation>>
}

/** Sessions that can answer one invitation and nothing else (S26). */
export interface InvitationSessionStore {
  insert(session: Omit<InvitationSession, 'expiresAt'> & { tokenHash: Uint8Array; address: string; lifetimeSeconds: number }): Promise<void>
  /** While it has not ended, is in time, of the user's epoch, and its invitation of the version it was opened with. */
  alive(key: { tokenHash: Uint8Array } | { id: SessionId }): Promise<InvitationSession | null>
  end(id: SessionId): Promise<void>
  endAllOf(userId: UserId): Promise<void>
  deleteEnded(): Promise<void>
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
  /** Null when it had ended already, by itself or with the epoch. */
  end(id: SessionId, reason: EndReason): Promise<Session | null>
  /** Those that were ended within the life of a token, the last first. */
  endedOf(userId: UserId): Promise<SessionId[]>
  /** Ends those that are alive, but for one, and answers with them. */
  endAllOf(userId: UserId, except: SessionId | null, reason: EndReason): Promise<Session[]>
  /** How many of a user's sessions are alive below the epoch: what a raise of the epoch ends. */
  countAlive(userId: UserId): Promise<number>
  /** A user's logins with a refresh token that does not rotate, those that still have one to use or are just being made; the one unused for longest first. */
  refreshLogins(userId: UserId): Promise<Session[]>
  /** The session goes with its user: it takes the new epoch and organization (S32). */
  adopt(id: SessionId, epoch: number, organizationId: OrganizationId): Promise<void>
  setOrganizationWhereNone(userId: UserId, organizationId: OrganizationId): Promise<void>
  /** Those whose epoch is the user's and whose time has not come, newest first. */
  listAlive(userId: UserId): Promise<Session[]>
  /** Remembers its use, at most once a minute. */
  touch(id: SessionId, address: string): Promise<void>
  setGrantPayload(id: SessionId, payload: Record<string, unknown>): Promise<void>
  /** Application sessions that are alive, were started from this browser session, and may not go on without it. */
  listStartedBy(browserSessionId: SessionId): Promise<SessionId[]>
  /** Its time begins to run now: the device has taken its tokens. From here on it is where the device is, not the browser that approved (D02). */
  restart(id: SessionId, device: { lifetimeSeconds: number; address: string; userAgent: string | null }): Promise<void>
}

export type NewApiKey = Pick<ApiKey, 'id' | 'organizationId' | 'userId' | 'serviceAccountId' | 'epoch' | 'description' | 'createdBy'> & {
  tokenHash: Uint8Array
}

/** A key as it is listed: with the names of whose it is and who made it. */
export type ListedKey = ApiKey & { holderName: string; createdByName: string; createdByLeft: boolean }

export interface ApiKeyStore {
  insert(key: NewApiKey): Promise<ApiKey>
  find(id: ApiKeyId): Promise<ListedKey | null>
  /** All that decides whether a key is good now, in one read like that of a session. */
  live(by: { id: ApiKeyId } | { tokenHash: Uint8Array }): Promise<LiveKey | null>
  /** Null when it had ended already, by itself or with the epoch of its holder. */
  end(id: ApiKeyId, reason: KeyEndReason): Promise<ApiKey | null>
  /** False when it has ended. */
  rename(id: ApiKeyId, description: string): Promise<boolean>
  /** Remembers its use, at most once a minute. */
  touch(id: ApiKeyId, address: string): Promise<void>
  countAlive(holder: { userId: UserId } | { serviceAccountId: ServiceAccountId }): Promise<number>
  /** Those that work, of one holder or of a whole organization, newest first. */
  pageAlive(of: { userId: UserId } | { serviceAccountId: ServiceAccountId } | { organizationId: OrganizationId }, page: PageRequest): Promise<Page<ListedKey>>
  /** Keys of service accounts that work and that this person made, and so could have copied (S37). */
  listCopyable(organizationId: OrganizationId, createdBy: UserId): Promise<ListedKey[]>
}

export type ListedServiceAccount = ServiceAccount & { createdByName: string }

export interface ServiceAccountStore {
  /** False when another that has not ended has the name. */
  insert(account: Pick<ServiceAccount, 'id' | 'organizationId' | 'name' | 'description' | 'createdBy'>): Promise<boolean>
  /** By id, or by the name of one that has not ended. */
  find(organizationId: OrganizationId, reference: string): Promise<ListedServiceAccount | null>
  /** Those that are called so, and those that were when they ended. */
  everNamed(organizationId: OrganizationId, name: string): Promise<ServiceAccountId[]>
  /** Those that have not ended, newest first. */
  page(organizationId: OrganizationId, page: PageRequest): Promise<Page<ListedServiceAccount>>
  countAlive(organizationId: OrganizationId): Promise<number>
  /** False when another that has not ended has the name. */
  change(id: ServiceAccountId, change: { name: string; description: string }): Promise<boolean>
  /** Raises its epoch in the same statement, and answers with it. */
  end(id: ServiceAccountId): Promise<number>
  /** Raises the epoch of all in an organization: their keys are dead, they themselves are not. Answers with the new ones. */
  endKeysOfAll(organizationId: OrganizationId): Promise<{ id: ServiceAccountId; epoch: number }[]>
}

export interface NewDeviceAuthorization {
  id: DeviceAuthorizationId
  deviceCodeHash: Uint8Array
  userCode: string
  clientId: ClientId
  scopes: string[]
  params: Record<string, unknown>
  address: string
  userAgent: string | null
  lifetimeSeconds: number
}

export interface DeviceAuthorizationStore {
  insert(device: NewDeviceAuthorization): Promise<void>
  find(id: DeviceAuthorizationId): Promise<DeviceAuthorization | null>
  findByUserCode(userCode: string): Promise<DeviceAuthorization | null>
  findByDeviceCode(deviceCodeHash: Uint8Array): Promise<DeviceAuthorization | null>
  /** While it is pending and in time, for one browser session; another may have it when that one has ended. */
  claim(id: DeviceAuthorizationId, sessionId: SessionId): Promise<boolean>
  /** While it is pending, in time, and claimed by this session. */
  approve(id: DeviceAuthorizationId, approval: { claimedBy: SessionId; userId: UserId; sessionId: SessionId }): Promise<boolean>
  /** While it is pending, in time, and claimed by nobody, or by a session of this user. */
  refuse(id: DeviceAuthorizationId, userId: UserId): Promise<boolean>
  deny(id: DeviceAuthorizationId, denial: { claimedBy: SessionId; userId: UserId }): Promise<boolean>
  /** Takes what was approved and is in time: one statement, so that two polls cannot both win (I3). */
  redeem(deviceCodeHash: Uint8Array): Promise<DeviceAuthorization | null>
  /** Remembers a poll, and says whether it came too early; each early one makes the interval longer (RFC 8628 section 3.5). */
  poll(deviceCodeHash: Uint8Array, pace: { seconds: number; tolerance: number; atMost: number }): Promise<{ early: boolean }>
  /** Moves the end of one that is pending to so many seconds from now, never beyond `atMost` seconds after it was requested. */
  hold(userCode: string, seconds: number, atMost: number): Promise<void>
  /** Those that ended so long ago that nobody will ask for them. */
  deleteEnded(seconds: number): Promise<void>
}

export interface NewRefreshToken {
  id: RefreshTokenId
  name: string | null
  tokenHash: Uint8Array
  sessionId: SessionId
  userId: UserId
  clientId: ClientId
  scopes: string[]
  payload: Record<string, unknown>
  rotates: boolean
  address: string
  idleSeconds: number
}

export interface RefreshTokenUse {
  address: string
  idleSeconds: number
}

export interface RefreshTokenStore {
  /** Its absolute end is its session's. Null when the session has ended, or is of an epoch that is over: nothing may grow from it. */
  insert(token: NewRefreshToken): Promise<RefreshToken | null>
  find(id: RefreshTokenId): Promise<RefreshToken | null>
  findByHash(tokenHash: Uint8Array): Promise<RefreshToken | null>
  /** With its session, what that was granted, and all that decides whether it is good now, in one read. */
  present(tokenHash: Uint8Array): Promise<PresentedRefreshToken | null>
  /** How many this session has had: the first is an issue, the others are rotations. */
  countOf(sessionId: SessionId): Promise<number>
  /** For one that rotates: takes it if nobody has (E08). */
  consume(id: RefreshTokenId): Promise<boolean>
  /**
   * A successful use: moves the idle end, if at this moment the token is in time, its session alive and its user in good standing at the
   * session's epoch. Null otherwise: the last look before the answer goes out, in the statement that changes.
   */
  use(id: RefreshTokenId, use: RefreshTokenUse): Promise<{ first: boolean; elsewhere: boolean } | null>
  /** The same, of a use that is like the one before: null too when it is the first, or from another place. */
  useAgain(id: RefreshTokenId, use: RefreshTokenUse): Promise<{ first: false; elsewhere: false } | null>
  /** Those that work today, newest first; of a rotating family the one that is current. */
  listAlive(userId: UserId): Promise<RefreshToken[]>
  deleteEnded(days: number): Promise<void>
}

export interface ClientStore {
  insert(client: Omit<Client, 'createdAt' | 'removedAt'> & { secretHash: Uint8Array | null }): Promise<Client>
  /** There, as it is given, and not removed. False when nothing had to change. */
  install(client: BuiltInClient): Promise<boolean>
  /** Removed ones too. */
  find(id: ClientId): Promise<(Client & { secretHash: Uint8Array | null }) | null>
  list(): Promise<Client[]>
  /** Removed ones too: a name is nobody's alone. */
  everNamed(name: string): Promise<ClientId[]>
  /** False when there is none, or it is removed already. */
  remove(id: ClientId): Promise<boolean>
}

export interface SigningKeyRow {
  kid: string
  alg: 'ES256' | 'RS256'
  publicJwk: Record<string, unknown>
  /** Sealed. */
  privateJwk: Uint8Array
  createdAt: Date
  /** When it may begin to sign: verifiers have it by then. */
  signsFrom: Date
  /** When another took over, if one has. */
  retiredAt: Date | null
}

export interface SigningKeyStore {
  /** Only one process at a time makes keys: waits for the other, until commit. */
  lock(): Promise<void>
  /** Those that are published, oldest first. */
  list(): Promise<SigningKeyRow[]>
  insert(key: { kid: string; alg: SigningKeyRow['alg']; publicJwk: Record<string, unknown>; privateJwk: Uint8Array; afterSeconds: number }): Promise<void>
  /** From the moment its successor signs; it is published for a while longer. */
  retire(kid: string, afterSeconds: number): Promise<void>
  deleteRetired(seconds: number): Promise<void>
}

/** What the OAuth library keeps for itself for a short while: its browser sessions, interactions, authorization codes. Found by the hash of their id. */
export interface OAuthModelStore {
  put(
    kind: string,
    idHash: Uint8Array,
    row: { payload: Record<string, unknown>; uid: string | null; grantId: string | null; lifetimeSeconds: number | null },
  ): Promise<void>
  find(kind: string, idHash: Uint8Array): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  findByUid(kind: string, uid: string): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  findByGrant(kind: string, grantId: string): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  /** False when somebody was quicker. */
  consume(kind: string, idHash: Uint8Array): Promise<boolean>
  delete(kind: string, idHash: Uint8Array): Promise<void>
  deleteByGrant(kind: string, grantId: string): Promise<void>
  deleteExpired(): Promise<void>
}

export type NewSignUp = Pick<SignUp, 'id' | 'email' | 'emailCanonical' | 'passwordHash' | 'givenName' | 'familyName'> & {
  tokenHash: Uint8Array
  codeSeconds: number
  lifetimeSeconds: number
}

/** Sign-ups whose time is over are not found, nor changed. */
export interface SignUpStore {
  insert(signUp: NewSignUp): Promise<void>
  find(id: SignUpId): Promise<SignUp | null>
  findByTokenHash(tokenHash: Uint8Array): Promise<SignUp | null>
  /** The next number, with a new end and no tries spent. */
  renewCode(tokenHash: Uint8Array, codeSeconds: number): Promise<SignUp | null>
  /** Spends a try if there is one left and the code has not ended: one statement, so that parallel tries are all counted. Null when there was none to spend. */
  countTry(tokenHash: Uint8Array, most: number): Promise<SignUp | null>
  remove(id: SignUpId): Promise<void>
  /** Those whose time is over. */
  removeEnded(): Promise<number>
}

export interface PasswordResetStore {
  insert(reset: Pick<PasswordReset, 'id' | 'emailCanonical' | 'address' | 'requestId'> & { lifetimeSeconds: number }): Promise<void>
  find(id: PasswordResetId): Promise<PasswordReset | null>
  /** Says whose it is and ends the user's older ones. False when that was done before. */
  assign(id: PasswordResetId, userId: UserId): Promise<boolean>
  /** Takes it if it is open: one statement, so that two callers cannot both win. Every other one of its user ends with it. */
  consume(id: PasswordResetId): Promise<UserId | null>
  /** Every open one of a user, whose password or address is another now. */
  endAllOf(userId: UserId): Promise<void>
  /** Those whose time is over. */
  removeEnded(): Promise<number>
}

export interface EmailChangeStore {
  /** Ends the one of before. */
  insert(change: Omit<EmailChange, 'codeTries' | 'expired' | 'ended' | 'expiresAt'> & { lifetimeSeconds: number }): Promise<EmailChange>
  find(id: EmailChangeId): Promise<EmailChange | null>
  /** The one that is under way, in time or not. */
  open(userId: UserId): Promise<EmailChange | null>
  /** Spends a try if there is one left and it is in time: one statement, so that parallel tries are all counted. */
  countTry(id: EmailChangeId, most: number): Promise<EmailChange | null>
  end(userId: UserId): Promise<void>
  /** Those that ended so long ago that no mail about them is under way. */
  deleteEnded(days: number): Promise<void>
}

export interface IdempotencyStore {
  /** Null when the key is ours now; else what stands under it. Waits for whoever is using it at this moment. */
  claim(principal: string, key: string, requestHash: Uint8Array): Promise<{ requestHash: Uint8Array; answer: Uint8Array | null } | null>
  answer(principal: string, key: string, answer: Uint8Array): Promise<void>
  deleteExpired(): Promise<void>
}

/** Work for later, kept in the same transaction as the change it follows from (outbox). Data are ids, never secrets. */
export interface JobStore {
  send(job: Job): Promise<void>
}

export type Job = { name: 'mail'; data: MailJob }

/** Which mail to make; links and codes are made when it is sent. */
export type MailJob =
  | { template: 'sign_up_code'; signUpId: string; number: number } // or, to an address in use: you already have an account
  | { template: 'invitation'; invitationId: string; version: number }
  | { template: 'password_reset'; passwordResetId: string }
  | { template: 'password_changed'; userId: string; at: string; address: string }
  | { template: 'email_change_code'; emailChangeId: string } // or, to an address in use: somebody tried
  | { template: 'email_changed'; emailChangeId: string; at: string; address: string } // to the old address
  | { template: 'login_approved'; sessionId: string; deviceAuthorizationId: string }

export type { MembershipStatus }
