import { requireValid } from '../domain/command/authorize.ts'
import type { AccessTokens } from '../domain/credentials/access-token.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { UserPrincipal } from '../domain/model/principal.ts'
import type { Store } from '../domain/store.ts'

export interface ReissuedToken {
  live: LiveState
  token: UserPrincipal['token']
  /** What the answer carries of it. */
  body: { access_token?: string; expires_at: string }
}

/**
 * After a change of organization: a new access token of the same session and end, so that nobody has to log in again (S56). Made after the commit.
 * A browser goes on with its cookie: a token would only be something for a script to lose.
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
