import { isId } from '@muster/contract/ids.ts'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { organizationNotFound } from '../../../domain/command/authorize.ts'
import type { Organization } from '../../../domain/model/organization.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { Resource } from '../../../domain/model/resource.ts'
import { hostOf } from '../../../domain/resources/host-label.ts'
import {
  type Owner,
  ownerOf,
  registerResourceWithinLimit,
  removeResource,
  resourceOf,
  transferAllResources,
  transferResource,
} from '../../../domain/resources/resource.ts'
import { actorOfRequest, findReadableOrganization, idempotencyOf } from '../../request.ts'
import { answers, idempotencyHeaders, instant, organizationParams, pageOfItems, pageQuery } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const ownerSchema = z.object({ kind: z.enum(['user', 'service_account']), id: z.string(), name: z.string() })

export const resourceSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    name: z.string(),
    organization: z.object({ id: z.string(), name: z.string() }),
    owner: ownerSchema,
    host: z.string().nullable().meta({ description: 'Null unless this is an application.' }),
    url: z.string().nullable(),
    created_at: instant,
    owned_since: instant,
  })
  .meta({ id: 'Resource', description: 'An application, a database, or a resource of a kind that the platform defines.' })

const resourceParams = organizationParams.extend({
  kind: z.string().min(1).max(60).meta({ description: '`application`, `database`, or a kind that the platform defines.' }),
  name: z.string().min(1).max(60),
})
const ownerField = z.string().min(1).max(60).meta({ description: 'A username, a user id, or the name or id of a service account.' })

export const toResourceBody = (resource: Resource, organization: Pick<Organization, 'id' | 'name'>, cloudDomain: string) => {
  const host = resource.hostLabel === null ? null : hostOf(resource.hostLabel, cloudDomain)
  return {
    id: resource.id,
    kind: resource.kind,
    name: resource.name,
    organization: { id: organization.id, name: organization.name },
    owner: { kind: isId('user', resource.ownerId) ? ('user' as const) : ('service_account' as const), id: resource.ownerId, name: resource.ownerName },
    host,
    url: host === null ? null : `https://${host}/`,
    // The resource is a row, or a stored response (Idempotency-Key), in which instants are text.
    created_at: new Date(resource.createdAt).toISOString(),
    owned_since: new Date(resource.ownedSince).toISOString(),
  }
}

const toOwnerBody = ({ kind, id, name }: Owner) => ({ kind, id, name })

