import type { EndReason } from '@muster/contract/events.ts'
import type { OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { LiveState } from '../authorize.ts'
import type { Revocation } from '../revocation.ts'
import type { Session } from '../session.ts'

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
