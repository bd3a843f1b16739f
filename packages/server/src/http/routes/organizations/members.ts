import { membershipStatuses } from '@muster/contract/permissions.ts'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { recordAddressesRead } from '../../../domain/accounts/people.ts'
import { together } from '../../../domain/command/together.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { changeMember } from '../../../domain/organizations/change-role.ts'
import { reactivateMember } from '../../../domain/organizations/deactivation.ts'
import { memberFilter, type Viewer } from '../../../domain/organizations/directory.ts'
import { deactivateMemberOf, removeMemberOf } from '../../../domain/organizations/remove-member.ts'
import { signMemberOut } from '../../../domain/organizations/sign-out-member.ts'
import { findRole } from '../../../domain/roles/find-role.ts'
import { toKeyBody, toMemberBody, toSignedOutBody } from '../../representation.ts'
import { actorOfRequest, findViewedOrganization } from '../../request.ts'
import {
  answers,
  endedSchema,
  handedOverByRole,
  handedOverSchema,
  keysToRollSchema,
  memberSchema,
  nameField,
  organizationParams,
  pageOfItems,
  pageQuery,
  reported,
  roleReference,
  signedOutSchema,
} from '../../schemas.ts'
import type { Services } from '../../services.ts'

const changed = z.boolean().meta({ description: 'False if the member already had this status.' })
const memberParams = organizationParams.extend({ user: z.string().min(1).max(60).meta({ description: 'A username or a user id.' }) })

export const memberRoutes: FastifyPluginAsyncZod<Services> = async (app, services) => {
  const { store, execute } = services
  const forPlatforms = { audience: 'actor', clientScope: 'platform:members:read' } as const
  const recordIfClient = async ({ principal }: FastifyRequest, viewer: Viewer): Promise<void> => {
    if (viewer !== 'operator' && 'emails' in viewer && viewer.emails) await recordAddressesRead(services, principal)
  }

  app.get(
    '/v1/organizations/:org/members',
    {
      config: forPlatforms,
      schema: {
        operationId: 'listMembers',
        tags: ['Members'],
        summary: 'List members',
        description:
          'Lists the members of the organization, newest first. For its members, and for a client with the scope `platform:members:read`, which sees email addresses if it has `platform:users:read` too.',
        params: organizationParams,
        querystring: pageQuery.extend({
          q: z
            .string()
            .max(100)
            .optional()
            .meta({ description: 'Part of a username, or, for admins, of an email address. Fewer than three characters match the beginning only.' }),
          status: z.enum(membershipStatuses).optional().meta({ description: 'Without it, the list contains all members who have not left.' }),
          role: roleReference.optional(),
        }),
        response: answers(pageOfItems(memberSchema)),
      },
    },
    async (request) => {
      const { viewer, organization } = await findViewedOrganization(store, request, request.params.org, 'members:read')
      const { limit, cursor, role: asked, ...filter } = request.query
      const held = asked === undefined ? null : await findRole(store.reading, organization.id, asked)
      const wanted = { ...memberFilter(viewer, { ...filter, role: held?.role, roleId: held?.customRole?.id }), limit, cursor }
      const [page] = await together(store.reading.memberships.page(organization.id, wanted), recordIfClient(request, viewer))
      return { items: page.items.map((member) => toMemberBody(member, viewer)), next_cursor: page.nextCursor }
    },
  )

  app.get(
    '/v1/organizations/:org/members/:user',
    {
      config: forPlatforms,
      schema: {
        operationId: 'getMember',
        tags: ['Members'],
        summary: 'Get member',
        description: 'Returns one member of the organization.',
        params: memberParams,
        response: answers(memberSchema),
      },
    },
    async (request) => {
      const { viewer, organization } = await findViewedOrganization(store, request, request.params.org, 'members:read')
      const [member] = await together(store.reading.memberships.member(organization.id, request.params.user), recordIfClient(request, viewer))
      if (!member) throw new Problem('member_not_found')
      return toMemberBody(member, viewer)
    },
  )

  app.patch(
    '/v1/organizations/:org/members/:user',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'updateMember',
        tags: ['Members'],
        summary: 'Update member',
        description: "Changes a member's role or names.",
        params: memberParams,
        body: z
          .strictObject({ role: roleReference.optional(), given_name: nameField.optional(), family_name: z.string().max(100).optional() })
          .refine((body) => Object.keys(body).length > 0, 'Nothing to change.'),
        response: answers(reported(memberSchema.extend({ handed_over: handedOverByRole }))),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const { role, given_name: givenName, family_name: familyName } = request.body
      const { principal, actor } = actorOfRequest(request)
      const { member, handedOver } = await execute(changeMember, principal, { organization: org, user, role, names: { givenName, familyName } })
      return { ...toMemberBody(member, actor), handed_over: handedOver }
    },
  )

  app.delete(
    '/v1/organizations/:org/members/:user',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'removeMember',
        tags: ['Members'],
        summary: 'Remove member',
        description: 'Removes a member. Their sessions, tokens and keys for this organization are revoked at once. Their resources pass to the admin.',
        params: memberParams,
        response: answers(
          reported(
            z.object({
              removed: z.object({ id: z.string(), username: z.string() }),
              ended: endedSchema,
              handed_over: z.array(handedOverSchema),
              keys_to_roll: keysToRollSchema,
            }),
          ),
        ),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const removed = await removeMemberOf(services, actorOfRequest(request).principal, { organization: org, user })
      return {
        removed: { id: removed.userId, username: removed.username },
        ended: { sessions: removed.endedSessions, keys: removed.endedKeys, invitations: removed.revokedInvitations },
        handed_over: removed.handedOver,
        keys_to_roll: removed.keysToRoll.map(toKeyBody),
      }
    },
  )

  app.post(
    '/v1/organizations/:org/members/:user/deactivate',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'deactivateMember',
        tags: ['Members'],
        summary: 'Deactivate member',
        description: "Ends a member's access until they are reactivated. Their sessions, tokens and keys are revoked at once. They keep their resources.",
        params: memberParams,
        body: z.strictObject({ reason: z.string().max(300).optional().meta({ description: 'One line, shown to other admins.' }) }).nullish(),
        response: answers(reported(z.object({ member: memberSchema, changed, ended: endedSchema, keys_to_roll: keysToRollSchema }))),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const { principal, actor } = actorOfRequest(request)
      const { member, changed, ended, keysToRoll } = await deactivateMemberOf(services, principal, { organization: org, user, reason: request.body?.reason })
      return { member: toMemberBody(member, actor), changed, ended, keys_to_roll: keysToRoll.map(toKeyBody) }
    },
  )

  app.post(
    '/v1/organizations/:org/members/:user/reactivate',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'reactivateMember',
        tags: ['Members'],
        summary: 'Reactivate member',
        description: 'Reactivates a deactivated member. The member has to log in again.',
        params: memberParams,
        response: answers(z.object({ member: memberSchema, changed })),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const { principal, actor } = actorOfRequest(request)
      const { member, changed } = await execute(reactivateMember, principal, { organization: org, user })
      return { member: toMemberBody(member, actor), changed }
    },
  )

  app.delete(
    '/v1/organizations/:org/members/:user/sessions',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'signMemberOut',
        tags: ['Members'],
        summary: 'Sign member out',
        description: "Ends all sessions, access tokens and refresh tokens of a member. The member's keys stay valid.",
        params: memberParams,
        response: answers(signedOutSchema),
      },
    },
    async (request) => {
      const { org, user } = request.params
      const { principal, actor } = actorOfRequest(request)
      return toSignedOutBody(await execute(signMemberOut, principal, { organization: org, user }), actor)
    },
  )
}
