import { requireValid } from '../domain/command/refused-credential.ts'
import type { AccessTokens } from '../domain/credentials/access-token.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { UserPrincipal } from '../domain/model/principal.ts'
import type { Store } from '../domain/store.ts'

export interface ReissuedToken {
  live: LiveState
  token: UserPrincipal['token']
  /** The fields for the response. */
  body: { access_token?: string; expires_at: string }
}

/**
 * Issues a new access token for the same session, with the same expiry, so that nobody has to log in again after a change of organization (S56). Call it after the
 * commit. A browser keeps its cookie and gets no token, because a script could leak a token.
 */
export async function reissueToken({ store, accessTokens }: { store: Store; accessTokens: AccessTokens }, principal: UserPrincipal): Promise<ReissuedToken> {
  const live = await requireValid(store.reading, await store.reading.sessions.liveState(principal.sessionId, null))
  if (!principal.token) return { live, token: null, body: { expires_at: live.session.expiresAt.toISOString() } }
  const { scopes, expiresAt: end } = principal.token
  const { accessToken, expiresAt } = await accessTokens.issueAccessToken({
    sessionId: principal.sessionId,
    clientId: live.session.clientId ?? '',
    scopes,
    expiresAt: end,
  })
  return { live, token: { ...principal.token, expiresAt }, body: { access_token: accessToken, expires_at: expiresAt.toISOString() } }
}
