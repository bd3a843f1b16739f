import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  changeServiceAccount,
  createServiceAccount,
  createServiceAccountKey,
  removeServiceAccount,
  serviceAccountOf,
} from '../../../domain/credentials/service-account.ts'
import { toCreatedKeyBody, toKeyBody, toServiceAccountBody } from '../../representation.ts'
import { actorOfRequest, findReadableOrganization, idempotencyOf, personOf } from '../../request.ts'
import {
  answers,
  createdKeySchema,
  handedOverByRole,
  handedOverSchema,
  idempotencyHeaders,
  keySchema,
  newKeySchema,
  organizationParams,
  pageOfItems,
  pageQuery,
  reported,
  roleReference,
  serviceAccountSchema,
  toNewKey,
} from '../../schemas.ts'
import type { Services } from '../../services.ts'

const params = organizationParams.extend({ account: z.string().min(1).max(60).meta({ description: 'The name or id of a service account.' }) })
const about = z.string().max(300).meta({ description: 'One line, or empty.' })

export const serviceAccountRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/organizations/:org/service-accounts',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listServiceAccounts',
        tags: ['Service accounts'],
        summary: 'List service accounts',
        description: 'Lists the service accounts of the organization, newest first.',
        params: organizationParams,
        querystring: pageQuery,
        response: answers(pageOfItems(serviceAccountSchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'service-accounts:read')
      const { items, nextCursor } = await store.reading.serviceAccounts.page(organization.id, request.query)
      return { items: items.map(toServiceAccountBody), next_cursor: nextCursor }
    },
  )

  app.post(
    '/v1/organizations/:org/service-accounts',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'createServiceAccount',
        tags: ['Service accounts'],
        summary: 'Create service account',
        description: 'Creates a service account.',
        params: organizationParams,
        headers: idempotencyHeaders,
        body: z.strictObject({ name: z.string().max(60), description: about.optional(), role: roleReference.default('member') }),
        response: answers(serviceAccountSchema, 201),
      },
    },
    async (request, reply) => {
      const { principal } = actorOfRequest(request)
      const { id, organizationId } = await execute(
        createServiceAccount,
        principal,
        { organization: request.params.org, ...request.body },
        { idempotency: idempotencyOf(request) },
      )
      return reply.code(201).send(toServiceAccountBody(await serviceAccountOf({ tx: store.reading }, organizationId, id)))
    },
  )

  app.get(
    '/v1/organizations/:org/service-accounts/:account',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'getServiceAccount',
        tags: ['Service accounts'],
        summary: 'Get service account',
        description: 'Returns one service account.',
        params,
        response: answers(serviceAccountSchema),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'service-accounts:read')
      return toServiceAccountBody(await serviceAccountOf({ tx: store.reading }, organization.id, request.params.account))
    },
  )

  app.patch(
    '/v1/organizations/:org/service-accounts/:account',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'updateServiceAccount',
        tags: ['Service accounts'],
        summary: 'Update service account',
        description: 'Changes the name, the description or the role of a service account. Its keys stay valid, and have the rights of the new role at once.',
        params,
        body: z.strictObject({ name: z.string().max(60).optional(), description: about.optional(), role: roleReference.optional() }),
        response: answers(reported(serviceAccountSchema.extend({ handed_over: handedOverByRole }))),
      },
    },
    async (request) => {
      const { org, account } = request.params
      const change = { organization: org, serviceAccount: account, ...request.body }
      const { account: changed, handedOver } = await execute(changeServiceAccount, actorOfRequest(request).principal, change)
      return { ...toServiceAccountBody(changed), handed_over: handedOver }
    },
  )

  app.delete(
    '/v1/organizations/:org/service-accounts/:account',
    {
      config: { audience: 'actor', ends: true },
      schema: {
        operationId: 'removeServiceAccount',
        tags: ['Service accounts'],
        summary: 'Remove service account',
        description: 'Removes a service account. Its keys are revoked at once, and its resources pass to the admin who removes it.',
        params,
        response: answers(
          reported(
            z.object({
              removed: z.object({ id: z.string(), name: z.string() }),
              ended: z.object({ keys: z.number().int() }),
              handed_over: z.array(handedOverSchema),
            }),
          ),
        ),
      },
    },
    async (request) => {
      const { org, account } = request.params
      const { id, name, endedKeys, handedOver } = await execute(removeServiceAccount, actorOfRequest(request).principal, {
        organization: org,
        serviceAccount: account,
      })
      return { removed: { id, name }, ended: { keys: endedKeys }, handed_over: handedOver }
    },
  )

  app.get(
    '/v1/organizations/:org/service-accounts/:account/keys',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listServiceAccountKeys',
        tags: ['Service accounts'],
        summary: 'List service account keys',
        description: 'Lists the valid keys of a service account, newest first.',
        params,
        querystring: pageQuery,
        response: answers(pageOfItems(keySchema)),
      },
    },
    async (request) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'keys:read')
      const { id } = await serviceAccountOf({ tx: store.reading }, organization.id, request.params.account)
      const { items, nextCursor } = await store.reading.apiKeys.pageAlive({ serviceAccountId: id }, request.query)
      return { items: items.map(toKeyBody), next_cursor: nextCursor }
    },
  )

  app.post(
    '/v1/organizations/:org/service-accounts/:account/keys',
    {
      config: { audience: 'user' },
      schema: {
        operationId: 'createServiceAccountKey',
        tags: ['Service accounts'],
        summary: 'Create service account key',
        description: 'Creates a key for a service account. The key is shown only in this response. This requires a login; a key cannot do it.',
        params,
        headers: idempotencyHeaders,
        body: newKeySchema,
        response: answers(createdKeySchema, 201),
      },
    },
    async (request, reply) => {
      const { org, account } = request.params
      const key = await execute(
        createServiceAccountKey,
        personOf(request).principal,
        { organization: org, serviceAccount: account, ...toNewKey(request.body) },
        { idempotency: idempotencyOf(request) },
      )
      return reply.code(201).send(toCreatedKeyBody(key))
    },
  )
}
