import type { RecentAction } from '@muster/contract/authentication.ts'
import type { EndReason, InvitationKind, KeyEndReason, SessionKind } from '@muster/contract/events.ts'
import type {
  ApiKeyId,
  ClientId,
  ClientSecretId,
  DeviceAuthorizationId,
  EmailChangeId,
  InvitationId,
  OperatorTokenId,
  OrganizationId,
  PasswordResetId,
  RefreshTokenId,
  ServiceAccountId,
  SessionId,
  SignUpId,
  UserId,
} from '@muster/contract/ids.ts'
import type { CountedSpending } from '../command/limits.ts'
import type { ApiKey } from '../model/api-key.ts'
import type { BuiltInClient, Client, ClientSecret } from '../model/client.ts'
import type { LiveKey, LiveState } from '../model/live.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { KeyHolder } from '../model/principal.ts'
import type { Problem } from '../model/problem.ts'
import type { Revocation } from '../model/revocation.ts'
import type { HeldRole } from '../model/role.ts'
import type { ServiceAccount } from '../model/service-account.ts'
import type { Authentication, Session } from '../model/session.ts'

export type DeviceAuthorizationState = 'pending' | 'approved' | 'denied' | 'redeemed'

/** One login asked for by a device that has no browser (RFC 8628). */
export interface DeviceAuthorization {
  id: DeviceAuthorizationId
  clientId: ClientId
  clientName: string
  /** Of the client: its logins are those of a terminal. */
  commandLine: boolean
  /** The client of a compatibility folder. */
  builtInClient: boolean
  /** Of the client (P16). */
  firstParty: boolean
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
  /** The session whose terminal asks its person to confirm (F16). Null for a login. */
  confirms: SessionId | null
  /** The change that the terminal is about to make. */
  action: RecentAction | null
  /** When the person of the session that approval made had signed in. Null before. */
  signedInAt: Date | null
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

export interface UsedRefreshToken {
  id: RefreshTokenId
  first: boolean
  elsewhere: boolean
  scopes: string[]
  live: LiveState
  grant: Record<string, unknown> | null
}

/** A session as a sign-in of its owner, active or not. */
export interface StartedSession extends Pick<Session, 'id' | 'kind' | 'clientId' | 'userAgent' | 'createdAt' | 'methods'> {
  /** The id of the provider that signed them in. */
  provider: string | null
  /** Where the browser was. Of a terminal, the address that it last used. */
  address: string | null
  active: boolean
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
  /** How the person proved who they are, and when if not now. Undefined for a session that nobody signed in to in a browser. */
  methods?: readonly string[]
  /** The id of the provider that signed them in. */
  provider?: string | null
  authenticatedAt?: Date
  /** The confirmation of the session that gives this one. */
  confirmedAt?: Date | null
  confirmedMethods?: readonly string[]
  address: string | null
  userAgent: string | null
  lifetimeSeconds: number
}

export interface SessionStore {
  insert(session: NewSession): Promise<Session>
  find(id: SessionId): Promise<Session | null>
  findByTokenHash(tokenHash: Uint8Array): Promise<Session | null>
  /** Everything that decides whether a credential of this session is valid, in one prepared query. */
  liveState(id: SessionId, jti: string | null): Promise<LiveState | null>
  /** The same for a client that asks, and whether its row still has this version. Null if there is no such session. */
  liveStateAskedBy(
    id: SessionId,
    jti: string | null,
    client: Pick<RegisteredClient, 'id' | 'version'>,
  ): Promise<{ live: LiveState; isCurrentClient: boolean } | null>
  /** Null if it had already ended, by itself or by the epoch. */
  end(id: SessionId, reason: EndReason): Promise<Session | null>
  /** The sessions that ended within the lifetime of an access token, latest first. */
  endedOf(userId: UserId): Promise<SessionId[]>
  /** Ends the active sessions, except one. Returns them. */
  endAllOf(userId: UserId, except: SessionId | null, reason: EndReason): Promise<Session[]>
  /** Application sessions that this revocation ends and whose application has a logout URI. Each is returned once, however often it is revoked. */
  takeToInform(revocation: Pick<Revocation, 'kind' | 'subject'> & { belowEpoch?: number }): Promise<SessionId[]>
  /** Ends the active application sessions of one client. Returns them. */
  endAllOfClient(userId: UserId, clientId: ClientId, reason: EndReason): Promise<Session[]>
  /** The number of active sessions, which a raised epoch ends. Counts no further than `atMost`. */
  countAlive(userId: UserId, atMost: number): Promise<number>
  /** The oldest active sessions of a kind (and of a client, if it is given) beyond those to keep, oldest first. At most `atOnce`. */
  oldestBeyond(of: { userId: UserId; kind: SessionKind; clientId: ClientId | null }, bounds: { keep: number; atOnce: number }): Promise<SessionId[]>
  /** A user's logins with a refresh token that does not rotate and is valid or being issued. The one unused for longest comes first. */
  refreshLogins(userId: UserId): Promise<Session[]>
  /** Moves the session with its user to the new epoch and organization (S32). */
  adopt(id: SessionId, epoch: number, organizationId: OrganizationId): Promise<void>
  setOrganizationWhereNone(userId: UserId, organizationId: OrganizationId): Promise<void>
  /** The active sessions, newest first. */
  listAlive(userId: UserId): Promise<Session[]>
  /** Every session of a person that ever started, the newest first (F24). */
  pageStarted(userId: UserId, page: PageRequest): Promise<Page<StartedSession>>
  /** Stores the time of use, at most once a minute. */
  touch(id: SessionId, address: string): Promise<void>
  /** The person has proved who they are again: now, or at a time before. */
  confirm(id: SessionId, authentication: Omit<Authentication, 'at'> & { at?: Date }): Promise<void>
  /** Active application sessions that were started from this browser session and end with it. */
  listStartedBy(browserSessionId: SessionId): Promise<SessionId[]>
  /**
   * Starts the lifetime of the session, because the device has redeemed the login. From now on its address is the device's, not the approving browser's (D02).
   */
  restart(id: SessionId, device: { lifetimeSeconds: number; address: string; userAgent: string | null }): Promise<void>
}

export type NewApiKey = Pick<ApiKey, 'id' | 'organizationId' | 'userId' | 'serviceAccountId' | 'epoch' | 'description' | 'scope' | 'createdBy'> & {
  expiresInDays: number | null
  tokenHash: Uint8Array
  /** Of the strongest proof in the session that creates the key. */
  methods: readonly string[]
}

/** A key with the names of its holder and its creator. */
export type ListedKey = ApiKey & { holderName: string; createdByName: string; createdByLeft: boolean }

export interface ApiKeyStore {
  insert(key: NewApiKey): Promise<ApiKey>
  find(id: ApiKeyId): Promise<ListedKey | null>
  /** Everything that decides whether a key is valid, in one query like that of a session. */
  live(by: { id: ApiKeyId } | { tokenHash: Uint8Array }): Promise<LiveKey | null>
  /** Null if it had already ended, by itself or by the epoch of its holder. */
  end(id: ApiKeyId, reason: KeyEndReason): Promise<ApiKey | null>
  /** False if it has ended. */
  rename(id: ApiKeyId, description: string): Promise<boolean>
  /** Valid keys that expire within a week, and whose email about it was not queued. A key for a week or less needs none. */
  expiring(atMost: number, except: readonly ApiKeyId[]): Promise<ApiKeyId[]>
  /** False if it was marked before, or has ended. */
  markExpiryMailed(id: ApiKeyId): Promise<boolean>
  /** Stores the time of use, at most once a minute. */
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
  /** Only keys without a scope. */
  withoutScope?: boolean | undefined
}

export type ListedServiceAccount = ServiceAccount & { createdByName: string }

export interface ServiceAccountStore {
  /** False if another active one has the name. */
  insert(account: Pick<ServiceAccount, 'id' | 'organizationId' | 'name' | 'description' | 'createdBy' | 'role' | 'customRole'>): Promise<boolean>
  /** By id, or by the name of an active one. */
  find(organizationId: OrganizationId, reference: string): Promise<ListedServiceAccount | null>
  /** The ones that have this name, and the removed ones that had it. */
  everNamed(organizationId: OrganizationId, name: string): Promise<ServiceAccountId[]>
  /** The active ones, newest first. */
  page(organizationId: OrganizationId, page: PageRequest): Promise<Page<ListedServiceAccount>>
  countAlive(organizationId: OrganizationId): Promise<number>
  /** False if another active one has the name. */
  change(id: ServiceAccountId, change: { name: string; description: string }): Promise<boolean>
  /** `lower`: raises the epoch in the same statement. The keys go on: they get the new epoch too (P11). */
  setRole(id: ServiceAccountId, role: HeldRole, how: { lower: boolean }): Promise<{ version: number; epoch: number }>
  /** Raises the epoch in the same statement. Returns the new epoch. */
  end(id: ServiceAccountId): Promise<number>
  /** Raises the epoch of all service accounts of an organization, which ends their keys. Returns the new epochs. */
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
  /** Expires with its session. Null if the session has ended or its epoch is not current. */
  insert(token: NewRefreshToken): Promise<RefreshToken | null>
  find(id: RefreshTokenId): Promise<RefreshToken | null>
  findByHash(tokenHash: Uint8Array): Promise<RefreshToken | null>
  /** The token with its session, its grant and everything that decides whether it is valid, in one query. */
  present(tokenHash: Uint8Array): Promise<PresentedRefreshToken | null>
  /** The number of tokens this session has had. The first was issued; the others are rotations. */
  countOf(sessionId: SessionId): Promise<number>
  /** For a token that rotates: consumes it. False if it was used before (E08). */
  consume(id: RefreshTokenId): Promise<boolean>
  /**
   * Stores a use and moves the idle expiry, if at this moment the token has not expired, its session is active and its user in good standing at the session's
   * epoch. Null otherwise. The condition is in the statement that changes the row, as the last check before the response.
   */
  use(id: RefreshTokenId, use: RefreshTokenUse): Promise<{ first: boolean; elsewhere: boolean } | null>
  /** The same for a use like the one before. Also null for the first use and for a use from another address. */
  useAgain(id: RefreshTokenId, use: RefreshTokenUse): Promise<{ first: false; elsewhere: false } | null>
  /**
   * The same as `use` for a token that does not rotate, by the token itself, and with what a new access token needs. Null also if the token belongs to another
   * client, or the client's row has another version.
   */
  useBy(tokenHash: Uint8Array, client: Pick<RegisteredClient, 'id' | 'version'>, use: RefreshTokenUse): Promise<UsedRefreshToken | null>
  /** The same for a use like the one before: nearly every refresh in one statement. */
  useAgainBy(tokenHash: Uint8Array, client: Pick<RegisteredClient, 'id' | 'version'>, use: RefreshTokenUse): Promise<UsedRefreshToken | null>
  /** The valid ones, newest first; the current one of a rotating family. */
  listAlive(userId: UserId): Promise<RefreshToken[]>
  deleteEnded(days: number): Promise<void>
}

export interface NewDeviceAuthorization {
  id: DeviceAuthorizationId
  deviceCodeHash: Uint8Array
  userCode: string
  clientId: ClientId
  clientVersion?: string
  scopes: string[]
  params: Record<string, unknown>
  confirms?: { sessionId: SessionId; action: RecentAction | null } | undefined
  address: string
  network: string
  userAgent: string | null
  lifetimeSeconds: number
}

export interface DeviceAuthorizationStore {
  /**
   * Spends a point, and stores the request unless its limit refuses. Not made either if another request has the user code, or if the client has been removed or
   * its row has another version: then `client` is false.
   */
  insert(device: NewDeviceAuthorization, point?: CountedSpending): Promise<{ client: boolean; made: boolean; refusal: Problem | null }>
  /** The number of unexpired pending requests, up to `most`. */
  countPending(most: number): Promise<number>
  /** The number of pending requests of this network. No other request of the network is counted or stored until this transaction ends. */
  lockAndCountPending(network: string): Promise<number>
  find(id: DeviceAuthorizationId): Promise<DeviceAuthorization | null>
  findByUserCode(userCode: string): Promise<DeviceAuthorization | null>
  findByDeviceCode(deviceCodeHash: Uint8Array): Promise<DeviceAuthorization | null>
  /** Claims a pending, unexpired request for a browser session. Another session can claim it after that one has ended. */
  claim(id: DeviceAuthorizationId, sessionId: SessionId): Promise<boolean>
  /** Approves a pending, unexpired request that this session has claimed. */
  approve(id: DeviceAuthorizationId, approval: { claimedBy: SessionId; userId: UserId; sessionId: SessionId }): Promise<boolean>
  /** Denies a pending, unexpired request that is unclaimed, or claimed by a session of this user. */
  refuse(id: DeviceAuthorizationId, userId: UserId): Promise<boolean>
  deny(id: DeviceAuthorizationId, denial: { claimedBy: SessionId; userId: UserId }): Promise<boolean>
  /** Redeems an approved, unexpired request. One statement, so that only one of two concurrent polls succeeds (I3). */
  redeem(deviceCodeHash: Uint8Array): Promise<DeviceAuthorization | null>
  /** Stores a poll and returns whether it came too early. Each early poll makes the interval longer (RFC 8628 section 3.5). */
  poll(deviceCodeHash: Uint8Array, pace: { seconds: number; tolerance: number; atMost: number }): Promise<{ early: boolean }>
  /** Extends a pending request to this many seconds from now, but to no more than `atMost` seconds after it was requested. */
  hold(userCode: string, seconds: number, atMost: number): Promise<void>
  /** Ends the open requests of a session to confirm. */
  endConfirmationsOf(sessionId: SessionId): Promise<void>
  /** Deletes requests that ended so long ago that nobody asks for them. */
  deleteEnded(seconds: number): Promise<void>
}

export interface StoredClientSecret extends ClientSecret {
  hash: Uint8Array
}

export interface RegisteredClient extends Client {
  secrets: StoredClientSecret[]
  /** Different after each change of the row or of the secrets. */
  version: string
}

export type NewClient = Omit<Client, 'secrets' | 'createdAt' | 'removedAt'> & { secretHash: Uint8Array | null }

/** The values of a client that can change (P14). */
export type ClientChange = Pick<Client, 'name' | 'redirectUris' | 'postLogoutRedirectUris' | 'scopes' | 'requirePkce' | 'backchannelLogoutUri'>

export interface ClientStore {
  insert(client: NewClient): Promise<Client>
  /** Creates the client or updates it to these values. False if nothing had to change. */
  install(client: BuiltInClient): Promise<boolean>
  /** Also returns removed ones. */
  find(id: ClientId): Promise<RegisteredClient | null>
  /** What a request with a client's own token needs to know of it. Null: it is not registered, or was removed. */
  rights(id: ClientId): Promise<Pick<Client, 'name' | 'scopes'> | null>
  /** The same as `find`, with the row locked until commit, for changes that depend on the current values or secrets. */
  lock(id: ClientId): Promise<RegisteredClient | null>
  change(id: ClientId, values: ClientChange): Promise<void>
  /** Adds a secret to those of a locked client. */
  addSecret(client: RegisteredClient, secret: { id: ClientSecretId; hash: Uint8Array }): Promise<void>
  /** Revokes a secret of a locked client. The others must contain one that is valid. */
  revokeSecret(client: RegisteredClient, id: ClientSecretId): Promise<void>
  /** Notes a use of the secret, at most once a minute. A revoked one stays revoked. */
  touchSecret(id: ClientId, secret: StoredClientSecret): Promise<void>
  list(): Promise<Client[]>
  /** Also returns removed ones. Several clients can have the same name. */
  everNamed(name: string): Promise<ClientId[]>
  /** False if it does not exist or was removed before. */
  remove(id: ClientId): Promise<boolean>
}

/** What a person lets a client do (P16), in the terms of `domain/apis/term.ts`. */
export interface Consent {
  userId: UserId
  clientId: ClientId
  /** In which they let it. It does not count while they are in another one. */
  organizationId: OrganizationId
  granted: string[]
  /** What the client asked for and does not get. It is not asked again. */
  declined: string[]
  grantedAt: Date
}

/** An application that a person has given access, for its list. */
export interface Application {
  clientId: ClientId
  name: string
  userId: UserId
  username: string | null
  organizationId: OrganizationId
  granted: string[]
  grantedAt: Date
  /** When it last signed the person in or got a token for them. Null: never. */
  lastUsedAt: Date | null
}

export interface ConsentStore {
  find(userId: UserId, clientId: ClientId): Promise<Consent | null>
  /** Replaces an earlier one of the person and the client. Its time stays, unless it was for another organization. */
  put(consent: Omit<Consent, 'grantedAt'>): Promise<void>
  /** False if there is none. */
  remove(userId: UserId, clientId: ClientId): Promise<boolean>
  removeAllOf(userId: UserId): Promise<void>
  /** The applications of a person in an organization, the latest consent first. At most 200. */
  list(userId: UserId, organizationId: OrganizationId): Promise<Application[]>
  /** The applications of all members of an organization, by application and person. */
  page(organizationId: OrganizationId, page: PageRequest): Promise<Page<Application>>
}

export interface SigningKeyRow {
  kid: string
  alg: 'ES256' | 'RS256'
  publicJwk: Record<string, unknown>
  /** Sealed. */
  privateJwk: Uint8Array
  keyGeneration: number
  createdAt: Date
  /** When the key may start to sign. Verifiers have it by then. */
  signsFrom: Date
  /** When its successor took over, if any. */
  retiredAt: Date | null
}

export interface SigningKeyStore {
  /** A lock until commit, so that only one process at a time creates keys. */
  lock(): Promise<void>
  /** The published keys, oldest first. */
  list(): Promise<SigningKeyRow[]>
  insert(key: {
    kid: string
    alg: SigningKeyRow['alg']
    publicJwk: Record<string, unknown>
    privateJwk: Uint8Array
    keyGeneration: number
    afterSeconds: number
  }): Promise<void>
  /** Retires a key when its successor signs. It stays published for a while. */
  retire(kid: string, afterSeconds: number): Promise<void>
  deleteRetired(seconds: number): Promise<void>
  remove(kid: string): Promise<void>
  /** Lets a key sign from now on, without an end. */
  promote(kid: string): Promise<void>
}

/** Short-lived records of the OAuth library: its browser sessions, interactions and authorization codes. Found by the hash of their id. */
export interface OAuthModelStore {
  put(
    kind: string,
    idHash: Uint8Array,
    row: { payload: Record<string, unknown>; uid: string | null; grantId: string | null; lifetimeSeconds: number | null },
  ): Promise<void>
  find(kind: string, idHash: Uint8Array): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  findByUid(kind: string, uid: string): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  findByGrant(kind: string, grantId: string): Promise<{ payload: Record<string, unknown>; consumedAt: Date | null; expired: boolean } | null>
  /** False if it was consumed before. */
  consume(kind: string, idHash: Uint8Array): Promise<boolean>
  delete(kind: string, idHash: Uint8Array): Promise<void>
  deleteByGrant(kind: string, grantId: string): Promise<void>
  deleteExpired(): Promise<void>
}

/** A named token of the operator (O12), without its secret value. */
export interface OperatorToken {
  id: OperatorTokenId
  name: string
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
  lastAddress: string | null
  revokedAt: Date | null
  /** By the clock of the database. */
  state: 'valid' | 'expired' | 'revoked' | 'resting'
}

export interface OperatorTokenStore {
  /** Null if a token has or had the name. */
  insert(token: Pick<OperatorToken, 'id' | 'name'> & { tokenHash: Uint8Array; lifetimeDays: number | null }): Promise<OperatorToken | null>
  /** The valid token with this hash, and the time. */
  valid(tokenHash: Uint8Array): Promise<(Pick<OperatorToken, 'id' | 'name' | 'lastUsedAt'> & { now: Date }) | null>
  /** True for a token from before a restore that has not been kept. */
  isResting(tokenHash: Uint8Array): Promise<boolean>
  /** Whether it is still valid. Then it is not revoked before the commit. */
  hold(id: OperatorTokenId): Promise<boolean>
  /** The name of a token, whatever its state is. */
  nameOf(tokenHash: Uint8Array): Promise<string | null>
  find(name: string): Promise<OperatorToken | null>
  /** False if it was revoked before. Waits for commands that hold it. */
  revoke(id: OperatorTokenId): Promise<boolean>
  /** Stores the time of use, at most once a minute. */
  touch(id: OperatorTokenId, address: string): Promise<void>
  /** All that were ever created, newest first. */
  page(page: PageRequest): Promise<Page<OperatorToken>>
  /** The names of all that were ever created. */
  names(): Promise<string[]>
}

/** A root key, sealed with a key derived from the secret that `secretCheck` names (O8). */
export interface RootKeyRow {
  kind: 'rows' | 'lasting'
  generation: number
  secretCheck: Uint8Array
  sealed: Uint8Array
}

/** Which secret and which generation make new values. */
export interface SecretState {
  /** Of the secret in use. */
  secretCheck: Uint8Array
  /** Makes new values. Higher generations are announced, and make values after the switch. */
  generation: number
  /** Values of older generations are invalid. */
  oldestGeneration: number
  switchedAt: Date | null
  roots: RootKeyRow[]
}

export interface ServerProcess {
  id: string
  name: string
  /** The checks of the secrets in its settings. */
  secretChecks: Uint8Array[]
  /** The newest generation that it has read. */
  generation: number
}

/** Values of the older generations that are still valid. `until` is when the last of them expires; null if they are being sealed again. */
export interface ValuesLeft {
  invitations: { count: number; until: Date | null }
  codes: { count: number; until: Date | null }
  resets: { count: number; until: Date | null }
  sealed: { count: number; until: null }
}

/** A sealed value of a row, and the context that it was sealed for. */
export interface SealedValue {
  table: 'signing_key' | 'receiver' | 'idempotency_key' | 'authenticator'
  purpose: 'signing-key' | 'push-authorization' | 'idempotency' | 'authenticator'
  context: string
  sealed: Uint8Array
  keyGeneration: number
}

export interface RootKeyStore {
  /** Null before the first start. */
  read(): Promise<SecretState | null>
  /** Read under a lock until commit. It waits for `lockNewest` of others. */
  lock(): Promise<SecretState>
  /** The generation that makes new values, which no other process changes until commit. */
  lockNewest(): Promise<number>
  /** False if the installation has a secret already. */
  begin(secretCheck: Uint8Array): Promise<boolean>
  /** Does nothing if the generation exists. */
  insert(row: RootKeyRow): Promise<void>
  reseal(row: RootKeyRow): Promise<void>
  /** Deletes root keys that never made a value. */
  deleteAnnounced(): Promise<void>
  switchTo(secretCheck: Uint8Array, generation: number): Promise<void>
  /** Ends all generations but the newest, and all secrets but the one in use. Values of the others are invalid. */
  endOlder(): Promise<void>
  /** When this secret was replaced. Null if it never was one. */
  endedAt(secretCheck: Uint8Array): Promise<Date | null>
  valuesLeft(): Promise<ValuesLeft>
  /** Some values sealed with an older, valid generation, locked until commit. */
  outdatedValues(limit: number): Promise<SealedValue[]>
  replaceValue(value: SealedValue): Promise<void>
  /** Deletes one stored response, by its context. */
  clearAnswer(context: string): Promise<void>
  /** Deletes the stored responses of ended generations, which a leaked secret opens. */
  clearAnswers(): Promise<void>
  /** The values that live on when the secret has leaked, locked until commit: pushed authorizations and the secrets of authenticator apps. */
  lastingValues(): Promise<SealedValue[]>
  /** Renews some open values of ended generations: the next version, under the newest root key. Returns those to email again. */
  renewInvitations(limit: number): Promise<{ id: InvitationId; organizationId: OrganizationId; version: number; kind: InvitationKind }[]>
  renewSignUps(limit: number, codeSeconds: number): Promise<{ id: SignUpId; codeNumber: number }[]>
  renewEmailChanges(limit: number, codeSeconds: number): Promise<EmailChangeId[]>
  renewResets(limit: number, lifetimeSeconds: number): Promise<PasswordResetId[]>
  noteProcess(process: ServerProcess): Promise<void>
  removeProcess(id: string): Promise<void>
  /** The processes that run: each was seen in the last seconds. */
  processes(): Promise<ServerProcess[]>
  /** Lets other processes read the state at once. */
  announce(): Promise<void>
}
