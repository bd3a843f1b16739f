import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { signInWithPassword, useMachineLogin } from '../../domain/accounts/password-login.ts'
import { ACCESS_TOKEN_SECONDS } from '../../domain/credentials/session.ts'
import { Problem } from '../../domain/model/problem.ts'
import { parseJson } from '../../http/body.ts'
import type { CompatServices } from '../compat.ts'
import { sendError } from './errors.ts'

/** The client of password logins in the lists of sessions and refresh tokens. */
export const SCRIPTS_CLIENT_ID = 'featurebase-scripts'

const scopes = ['openid', 'profile', 'email', 'api']
const byPassword = z.object({ USERNAME: z.string().min(1).max(320), PASSWORD: z.string().min(1).max(1_000) })
const byRefreshToken = z.object({ REFRESH_TOKEN: z.string().min(1).max(300) })

/** `POST /` of the host that issues tokens. */
export const tokenRoutes: FastifyPluginAsync<CompatServices> = async (app, services) => {
  const { config, accessTokens } = services
  app.setErrorHandler((error: Error, request, reply) => sendError(request, reply, error))
  // Scripts send JSON without a content type, or with curl's default, which is a form.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: FastifyRequest, body: Buffer) => parseJson(body))

  app.post('/', { schema: { hide: true }, bodyLimit: 16_384 }, async (request, reply) => {
    const { origin } = request.headers
    // Scripts send no origin. A page of another site must not sign in with a password (C08).
    if (origin !== undefined && origin !== new URL(config.issuer).origin) throw new Problem('cross_site_request')
    reply.header('cache-control', 'no-store')
    const principal = { kind: 'anonymous', origin: request.origin } as const

    const renewal = byRefreshToken.safeParse(request.body)
    if (renewal.success) {
      const used = await useMachineLogin(services, principal, { refreshToken: renewal.data.REFRESH_TOKEN, clientId: SCRIPTS_CLIENT_ID })
      return answer(await issue(used.sessionId, used.scopes))
    }
    const typed = byPassword.safeParse(request.body)
    if (!typed.success) throw new Problem('invalid_request', 'Send USERNAME and PASSWORD, or REFRESH_TOKEN, as JSON.')
    const { USERNAME: identifier, PASSWORD: password } = typed.data
    const { session, refreshToken } = await signInWithPassword(services, principal, { identifier, password, clientId: SCRIPTS_CLIENT_ID, scopes })
    return answer(await issue(session.id, scopes), refreshToken)
  })

  const issue = (sessionId: Parameters<typeof accessTokens.issueAccessToken>[0]['sessionId'], granted: readonly string[]) =>
    accessTokens.issueAccessToken({
      sessionId,
      clientId: SCRIPTS_CLIENT_ID,
      scopes: new Set(granted),
      expiresAt: new Date(Date.now() + ACCESS_TOKEN_SECONDS * 1_000),
    })
}

/** The access token under both names: scripts send the one called IdToken, and an ID token must not be used to call an API. */
const answer = ({ accessToken, expiresAt }: { accessToken: string; expiresAt: Date }, refreshToken?: string) => ({
  AuthenticationResult: {
    IdToken: accessToken,
    AccessToken: accessToken,
    ...(refreshToken !== undefined && { RefreshToken: refreshToken }),
    ExpiresIn: Math.max(0, Math.round((expiresAt.getTime() - Date.now()) / 1_000)),
    TokenType: 'Bearer',
  },
  ChallengeParameters: {},
})
