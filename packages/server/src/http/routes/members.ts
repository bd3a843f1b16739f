import { membershipStatuses, roleMay } from '@muster/contract/permissions.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { memberFilter } from '../../domain/directory.ts'
import { changeRole, removeMember } from '../../domain/membership.ts'
import { Problem } from '../../domain/problem.ts'
import type { Services } from '../app.ts'
import { readable } from '../readable.ts'
import { toMemberBody } from '../representation.ts'
import { personOf } from '../request.ts'
import { answers, memberSchema, organizationParams, pageOfItems, pageQuery, roleSchema } from '../schemas.ts'

const memberParams = organizationParams.extend({ user: z.string().min(1).max(60).meta({ description: 'A username or a user id.' }) })

/** Who is in the organization. */
export const memberRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/organizations/:org/members',
    {
      config: { audience: 'user' },
      schema: {
        tags: ['Members'],
        summary: 'The members, newest first',
        params: organizationParams,
        querystring: pageQuery.extend({
          q: z
            .string()
            .max(100)
            .optional()
            .meta({ description: 'Part of a username, for admins of an e-mail address too; of fewer than three characters, the beginning of one.' }),
          status: z.enum(membershipStatuses).optional().meta({ description: 'Without it, those that have not left.' }),
          role: roleSchema.optional(),
        }),
        response: answers(pageOfItems(memberSchema)),
      },
    },
    async (request) => {
      const { actor, organization } = await readable(store, request, request.params.org, 'members:read')
      const { limit, cursor, ...asked } = request.query
      const page = await store.reading.memberships.page(organization.id, { ...memberFilter(actor.role, asked), limit, cursor })
      const withEmail = roleMay(actor.role, 'members:read-email')
      return { items: page.items.map((member) => toMemberBody(member, { withEmail })), next_cursor: page.nextCursor }
    },
  )

  app.get(
    '/v1/organizations/:org/members/:user',
    { config: { audience: 'user' }, schema: { tags: ['Members'], summary: 'One member', params: memberParams, response: answers(memberSchema) } },
    async (request) => {
      const { actor, organization } = await readable(store, request, request.params.org, 'members:read')
      const member = await store.reading.memberships.member(organization.id, request.params.user)
      if (!member) throw new Problem('member_not_found')
      return toMemberBody(member, { withEmail: roleMay(actor.role, 'members:read-email') })
    },
  )

  app.patch(
    '/v1/organizations/:org/members/:user',
    {
      config: { audience: 'user' },
      schema: {
        tags: ['Members'],
        summary: 'Give or take the role admin',
        params: memberParams,
        body: z.strictObject({ role: roleSchema }),
        response: answers(memberSchema),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const member = await execute(changeRole, personOf(request).principal, { organization: org, user, role: request.body.role })
      return toMemberBody(member, { withEmail: true })
    },
  )

  app.delete(
    '/v1/organizations/:org/members/:user',
    {
      config: { audience: 'user' },
      schema: {
        tags: ['Members'],
        summary: 'Remove a member; what they held for this organization ends at once',
        params: memberParams,
        response: answers(
          z.object({
            removed: z.object({ id: z.string(), username: z.string() }),
            ended: z.object({ sessions: z.number().int(), invitations: z.number().int() }),
            handed_over: z.array(z.object({ id: z.string(), kind: z.string(), name: z.string() })),
          }),
        ),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const removed = await execute(removeMember, personOf(request).principal, { organization: org, user })
      return {
        removed: { id: removed.userId, username: removed.username },
        ended: { sessions: removed.endedSessions, invitations: removed.revokedInvitations },
        handed_over: removed.handedOver,
      }
    },
  )
}
