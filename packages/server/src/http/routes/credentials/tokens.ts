import { isId } from '@muster/contract/ids.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { apiOfLogin } from '../../../domain/credentials/other-audience.ts'
import { endRefreshToken, listRefreshTokens } from '../../../domain/credentials/refresh-token.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { personOf } from '../../request.ts'
import { answers, instant, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const refreshTokenSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable().meta({ description: 'The name given at login.' }),
    session_id: z.string(),
    client_id: z.string(),
    current: z.boolean().meta({ description: 'Whether the access token of this request came from it.' }),
    address: z.string().meta({ description: 'The address that last used the token, or that it was issued to.' }),
    created_at: instant,
    last_used_at: instant.nullable(),
    expires_at: instant,
    idle_expires_at: instant.meta({ description: 'When the token expires unless it is used earlier.' }),
  })
  .meta({ id: 'RefreshToken', description: 'A refresh token, without its value, which is shown once, when it is issued.' })

/** Refresh tokens that a user issued for scripts and machines, and access tokens for the APIs of the platform. */
export const tokenRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store, execute, accessTokens }) => {
  app.post(
    '/v1/me/tokens',
    {
      config: { audience: 'account', anyScope: true },
      schema: {
        operationId: 'createMyToken',
        tags: ['Sessions'],
        summary: 'Create token for another API',
        description:
          'Issues an access token for another API that the login requested with `resource`, with the scopes granted there, and with at most the expiry of the presented token. For a login without a refresh token: the others use the token endpoint.',
        body: z.strictObject({ resource: z.string().max(600).meta({ description: 'The audience of the API.' }) }),
        response: answers(z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_at: instant, scope: z.string() })),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      const { clientId, ...wanted } = await apiOfLogin(store.reading, principal, { ...config, resource: request.body.resource })
      const { accessToken, expiresAt } = await accessTokens.issueAccessToken({ ...wanted, sessionId: principal.sessionId, clientId })
      return { access_token: accessToken, token_type: 'Bearer' as const, expires_at: expiresAt.toISOString(), scope: [...wanted.scopes].join(' ') }
    },
  )

  app.get(
    '/v1/me/refresh-tokens',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'listMyRefreshTokens',
        tags: ['Sessions'],
        summary: 'List refresh tokens',
        description: 'Lists the valid refresh tokens of the current user.',
        response: answers(z.object({ items: z.array(refreshTokenSchema) })),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      const tokens = await listRefreshTokens(store.reading, principal.userId)
      return {
        items: tokens.map((token) => ({
          id: token.id,
          name: token.name,
          session_id: token.sessionId,
          client_id: token.clientId,
          current: token.sessionId === principal.sessionId,
          address: token.lastAddress ?? token.address,
          created_at: token.createdAt.toISOString(),
          last_used_at: token.lastUsedAt?.toISOString() ?? null,
          expires_at: token.expiresAt.toISOString(),
          idle_expires_at: token.idleExpiresAt.toISOString(),
        })),
      }
    },
  )

  app.delete(
    '/v1/me/refresh-tokens/:id',
    {
      config: { audience: 'account', ends: true },
      schema: {
        operationId: 'revokeMyRefreshToken',
        tags: ['Sessions'],
        summary: 'Revoke refresh token',
        description: 'Revokes a refresh token, its session and its access tokens.',
        params: z.object({ id: z.string().max(60) }),
        response: answers(reported(z.object({ ended: z.number().int() }))),
      },
    },
    async (request) => {
      const { id } = request.params
      if (!isId('refreshToken', id)) throw new Problem('refresh_token_not_found')
      return execute(endRefreshToken, personOf(request).principal, { refreshTokenId: id })
    },
  )
}
