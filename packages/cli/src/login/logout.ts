import type { Api } from '../api/api.ts'
import type { Answer } from '../api/calls.ts'
import { refreshLogin, revokeToken } from '../api/oauth.ts'
import type { RefreshToken } from '../api/types.ts'
import { type Failure, OAuthError, ProblemError, Unreachable } from '../errors.ts'
import type { Credentials } from './credentials.ts'

/** The state of a login on the server after an attempt to end it. */
export type LoginEnd =
  | { state: 'ended'; ended?: Answer<'delete', '/v1/me/sessions/{id}'> | undefined }
  /** The access token is revoked. The refresh token that it came from stays valid; null if it could not be read. */
  | { state: 'kept'; refreshToken: RefreshToken | null }
  /** The server could not be reached, or refused. */
  | { state: 'open'; why: Failure }
  /** The access token is invalid. It is unknown whether the refresh token is still valid. */
  | { state: 'unknown'; why: Failure }

/**
 * Ends a login on the server (S49). A login from a refresh token shares its session with everyone who uses that token, so only its access token
 * is revoked, unless `revoke` is set. The server reports whether a login came from a refresh token, because a login from MUSTER_REFRESH_TOKEN
 * is stored without that token. With `awaited`, the response lists the services that have acknowledged the revocation.
 */
export async function endLogin(api: Api, credentials: Credentials, { revoke = false, awaited = false } = {}): Promise<LoginEnd> {
  const { access_token: token, refresh_token: refreshToken } = credentials
  try {
    if (revoke && refreshToken) await revokeToken(api, refreshToken)
    else if (revoke || !(await isOfRefreshToken(api, token)))
      return { state: 'ended', ended: await api.DELETE('/v1/me/sessions/{id}', { params: { path: { id: 'current' } }, token, ends: awaited }) }
    else return await endAccessTokenAlone(api, token)
    return { state: 'ended' }
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) return refreshToken ? endOfRefreshToken(api, refreshToken) : { state: 'ended' }
    return { state: 'open', why: told(error) }
  }
}

async function isOfRefreshToken(api: Api, token: string): Promise<boolean> {
  const me = await api.GET('/v1/me', { token })
  return 'session' in me && me.session.kind === 'refresh'
}

async function endAccessTokenAlone(api: Api, token: string): Promise<LoginEnd> {
  const { items } = await api.GET('/v1/me/refresh-tokens', { token })
  await revokeToken(api, token)
  return { state: 'kept', refreshToken: items.find((item) => item.current) ?? null }
}

/** The access token is already invalid, but its refresh token may still be valid. Using the refresh token is the only way to find out. */
async function endOfRefreshToken(api: Api, refreshToken: string): Promise<LoginEnd> {
  try {
    return await endAccessTokenAlone(api, (await refreshLogin(api, refreshToken)).access_token)
  } catch (error) {
    // A suspension refuses the token for now, but ends nothing (S32).
    if (error instanceof OAuthError && error.error === 'invalid_grant' && error.reason !== 'organization_suspended') return { state: 'ended' }
    return { state: 'unknown', why: told(error) }
  }
}

function told(error: unknown): Failure {
  if (error instanceof Unreachable || error instanceof ProblemError || error instanceof OAuthError) return error
  throw error
}
