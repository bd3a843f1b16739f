import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { createSecret, revokeInvitation } from '../../domain/invitation.ts'
import type { Services } from '../app.ts'
import { readable } from '../readable.ts'
import { idempotencyOf, personOf } from '../request.ts'
import { answers, idempotencyHeaders, instant, organizationParams, pageOfItems, pageQuery, roleSchema } from '../schemas.ts'

const kind = z.literal('secret')
const state = z.enum(['open', 'accepted', 'declined', 'revoked', 'expired'])
const secretSchema = z
  .object({ id: z.string(), kind, role: roleSchema, state, created_by: z.string(), created_at: instant, expires_at: instant })
  .meta({ id: 'Secret', description: 'An organization secret. The secret itself is shown once, when it is made.' })

/** Organization secrets: single use, 24 hours. */
export const secretRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute, limits }) => {
  app.get(
    '/v1/organizations/:org/secrets',
    {
      config: { audience: 'user' },
      schema: {
        tags: ['Invitations'],
        summary: 'The secrets that were made, newest first',
        params: organizationParams,
        querystring: pageQuery.extend({ state: state.optional() }),
        response: answers(pageOfItems(secretSchema)),
      },
    },
    async (request) => {
      const { organization } = await readable(store, request, request.params.org, 'invitations:read')
      const page = await store.reading.invitations.page(organization.id, { kinds: ['secret'], state: request.query.state }, request.query)
      return {
        items: page.items.map((invitation) => ({
          id: invitation.id,
          kind: 'secret' as const,
          role: invitation.role,
          state: invitation.state,
          created_by: invitation.createdByName,
          created_at: invitation.createdAt.toISOString(),
          expires_at: invitation.expiresAt.toISOString(),
        })),
        next_cursor: page.nextCursor,
      }
    },
  )

  app.post(
    '/v1/organizations/:org/secrets',
    {
      config: { audience: 'user' },
      schema: {
        tags: ['Invitations'],
        summary: 'Make a secret that lets one person in',
        params: organizationParams,
        headers: idempotencyHeaders,
        body: z.strictObject({ kind: kind.default('secret'), role: roleSchema.default('member') }),
        response: answers(z.object({ id: z.string(), kind, role: roleSchema, secret: z.string(), created_at: instant, expires_at: instant }), 201),
      },
    },
    async (request, reply) => {
      const { principal, live } = personOf(request)
      if (live.organization) await limits.spend('secret by organization', live.organization.id)
      const made = await execute(
        createSecret,
        principal,
        { organization: request.params.org, role: request.body.role },
        { idempotency: idempotencyOf(request) },
      )
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ id: made.id, kind: 'secret', role: made.role, secret: made.secret, created_at: made.createdAt, expires_at: made.expiresAt })
    },
  )

  app.delete(
    '/v1/organizations/:org/secrets/:id',
    {
      config: { audience: 'user' },
      schema: {
        tags: ['Invitations'],
        summary: 'Revoke a secret',
        params: organizationParams.extend({ id: z.string().max(60) }),
        response: answers(z.object({ id: z.string(), state })),
      },
    },
    async (request) => {
      const { org, id } = request.params
      return { id, ...(await execute(revokeInvitation, personOf(request).principal, { organization: org, id })) }
    },
  )
}
