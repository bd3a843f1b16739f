import type { ClientId, RefreshTokenId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { PresentedRefreshToken, RefreshToken } from '../refresh-token.ts'

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
