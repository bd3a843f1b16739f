import type { ClientId, OrganizationId, SessionId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import type { Api } from '../apis/api.ts'
import { Problem } from '../model/problem.ts'

/** The claims of an access token with a valid signature. Each request also checks the token against the database. */
export interface VerifiedToken {
  sub: string
  /** Muster's own, or that of an API of the platform (P1). */
  audience: string
  /** Null in a client's own token. */
  sid: SessionId | null
  epoch: number
  organizationId: OrganizationId | null
  /** The values when the token was issued: for display, and for resource servers that know the later revocations. */
  organizationName: string | null
  role: Role | null
  /** Of a custom role. */
  roleId: string | null
  roleRevision: number | null
  jti: string
  /** The id of the signing key. */
  kid: string
  clientId: ClientId
  scopes: ReadonlySet<string>
  /** In whole seconds. */
  issuedAt: number
  expiresAt: Date
}

/** The refusal of a genuine token that is for another API (P4). */
export const foreignToken = (): Problem => new Problem('invalid_token', 'The token is for another API.')

/** The functions of the issuer that the rest of the server uses. */
export interface AccessTokens {
  /**
   * @param options.anyAudience also accepts a token for an API of the platform. It is for those who present the token to describe or revoke it, never for acting.
   * @throws Problem invalid_token or token_expired
   */
  verifyAccessToken(token: string, options?: { anyAudience?: boolean }): Promise<VerifiedToken>
  /** Issues a token for an existing session, with claims from the current state. */
  issueAccessToken(token: {
    sessionId: SessionId
    clientId: ClientId
    scopes: ReadonlySet<string>
    expiresAt: Date
    /** Missing or null: for Muster's own API. */
    api?: Api | null
  }): Promise<{ accessToken: string; expiresAt: Date }>
}
