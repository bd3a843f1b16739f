import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { type Api, ownAudiences } from '../../../domain/apis/api.ts'
import { applyApis } from '../../../domain/apis/apply.ts'
import { dropFromRoles, ROLES_AT_ONCE } from '../../../domain/apis/drop-from-roles.ts'
import { APIS_AT_MOST, PERMISSIONS_PER_API, type WrittenApi } from '../../../domain/apis/manifest.ts'
import { answers, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const patterns = z.array(z.string().max(100)).max(PERMISSIONS_PER_API)
const written = z.strictObject({
  name: z.string().max(200).meta({ description: 'As people see it.' }),
  audience: z.string().max(600).meta({ description: 'An absolute URI: the `aud` of its tokens, and the `resource` of requests for them.' }),
  permissions: z
    .record(z.string().max(100), z.string().max(600))
    .refine((all) => Object.keys(all).length <= PERMISSIONS_PER_API, `must be at most ${PERMISSIONS_PER_API}`)
    .meta({ description: 'The name of each permission, with a description for people.' }),
  grant: z
    .strictObject({ member: patterns, viewer: patterns.optional() })
    .meta({ description: 'The permissions of the roles member and viewer: names, `apps:*` for all that begin so, or `*` for all. Admins may do everything.' }),
  longest_token_life: z
    .int()
    .min(60)
    .max(86_400)
    .nullable()
    .optional()
    .meta({ description: 'The longest life of its access tokens, in seconds. Without it, they live as long as those of Muster.' }),
  accept_default_audience: z
    .boolean()
    .optional()
    .meta({ description: "Whether the API also accepts tokens of Muster's own audience. Such a token works at Muster's own API too." }),
})
const apiSchema = written
  .extend({
    id: z.string(),
    longest_token_life: z.int().nullable(),
    accept_default_audience: z.boolean(),
  })
  .meta({ id: 'Api', description: 'An API of the platform.' })
const changeSchema = z
  .object({
    kind: z.enum(['created', 'changed', 'removed']),
    name: z.string(),
    audience: z.string(),
    fields: z.array(z.string()).meta({ description: 'The fields that change besides the permissions.' }),
    added: z.array(z.string()).meta({ description: 'Permissions that are new.' }),
    removed: z.array(z.string()).meta({ description: 'Permissions that go away.' }),
  })
  .meta({ id: 'ApiChange' })
const useSchema = z
  .object({ permission: z.string(), kind: z.enum(['client', 'key', 'role']), id: z.string(), name: z.string() })
  .meta({ id: 'PermissionUse', description: 'A client or a key whose scope includes the permission, or a role of an organization that has it.' })

/** The operator says which APIs the platform has, and what callers may do there (P1). */
export const apiRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store, execute }) => {
  app.get(
    '/v1/operator/apis',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listApis',
        tags: ['Operator'],
        summary: 'List APIs',
        description: 'Lists the APIs of the platform in order of their names.',
        response: answers(z.object({ items: z.array(apiSchema) })),
      },
    },
    async () => ({ items: (await store.reading.apis.list()).map(toApiBody) }),
  )

  app.put(
    '/v1/operator/apis',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'applyApis',
        tags: ['Operator'],
        summary: 'Change APIs',
        description: 'Makes the APIs of the platform those of the request. An API that is missing is removed: no more tokens are issued for it.',
        querystring: z.strictObject({
          dry_run: z.stringbool().optional().meta({ description: 'Changes nothing, and returns what would change.' }),
          remove_used: z.stringbool().optional().meta({ description: 'Also removes permissions that something names. Roles lose them.' }),
        }),
        body: z.strictObject({ apis: z.array(written).max(APIS_AT_MOST) }),
        response: answers(reported(z.object({ changes: z.array(changeSchema), uses: z.array(useSchema) }))),
      },
    },
    async (request) => {
      const { dry_run: dryRun = false, remove_used: removeUsed = false } = request.query
      const apis = request.body.apis.map(fromBody)
      const { principal } = request
      const apply = (isDry: boolean) => execute(applyApis, principal, { apis, ownNames: ownAudiences(config), dryRun: isDry, removeUsed })
      if (dryRun || !removeUsed) return apply(dryRun)
      const { changes, uses } = await apply(true)
      const permissions = changes.flatMap(({ removed }) => removed)
      while (!(await execute(dropFromRoles, principal, { permissions, atMost: ROLES_AT_ONCE })).isLast);
      return { ...(await apply(false)), uses }
    },
  )
}

const fromBody = ({ name, audience, permissions, grant, longest_token_life, accept_default_audience }: z.infer<typeof written>): WrittenApi => ({
  name,
  audience,
  permissions: Object.entries(permissions).map(([permission, description]) => ({ name: permission, description })),
  grants: { member: grant.member, viewer: grant.viewer ?? [] },
  longestTokenSeconds: longest_token_life ?? null,
  acceptsDefaultAudience: accept_default_audience ?? false,
})

const toApiBody = ({ id, name, audience, permissions, grants, longestTokenSeconds, acceptsDefaultAudience }: Api) => ({
  id,
  name,
  audience,
  permissions: Object.fromEntries(permissions.map((permission) => [permission.name, permission.description])),
  // As it was written: without viewers, if they get nothing.
  grant: { member: grants.member, ...(grants.viewer.length > 0 && { viewer: grants.viewer }) },
  longest_token_life: longestTokenSeconds,
  accept_default_audience: acceptsDefaultAudience,
})
