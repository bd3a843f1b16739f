import { isId } from '@muster/contract/ids.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { endRefreshToken, listRefreshTokens } from '../../../domain/credentials/refresh-token.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { Services } from '../../app.ts'
import { personOf } from '../../request.ts'
import { answers, instant, reported } from '../../schemas.ts'

const refreshTokenSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable().meta({ description: 'The name that was given to it at login.' }),
    session_id: z.string(),
    client_id: z.string(),
    current: z.boolean().meta({ description: 'The access token that asks came from it.' }),
    address: z.string().meta({ description: 'Where it was used last, or issued.' }),
    created_at: instant,
    last_used_at: instant.nullable(),
    expires_at: instant,
    idle_expires_at: instant.meta({ description: 'It ends here unless it is used before.' }),
  })
  .meta({ id: 'RefreshToken', description: 'A refresh token; the token itself is shown once, when it is issued.' })

/** The refresh tokens one has given to machines. */
export const tokenRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/me/refresh-tokens',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'listMyRefreshTokens',
        tags: ['Sessions'],
        summary: 'The refresh tokens that work',
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
        summary: 'End one, with its session and its access tokens',
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
