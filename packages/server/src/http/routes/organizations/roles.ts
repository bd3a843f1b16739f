import { permissionAreas } from '@muster/contract/permission-areas.ts'
import { HOLDERS_COUNTED, isDelegable, type Permission } from '@muster/contract/permissions.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { authorize } from '../../../domain/command/authorize.ts'
import { removeRole } from '../../../domain/organizations/remove-role.ts'
import { createRole, editRole, PERMISSIONS_PER_ROLE, withinRoleLimit } from '../../../domain/roles/custom-role.ts'
import { type ListedRole, listedRoleOf, listRoles, visibleHolders } from '../../../domain/roles/listed-role.ts'
import { holderKinds, type RoleHolder } from '../../../domain/roles/store.ts'
import { actorOfRequest, findReadableOrganization, idempotencyOf } from '../../request.ts'
import { answers, idempotencyHeaders, instant, organizationParams, pageOfItems, pageQuery, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const roleParams = organizationParams.extend({ role: z.string().min(1).max(60).meta({ description: 'The name or id of a role.' }) })
const counted = `Counted up to ${HOLDERS_COUNTED.toLocaleString('en')} of each kind.`

const roleSchema = z
  .object({
    id: z.string().meta({ description: 'Of a built-in role, its name.' }),
    name: z.string(),
    description: z.string(),
    built_in: z.boolean(),
    revision: z.number().int().nullable().meta({ description: 'Raised with each change. Null: built in.' }),
    permissions: z.array(z.string()).meta({ description: "The permissions at Muster's own API and at the APIs of the platform." }),
    holders: z
      .number()
      .int()
      .meta({ description: `How many members, service accounts and open invitations that the caller may list have the role. ${counted}` }),
    created_at: instant.nullable().meta({ description: 'Null: built in.' }),
    changed_at: instant.nullable().meta({ description: 'Null: built in.' }),
  })
  .meta({ id: 'Role', description: 'A role: built in, or of the organization.' })

const holderSchema = z
  .object({
    kind: z.enum(holderKinds),
    id: z.string(),
    name: z.string().nullable().meta({
      description: 'A username, the name of a service account, or the address of an email invitation. Null: an invitation for nobody in particular.',
    }),
  })
  .meta({ id: 'RoleHolder', description: 'A member, active or deactivated, a service account or an open invitation that has the role.' })

const permissionAreaSchema = z
  .object({
    area: z.string().meta({ description: 'For a person. Of an API of the platform, its name.' }),
    api: z.string().nullable().meta({ description: "The audience of the API of the platform. Null: Muster's own." }),
    permissions: z.array(
      z.object({
        name: z.string(),
        description: z.string().meta({ description: 'In words, for people.' }),
        delegable: z.boolean().meta({ description: 'Whether a role of the organization can have it. Otherwise only the role admin can.' }),
      }),
    ),
  })
  .meta({ id: 'PermissionArea', description: 'Permissions that belong together.' })

const name = z.string().max(100).meta({ description: '1 to 40 visible characters, and unique in the organization without regard to case.' })
const description = z.string().max(300).meta({ description: 'One line of at most 200 characters, or empty.' })
const permissions = z
  .array(z.string().min(1).max(60))
  .max(PERMISSIONS_PER_ROLE)
  .meta({ description: 'Names of delegable permissions, such as `["resources:read", "apps:deploy"]`. `GET /v1/permissions` lists them.' })

/** Of holders in one transaction, so that none holds the lock of the organization for long. */
const MOVED_AT_ONCE = 100

const ownAreas = permissionAreas.map(({ area, permissions: words }) => ({
  area,
  api: null,
  permissions: (Object.entries(words) as [Permission, string][]).map(([permission, text]) => ({
    name: permission,
    description: text,
    delegable: isDelegable(permission),
  })),
}))

/** The roles of an organization (P7), and the permissions that they can have. */
export const roleRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute, limits }) => {
  app.get(
    '/v1/permissions',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listPermissions',
        tags: ['Roles'],
        summary: 'List permissions',
        description: "Lists the permissions of Muster's own API and of the platform's APIs by area, in words for people.",
        response: answers(z.object({ items: z.array(permissionAreaSchema) })),
      },
    },
    async (request) => {
      const { actor } = actorOfRequest(request)
      authorize(actor, actor.organization.id, 'members:read')
      const atApis = (await store.reading.apis.list()).map((api) => ({
        area: api.name,
        api: api.audience,
        permissions: api.permissions.map((permission) => ({ ...permission, delegable: true })),
      }))
      return { items: [...ownAreas, ...atApis] }
    },
  )

  app.get(
    '/v1/organizations/:org/roles',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listRoles',
        tags: ['Roles'],
        summary: 'List roles',
        description: 'Lists the built-in roles, and the roles of the organization in order of their names.',
        params: organizationParams,
        response: answers(z.object({ items: z.array(roleSchema) })),
      },
    },
    async (request) => {
      const { actor, organization } = await findReadableOrganization(store, request, request.params.org, 'members:read')
      return { items: (await listRoles(store.reading, organization.id, visibleHolders(actor))).map(toListedRoleBody) }
    },
  )

  app.post(
    '/v1/organizations/:org/roles',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'createRole',
        tags: ['Roles'],
        summary: 'Create role',
        description: 'Creates a role. An organization can have at most 50.',
        params: organizationParams,
        headers: idempotencyHeaders,
        body: z.strictObject({ name, description: description.optional(), permissions }),
        response: answers(roleSchema, 201),
      },
    },
    async (request, reply) => {
      const { principal, actor } = actorOfRequest(request)
      const { description: text = '', ...written } = request.body
      const role = { organization: request.params.org, ...written, description: text }
      const change = () => execute(createRole, principal, role, { idempotency: idempotencyOf(request) })
      const { id, organizationId } = await withinRoleLimit({ limits }, actor, change)
      return reply.code(201).send(toListedRoleBody(await listedRoleOf(store.reading, organizationId, visibleHolders(actor), id)))
    },
  )

  app.get(
    '/v1/organizations/:org/roles/:role',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'getRole',
        tags: ['Roles'],
        summary: 'Get role',
        description: 'Returns one role, built in or of the organization.',
        params: roleParams,
        response: answers(roleSchema),
      },
    },
    async (request) => {
      const { actor, organization } = await findReadableOrganization(store, request, request.params.org, 'members:read')
      return toListedRoleBody(await listedRoleOf(store.reading, organization.id, visibleHolders(actor), request.params.role))
    },
  )

  app.patch(
    '/v1/organizations/:org/roles/:role',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'updateRole',
        tags: ['Roles'],
        summary: 'Update role',
        description: 'Changes the name, the description or the permissions of a role. The change is in force at once for all holders.',
        params: roleParams,
        body: z
          .strictObject({
            name: name.optional(),
            description: description.optional(),
            permissions: permissions.optional(),
            revision: z
              .number()
              .int()
              .min(1)
              .optional()
              .meta({ description: 'The revision that the caller has read. If the role has another one, the change is refused.' }),
          })
          .refine(({ revision: _, ...change }) => Object.keys(change).length > 0, 'Nothing to change.'),
        response: answers(reported(roleSchema)),
      },
    },
    async (request) => {
      const { org, role } = request.params
      const { principal, actor } = actorOfRequest(request)
      const change = () => execute(editRole, principal, { organization: org, role, ...request.body })
      const { id, organizationId } = await withinRoleLimit({ limits }, actor, change)
      return toListedRoleBody(await listedRoleOf(store.reading, organizationId, visibleHolders(actor), id))
    },
  )

  app.delete(
    '/v1/organizations/:org/roles/:role',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'removeRole',
        tags: ['Roles'],
        summary: 'Remove role',
        description:
          'Removes a role that nobody holds. With `move_to`, its holders get another role first, 100 in one transaction. If the request is interrupted, the role stays, and the request can be repeated.',
        params: roleParams,
        querystring: z.strictObject({
          move_to: z.string().min(1).max(60).optional().meta({ description: 'The name or id of the role that its holders get. It cannot be admin.' }),
        }),
        response: answers(
          reported(
            z.object({
              removed: z.object({ id: z.string(), name: z.string() }),
              moved: z.number().int().meta({ description: 'The number of holders that got the other role.' }),
            }),
          ),
        ),
      },
    },
    async (request) => {
      const { org, role } = request.params
      const { principal } = actorOfRequest(request)
      let moved = 0
      for (;;) {
        const step = await execute(removeRole, principal, { organization: org, role, moveTo: request.query.move_to, atMost: MOVED_AT_ONCE })
        moved += step.moved
        if (step.isLast) return { removed: { id: step.role.id, name: step.role.name }, moved }
      }
    },
  )

  app.get(
    '/v1/organizations/:org/roles/:role/holders',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listRoleHolders',
        tags: ['Roles'],
        summary: 'List role holders',
        description: 'Lists the members that have the role; for callers who may list them, then the service accounts and the open invitations.',
        params: roleParams,
        querystring: pageQuery,
        response: answers(pageOfItems(holderSchema)),
      },
    },
    async (request) => {
      const { actor, organization } = await findReadableOrganization(store, request, request.params.org, 'members:read')
      const kinds = visibleHolders(actor)
      const { id } = await listedRoleOf(store.reading, organization.id, [], request.params.role)
      const { items, nextCursor } = await store.reading.roles.holders(organization.id, id, { ...request.query, kinds })
      return { items: items.map(toHolderBody), next_cursor: nextCursor }
    },
  )
}

const toHolderBody = ({ kind, id, name: known }: RoleHolder) => ({ kind, id, name: known })

const toListedRoleBody = ({ id, name: known, description: text, permissions: names, holders, custom }: ListedRole) => ({
  id,
  name: known,
  description: text,
  built_in: custom === null,
  revision: custom?.revision ?? null,
  permissions: [...names],
  holders,
  created_at: custom?.createdAt.toISOString() ?? null,
  changed_at: custom?.changedAt.toISOString() ?? null,
})
