import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { authorize, mayDo, requireInScope } from '../../../domain/command/authorize.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { explainAccess, findHolder } from '../../../domain/organizations/access.ts'
import { findOwnOrganization } from '../../request.ts'
import { answers, organizationParams } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const accessSchema = z
  .object({
    user: z.object({ id: z.string(), username: z.string() }).meta({ description: 'The member, or the service account with its name.' }),
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
      .meta({
        description:
          'In the order in which they are checked. `person` only for members, `scope` only for a member or a service account that asks about itself with a key.',
      }),
    keys: z
      .array(z.object({ id: z.string(), description: z.string(), allowed: z.boolean() }))
      .meta({ description: 'The valid keys of the member or service account in this organization.' }),
  })
  .meta({ id: 'Access', description: 'Why a member or a service account may do something, or why not.' })

/** Why a member or a service account may do something, or why not (P22). */
export const accessRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/organizations/:org/access',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'explainAccess',
        tags: ['Members'],
        summary: 'Explain access',
        description:
          'Returns whether a member or a service account has a permission, and each step of the decision. For admins, and for everybody about themselves, whatever their role.',
        params: organizationParams,
        querystring: z.strictObject({
          user: z.string().min(1).max(60).meta({ description: 'A username or a user id, or the name or id of a service account.' }),
          permission: z.string().min(1).max(100).meta({ description: "Of Muster's own API or of an API of the platform: `members:remove` or `apps:deploy`." }),
        }),
        response: answers(accessSchema),
      },
    },
    async (request) => {
      const { actor, organization } = await findOwnOrganization(store, request, request.params.org)
      const { user, permission } = request.query
      const isOwn = user === actor.id || user === (actor.kind === 'user' ? actor.username : actor.name)
      if (isOwn) requireInScope(actor, 'organization:read')
      else authorize(actor, organization.id, 'keys:read')
      // A key with a scope does not list the other keys of its holder (P12).
      const ownKey = request.liveKey?.key.id
      const mayList = actor.scope === null || mayDo(actor, 'keys:read')
      const holder = await findHolder(store.reading, organization, isOwn ? actor.id : user)
      const isVisible = isOwn || holder?.kind === 'member' || mayDo(actor, 'service-accounts:read')
      if (!holder || !isVisible) throw new Problem('member_not_found')
      const { keys, ...access } = await explainAccess(store.reading, { organization, holder, permission, credential: isOwn ? actor : null })
      const id = holder.kind === 'member' ? holder.held.userId : holder.held.id
      return { user: { id, username: holder.name }, permission, ...access, keys: keys.filter((key) => mayList || key.id === ownKey) }
    },
  )
}
