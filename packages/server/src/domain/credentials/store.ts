import type { EndReason, KeyEndReason } from '@muster/contract/events.ts'
import type { ApiKeyId, ClientId, DeviceAuthorizationId, OrganizationId, RefreshTokenId, ServiceAccountId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { BuiltInClient, Client } from '../model/client.ts'
import type { LiveKey, LiveState } from '../model/live.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { KeyHolder } from '../model/principal.ts'
import type { Revocation } from '../model/revocation.ts'
import type { ServiceAccount } from '../model/service-account.ts'
import type { Session } from '../model/session.ts'

export type DeviceAuthorizationState = 'pending' | 'approved' | 'denied' | 'redeemed'

/** One login asked for by a device that has no browser (RFC 8628). */
export interface DeviceAuthorization {
  id: DeviceAuthorizationId
  clientId: ClientId
  clientName: string
  /** Of the client: its logins are those of a terminal. */
  commandLine: boolean
  /** As it is shown. */
  userCode: string
  scopes: string[]
  /** True for `offline_access`: the login would last up to a year (S47). */
  wantsRefreshToken: boolean
  /** How that one is to be called. */
  refreshTokenName: string | null
  /** The username that `muster register` will take with this login. */
  registersAs: string | null
  state: DeviceAuthorizationState
  /** By the database's clock at the moment of reading; says nothing of one that was answered. */
  expired: boolean
  /** The browser session that typed the code. */
  claimedBy: SessionId | null
  userId: UserId | null
  /** The session that approval made; `sid` of its tokens. */
  sessionId: SessionId | null
  address: string
  userAgent: string | null
  requestedAt: Date
  approvedAt: Date | null
  expiresAt: Date
  /** The request as the OAuth library keeps it. */
  params: Record<string, unknown>
}

/** A credential for getting access tokens. Each belongs to a session of its own and dies with it (S47). */
export interface RefreshToken {
  id: RefreshTokenId
  /** What whoever asked for it calls it; null when they did not say. */
  name: string | null
  sessionId: SessionId
  userId: UserId
  /** Of its session. */
  organizationId: OrganizationId | null
  clientId: ClientId
  scopes: string[]
  payload: Record<string, unknown>
  /** One use each, and a successor; all but those of Muster's own CLI (RFC 9700 section 2.2.2). */
  rotates: boolean
  /** Where it was issued to. */
  address: string
  lastAddress: string | null
  createdAt: Date
  lastUsedAt: Date | null
  consumedAt: Date | null
  expiresAt: Date
  idleExpiresAt: Date
  /** By the database's clock at the moment of reading: at its end, or unused for too long. */
  over: 'expired' | 'idle' | null
}

export interface PresentedRefreshToken {
  token: RefreshToken
  live: LiveState
  /** What its session was granted. */
  grant: Record<string, unknown> | null
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
  /** Application sessions that this revocation ends, whose application wants to be informed; each is named once, however often it is ended. */
  takeToInform(revocation: Pick<Revocation, 'kind' | 'subject'> & { belowEpoch?: number }): Promise<SessionId[]>
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
  /** The valid keys of one holder, or of a whole organization, newest first. */
  pageAlive(of: { userId: UserId } | { serviceAccountId: ServiceAccountId } | OrganizationKeys, page: PageRequest): Promise<Page<ListedKey>>
}

export interface OrganizationKeys {
  organizationId: OrganizationId
  createdBy?: UserId | undefined
  /** Only keys held by users, or only keys held by service accounts. */
  holder?: KeyHolder['kind'] | undefined
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

export interface NewDeviceAuthorization {
  id: DeviceAuthorizationId
  deviceCodeHash: Uint8Array
  userCode: string
  clientId: ClientId
  scopes: string[]
  params: Record<string, unknown>
  address: string
  network: string
  userAgent: string | null
  lifetimeSeconds: number
}

export interface DeviceAuthorizationStore {
  /** False when the user code is another's. */
  insert(device: NewDeviceAuthorization): Promise<boolean>
  /** Whether so many wait for an answer, in time. */
  hasPending(count: number): Promise<boolean>
  /** How many of this network wait for an answer. No other request of that network is counted or stored until this transaction ends. */
  lockAndCountPending(network: string): Promise<number>
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
  remove(kid: string): Promise<void>
  /** Signs from now on, if it does not yet, with no end. */
  promote(kid: string): Promise<void>
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
