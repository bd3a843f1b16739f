import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { mayDo } from '../../../domain/command/authorize.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { explainAccess } from '../../../domain/organizations/access.ts'
import { actorOfRequest, findReadableOrganization } from '../../request.ts'
import { answers, organizationParams } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const accessSchema = z
  .object({
    user: z.object({ id: z.string(), username: z.string() }),
    permission: z.string(),
    api: z.string().nullable().meta({ description: "The API of the platform that the permission belongs to. Null: Muster's own." }),
    allowed: z.boolean(),
    steps: z
      .array(
        z.object({
          step: z.enum(['organization', 'person', 'membership', 'role', 'scope']),
          passed: z.boolean(),
          detail: z.string().meta({ description: 'For a person, with the next step if it did not pass.' }),
        }),
      )
      .meta({ description: 'In the order in which they are checked. `scope` only for members who ask about themselves with a key.' }),
    keys: z
      .array(z.object({ id: z.string(), description: z.string(), allowed: z.boolean() }))
      .meta({ description: "The member's valid keys in this organization." }),
  })
  .meta({ id: 'Access', description: 'Why a member may do something, or why not.' })

/** Why a member may do something, or why not (P22). */
export const accessRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/organizations/:org/access',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'explainAccess',
        tags: ['Members'],
        summary: 'Explain access',
        description: 'Returns whether a member has a permission, and each step of the decision. For admins, and for members about themselves.',
        params: organizationParams,
        querystring: z.strictObject({
          user: z.string().min(1).max(60).meta({ description: 'A username or a user id.' }),
          permission: z.string().min(1).max(100).meta({ description: "Of Muster's own API or of an API of the platform: `members:remove` or `apps:deploy`." }),
        }),
        response: answers(accessSchema),
      },
    },
    async (request) => {
      const { actor } = actorOfRequest(request)
      const { user, permission } = request.query
      const isOwn = actor.kind === 'user' && (user === actor.id || user === actor.username)
      const { organization } = await findReadableOrganization(store, request, request.params.org, isOwn ? 'organization:read' : 'keys:read')
      // A key with a scope does not list the other keys of its holder (P12).
      const ownKey = request.liveKey?.key.id
      const mayList = actor.scope === null || mayDo(actor, 'keys:read')
      const member = await store.reading.memberships.member(organization.id, user)
      if (!member) throw new Problem('member_not_found')
      const { keys, ...access } = await explainAccess(store.reading, { organization, member, permission, credential: isOwn ? actor : null })
      return { user: { id: member.userId, username: member.username }, permission, ...access, keys: keys.filter(({ id }) => mayList || id === ownKey) }
    },
  )
}
