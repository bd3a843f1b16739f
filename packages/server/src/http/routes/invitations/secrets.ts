import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { joinPath, revokeInvitation } from '../../../domain/invitations/invitation.ts'
import { createSecretWithinLimit } from '../../../domain/organizations/use-invitation.ts'
import { whyOpenDoNotCount } from '../../../domain/roles/grant.ts'
import { toRoleBody } from '../../representation.ts'
import { actorOfRequest, findReadableOrganization, idempotencyOf } from '../../request.ts'
import { answers, idempotencyHeaders, instant, invalidReason, organizationParams, pageOfItems, pageQuery, roleFields, roleReference } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const kind = z.enum(['secret', 'link'])
const state = z.enum(['open', 'accepted', 'declined', 'revoked', 'expired'])
const secretSchema = z
  .object({
    id: z.string(),
    kind,
    ...roleFields,
    state,
    invalid_reason: invalidReason,
    created_by: z.string(),
    created_by_name: z.string(),
    created_at: instant,
    expires_at: instant,
  })
  .meta({ id: 'Secret', description: 'An organization secret or an invite link, without its secret part, which is shown once, when it is created.' })

/** Organization secrets and invite links: single use, 24 hours. */
export const secretRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store, execute, limits }) => {
  app.get(
    '/v1/organizations/:org/secrets',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listSecrets',
        tags: ['Invitations'],
        summary: 'List secrets',
        description: 'Lists the organization secrets and invite links, newest first.',
        params: organizationParams,
        querystring: pageQuery.extend({ state: state.optional() }),
        response: answers(pageOfItems(secretSchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'invitations:read')
      const page = await store.reading.invitations.page(organization.id, { kinds: kind.options, state: request.query.state }, request.query)
      const reasons = await whyOpenDoNotCount(store.reading, page.items)
      return {
        items: page.items.map((invitation) => ({
          id: invitation.id,
          kind: invitation.kind === 'link' ? ('link' as const) : ('secret' as const),
          ...toRoleBody(invitation),
          state: invitation.state,
          invalid_reason: reasons.get(invitation.id) ?? null,
          created_by: invitation.inviter.username,
          created_by_name: invitation.inviter.name,
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
      config: { audience: 'actor' },
      schema: {
        operationId: 'createSecret',
        tags: ['Invitations'],
        summary: 'Create secret',
        description: 'Creates an organization secret or an invite link. Either lets one person join.',
        params: organizationParams,
        headers: idempotencyHeaders,
        body: z.strictObject({
          kind: kind.default('secret').meta({ description: '`secret` to paste at the command line, `link` to open in a browser.' }),
          role: roleReference.default('member'),
        }),
        response: answers(
          z.object({
            id: z.string(),
            kind,
            ...roleFields,
            secret: z.string().optional().meta({ description: 'Of a secret.' }),
            url: z.string().optional().meta({ description: 'Of a link.' }),
            created_at: instant,
            expires_at: instant,
          }),
          201,
        ),
      },
    },
    async (request, reply) => {
      const invitation = await createSecretWithinLimit(
        { limits, execute },
        actorOfRequest(request).principal,
        { organization: request.params.org, role: request.body.role, kind: request.body.kind },
        { idempotency: idempotencyOf(request) },
      )
      const secretField = invitation.kind === 'link' ? { url: `${config.issuer}${joinPath(invitation.secret)}` } : { secret: invitation.secret }
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({
          id: invitation.id,
          kind: invitation.kind,
          ...toRoleBody(invitation),
          ...secretField,
          created_at: invitation.createdAt,
          expires_at: invitation.expiresAt,
        })
    },
  )

  app.delete(
    '/v1/organizations/:org/secrets/:id',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'revokeSecret',
        tags: ['Invitations'],
        summary: 'Revoke secret',
        description: 'Revokes an organization secret or an invite link.',
        params: organizationParams.extend({ id: z.string().max(60) }),
        response: answers(z.object({ id: z.string(), state })),
      },
    },
    async (request) => {
      const { org, id } = request.params
      return { id, ...(await execute(revokeInvitation, actorOfRequest(request).principal, { organization: org, id })) }
    },
  )
}
