import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { createKey, renameKey, revokeKey } from '../../../domain/credentials/api-key.ts'
import { toCreatedKeyBody, toKeyBody } from '../../representation.ts'
import { actorOfRequest, findReadableOrganization, idempotencyOf, personOf } from '../../request.ts'
import {
  answers,
  createdKeySchema,
  descriptionField,
  idempotencyHeaders,
  keySchema,
  newKeySchema,
  organizationParams,
  pageOfItems,
  pageQuery,
  reported,
  toNewKey,
} from '../../schemas.ts'
import type { Services } from '../../services.ts'

const ownKeyParams = z.object({ id: z.string().max(60) })
const keyParams = organizationParams.extend({ id: z.string().max(60) })
const ended = z.object({ ended: z.number().int().meta({ description: '0 if the key had already ended.' }) })
const change = z.strictObject({ description: descriptionField })

/** A user's own keys and, for admins, all keys of an organization. A key cannot create keys or list those of a user. */
export const keyRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/me/keys',
    {
      config: { audience: 'user', beforePolicy: true },
      schema: {
        operationId: 'listMyKeys',
        tags: ['Keys'],
        summary: 'List own keys',
        description: 'Lists the valid keys of the current user, newest first.',
        querystring: pageQuery,
        response: answers(pageOfItems(keySchema)),
      },
    },
    async (request) => {
      const { items, nextCursor } = await store.reading.apiKeys.pageAlive({ userId: personOf(request).principal.userId }, request.query)
      return { items: items.map(toKeyBody), next_cursor: nextCursor }
    },
  )

  app.post(
    '/v1/me/keys',
    {
      config: { audience: 'user' },
      schema: {
        operationId: 'createMyKey',
        tags: ['Keys'],
        summary: 'Create own key',
        description:
          'Creates a key that acts as the current user in their current organization. It can do what both its scope and their role allow. The key is shown only in this response.',
        headers: idempotencyHeaders,
        body: newKeySchema,
        response: answers(createdKeySchema, 201),
      },
    },
    async (request, reply) => {
      const { principal } = personOf(request)
      const key = await execute(createKey, principal, toNewKey(request.body), { idempotency: idempotencyOf(request) })
      return reply.code(201).send(toCreatedKeyBody(key))
    },
  )

  app.patch(
    '/v1/me/keys/:id',
    {
      config: { audience: 'user' },
      schema: {
        operationId: 'updateMyKey',
        tags: ['Keys'],
        summary: 'Update own key',
        description: 'Changes the description of a key of the current user.',
        params: ownKeyParams,
        body: change,
        response: answers(keySchema),
      },
    },
    async (request) => toKeyBody(await execute(renameKey, personOf(request).principal, { id: request.params.id, ...request.body })),
  )

  app.delete(
    '/v1/me/keys/:id',
    {
      config: { audience: 'user', ends: true, beforePolicy: true },
      schema: {
        operationId: 'revokeMyKey',
        tags: ['Keys'],
        summary: 'Revoke own key',
        description: 'Revokes a key of the current user.',
        params: ownKeyParams,
        response: answers(reported(ended)),
      },
    },
    async (request) => execute(revokeKey, personOf(request).principal, { id: request.params.id }),
  )

  app.get(
    '/v1/organizations/:org/keys',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listKeys',
        tags: ['Keys'],
        summary: 'List organization keys',
        description: 'Lists the valid keys of all members and service accounts of the organization, newest first.',
        params: organizationParams,
        querystring: pageQuery.extend({
          created_by: z
            .string()
            .min(1)
            .max(60)
            .optional()
            .meta({ description: 'A username or a user id. With `holder=service_account`: the keys that this person could have copied.' }),
          holder: z.enum(['user', 'service_account']).optional().meta({ description: 'Only keys of users, or only keys of service accounts.' }),
          scope: z.literal('all').optional().meta({ description: 'Only keys without a scope, which may do everything that their holder may.' }),
        }),
        response: answers(pageOfItems(keySchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'keys:read')
      const { created_by: reference, holder, scope, ...page } = request.query
      const maker = reference === undefined ? undefined : await store.reading.memberships.member(organization.id, reference)
      if (maker === null) return { items: [], next_cursor: null }
      const of = { organizationId: organization.id, createdBy: maker?.userId, holder, withoutScope: scope === 'all' }
      const { items, nextCursor } = await store.reading.apiKeys.pageAlive(of, page)
      return { items: items.map(toKeyBody), next_cursor: nextCursor }
    },
  )

  app.patch(
    '/v1/organizations/:org/keys/:id',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'updateKey',
        tags: ['Keys'],
        summary: 'Update key',
        description: 'Changes the description of any key of the organization.',
        params: keyParams,
        body: change,
        response: answers(keySchema),
      },
    },
    async (request) => {
      const { org, id } = request.params
      return toKeyBody(await execute(renameKey, actorOfRequest(request).principal, { organization: org, id, ...request.body }))
    },
  )

  app.delete(
    '/v1/organizations/:org/keys/:id',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'revokeKey',
        tags: ['Keys'],
        summary: 'Revoke key',
        description: 'Revokes any key of the organization.',
        params: keyParams,
        response: answers(reported(ended)),
      },
    },
    async (request) => {
      const { org, id } = request.params
      return execute(revokeKey, actorOfRequest(request).principal, { organization: org, id })
    },
  )
}