/** Resources, for members and service accounts of their organization, and in any organization for clients with the scope `resources:register`. */
export const resourceRoutes: FastifyPluginAsyncZod<Services> = async (app, { config, store, execute, limits }) => {
  const body = (resource: Resource, organization: Pick<Organization, 'id' | 'name'>) => toResourceBody(resource, organization, config.cloudDomain)
  const forPlatforms = { audience: 'actor', clientScope: 'resources:register' } as const

  const organizationOf = async (request: FastifyRequest, reference: string): Promise<Organization> => {
    if (request.principal.kind !== 'client') return (await findReadableOrganization(store, request, reference, 'resources:read')).organization
    const match = await store.reading.organizations.find(reference)
    if (!match) throw organizationNotFound(request.principal)
    return match.organization
  }
  const named = async (resource: Resource) => {
    const match = await store.reading.organizations.find(resource.organizationId)
    if (!match) throw new Problem('organization_not_found')
    return body(resource, match.organization)
  }

  app.get(
    '/v1/organizations/:org/resources',
    {
      config: forPlatforms,
      schema: {
        operationId: 'listResources',
        tags: ['Resources'],
        summary: 'List resources',
        description: 'Lists the resources of the organization, newest first.',
        params: organizationParams,
        querystring: pageQuery.extend({ kind: z.string().max(60).optional(), owner: ownerField.optional() }),
        response: answers(pageOfItems(resourceSchema)),
      },
    },
    async (request) => {
      const organization = await organizationOf(request, request.params.org)
      const { kind, owner: ownerReference, ...page } = request.query
      const owner = ownerReference === undefined ? undefined : await ownerOf(store.reading, organization.id, ownerReference)
      if (owner === null) return { items: [], next_cursor: null }
      const { items, nextCursor } = await store.reading.resources.page(organization.id, { kind, ownerId: owner?.id }, page)
      return { items: items.map((resource) => body(resource, organization)), next_cursor: nextCursor }
    },
  )

  app.get(
    '/v1/organizations/:org/resources/:kind/:name',
    {
      config: forPlatforms,
      schema: {
        operationId: 'getResource',
        tags: ['Resources'],
        summary: 'Get resource',
        description: 'Returns one resource.',
        params: resourceParams,
        response: answers(resourceSchema),
      },
    },
    async (request) => {
      const { org, kind, name } = request.params
      const organization = await organizationOf(request, org)
      return body(await resourceOf(store.reading, organization.id, kind, name), organization)
    },
  )

  app.put(
    '/v1/organizations/:org/resources/:kind/:name',
    {
      config: forPlatforms,
      schema: {
        operationId: 'registerResource',
        tags: ['Resources'],
        summary: 'Register resource',
        description: 'Registers a resource (201). If the resource exists, returns it unchanged, with its current owner (200).',
        params: resourceParams,
        body: z.strictObject({ owner: ownerField.optional().meta({ description: 'Defaults to the caller. Required for a platform client.' }) }).nullish(),
        response: { ...answers(resourceSchema), 201: resourceSchema },
      },
    },
    async (request, reply) => {
      const { org, kind, name } = request.params
      const input = { organization: org, kind, name, owner: request.body?.owner }
      const { resource, created } = await registerResourceWithinLimit({ limits, execute }, { principal: request.principal, actor: request.actor }, input)
      return reply.code(created ? 201 : 200).send(await named(resource))
    },
  )

  app.delete(
    '/v1/organizations/:org/resources/:kind/:name',
    {
      config: forPlatforms,
      schema: {
        operationId: 'removeResource',
        tags: ['Resources'],
        summary: 'Remove resource',
        description: 'Removes a resource. Its host stays held for the organization.',
        params: resourceParams,
        response: answers(z.object({ removed: resourceSchema })),
      },
    },
    async (request) => {
      const { org, kind, name } = request.params
      return { removed: await named(await execute(removeResource, request.principal, { organization: org, kind, name })) }
    },
  )

  app.post(
    '/v1/organizations/:org/resources/:kind/:name/transfer',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'transferResource',
        tags: ['Resources'],
        summary: 'Transfer resource',
        description: 'Transfers a resource to another active member or to a service account.',
        params: resourceParams,
        headers: idempotencyHeaders,
        body: z.strictObject({ owner: ownerField }),
        response: answers(resourceSchema),
      },
    },
    async (request) => {
      const { org, kind, name } = request.params
      const { principal } = actorOfRequest(request)
      const input = { organization: org, kind, name, owner: request.body.owner }
      return named(await execute(transferResource, principal, input, { idempotency: idempotencyOf(request) }))
    },
  )

  app.post(
    '/v1/organizations/:org/resource-transfers',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'transferAllResources',
        tags: ['Resources'],
        summary: 'Transfer all resources',
        description: 'Transfers all resources of one owner to another active member or to a service account.',
        params: organizationParams,
        headers: idempotencyHeaders,
        body: z.strictObject({
          owner: ownerField,
          from: ownerField.optional().meta({ description: 'The owner whose resources are transferred. The caller, unless another is named.' }),
        }),
        response: answers(
          z.object({
            from: ownerSchema,
            to: ownerSchema,
            transferred: z
              .array(z.object({ id: z.string(), kind: z.string(), name: z.string() }))
              .meta({ description: 'By kind and name. Empty when there was nothing to transfer.' }),
          }),
        ),
      },
    },
    async (request) => {
      const { principal } = actorOfRequest(request)
      const input = { organization: request.params.org, ...request.body }
      const { from, to, transferred } = await execute(transferAllResources, principal, input, { idempotency: idempotencyOf(request) })
      return { from: toOwnerBody(from), to: toOwnerBody(to), transferred }
    },
  )
}
