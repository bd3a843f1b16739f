import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { createOperatorToken, revokeOperatorToken } from '../../../domain/credentials/operator-token.ts'
import type { OperatorToken } from '../../../domain/credentials/store.ts'
import { idempotencyOf } from '../../request.ts'
import { answers, idempotencyHeaders, instant, pageOfItems, pageQuery } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const name = z
  .string()
  .max(40)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must consist of the letters a to z, digits and single hyphens')
  .meta({ description: 'As the audit log names the token: `operator:NAME`.' })

const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z
      .enum(['valid', 'expired', 'revoked', 'resting'])
      .meta({ description: 'A resting token is from before a restore. It is on hold: refused until the operator keeps the keys from before.' }),
    created_at: instant,
    expires_at: instant.nullable(),
    last_used_at: instant.nullable(),
    last_address: z.string().nullable(),
    revoked_at: instant.nullable(),
  })
  .meta({ id: 'OperatorToken', description: 'A named token of the operator, without its secret value.' })

/** Named tokens of the operator (O12). */
export const operatorTokenRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/operator/tokens',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listOperatorTokens',
        tags: ['Operator'],
        summary: 'List operator tokens',
        description: 'Lists the named tokens, also expired and revoked ones, newest first. The root token is not in the list.',
        querystring: pageQuery,
        response: answers(pageOfItems(tokenSchema)),
      },
    },
    async (request) => {
      const { items, nextCursor } = await store.reading.operatorTokens.page(request.query)
      return { items: items.map(toTokenBody), next_cursor: nextCursor }
    },
  )

  app.post(
    '/v1/operator/tokens',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'createOperatorToken',
        tags: ['Operator'],
        summary: 'Create operator token',
        description: 'Creates a named token. Requires the root token. The value is shown only in this response.',
        headers: idempotencyHeaders,
        body: z.strictObject({
          name,
          expires_in_days: z.number().int().min(1).max(3_650).optional().meta({ description: 'Without it, the token is valid until it is revoked.' }),
        }),
        response: answers(z.object({ id: z.string(), name: z.string(), token: z.string(), created_at: instant, expires_at: instant.nullable() }), 201),
      },
    },
    async (request, reply) => {
      const { name, expires_in_days: lifetimeDays } = request.body
      const made = await execute(createOperatorToken, request.principal, { name, lifetimeDays }, { idempotency: idempotencyOf(request) })
      return reply.code(201).send({ id: made.id, name: made.name, token: made.token, created_at: made.createdAt, expires_at: made.expiresAt })
    },
  )

  app.delete(
    '/v1/operator/tokens/:name',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'revokeOperatorToken',
        tags: ['Operator'],
        summary: 'Revoke operator token',
        description: 'Revokes a named token. Requires the root token. Every process refuses the token from this response on.',
        params: z.object({ name: z.string().max(60) }),
        response: answers(tokenSchema),
      },
    },
    async (request) => toTokenBody(await execute(revokeOperatorToken, request.principal, request.params)),
  )
}

const toTokenBody = ({ id, name, state, createdAt, expiresAt, lastUsedAt, lastAddress, revokedAt }: OperatorToken) => ({
  id,
  name,
  state,
  created_at: createdAt.toISOString(),
  expires_at: expiresAt?.toISOString() ?? null,
  last_used_at: lastUsedAt?.toISOString() ?? null,
  last_address: lastAddress,
  revoked_at: revokedAt?.toISOString() ?? null,
})
