import type { ClientId, OrganizationId, SessionId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'

/** What the signature of an access token vouches for. Whether it still counts is asked of the database, on every request. */
export interface VerifiedToken {
  sub: string
  /** Null in a client's own token. */
  sid: SessionId | null
  epoch: number
  organizationId: OrganizationId | null
  /** As they were when it was made; for display, and for whoever knows what has changed since. */
  organizationName: string | null
  role: Role | null
  jti: string
  /** The key that signed it. */
  kid: string
  clientId: ClientId
  scopes: ReadonlySet<string>
  /** In whole seconds. */
  issuedAt: number
  expiresAt: Date
}

/** What the rest of the server needs of the issuer. */
export interface AccessTokens {
  /** @throws Problem invalid_token or token_expired */
  verifyAccessToken(token: string): Promise<VerifiedToken>
  /** A token of an existing session, its claims read from the state of now. */
  issueAccessToken(token: {
    sessionId: SessionId
    clientId: ClientId
    scopes: ReadonlySet<string>
    expiresAt: Date
  }): Promise<{ accessToken: string; expiresAt: Date }>
}
