import type { AccessTokens } from '../domain/access-token.ts'
import type { LiveState } from '../domain/authorize.ts'
import type { UserPrincipal } from '../domain/principal.ts'
import { Problem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'

export interface FreshAccess {
  live: LiveState
  accessToken: string
  token: NonNullable<UserPrincipal['token']>
}

/** After a change of organization: a new access token of the same session and end, so that nobody has to log in again (S56). Made after the commit. */
export async function freshAccess({ store, accessTokens }: { store: Store; accessTokens: AccessTokens }, principal: UserPrincipal): Promise<FreshAccess> {
  if (!principal.token) throw new Problem('insufficient_scope')
  const live = await store.reading.sessions.liveState(principal.sessionId, null)
  if (!live) throw new Problem('token_revoked')
  const { scopes, expiresAt: end } = principal.token
  const { accessToken, expiresAt } = await accessTokens.issueAccessToken({
    sessionId: principal.sessionId,
    clientId: live.session.clientId ?? '',
    scopes,
    expiresAt: end,
  })
  return { live, accessToken, token: { ...principal.token, expiresAt } }
}
