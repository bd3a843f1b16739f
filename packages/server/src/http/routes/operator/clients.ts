import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { changeClient, clientOf, listClients, registerClient, removeClient } from '../../../domain/credentials/client.ts'
import { createClientSecret, revokeClientSecret } from '../../../domain/credentials/client-secret.ts'
import type { Client } from '../../../domain/model/client.ts'
import { idempotencyOf } from '../../request.ts'
import { answers, idempotencyHeaders, instant, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'
import type { OperatorParts } from './signing-keys.ts'

const clientFields = {
  name: z.string(),
  grants: z.array(z.string()),
  redirect_uris: z.array(z.string()),
  post_logout_redirect_uris: z.array(z.string()),
  scopes: z.array(z.string()),
  alg: z.enum(['ES256', 'RS256']),
  public: z.boolean(),
  native: z.boolean(),
  first_party: z.boolean().meta({ description: 'False: an application of somebody else, which people are asked for consent to.' }),
  require_pkce: z.boolean().meta({ description: 'If false, the client may omit the code_challenge, but must then send a nonce.' }),
  backchannel_logout_uri: z.string().nullable().meta({ description: 'Receives a logout token when one of its sessions ends.' }),
}
const secretSchema = z
  .object({ id: z.string(), created_at: instant, last_used_at: instant.nullable().meta({ description: 'Accurate to about a minute.' }) })
  .meta({ id: 'ClientSecret', description: 'A secret of a client, without its value.' })
const clientSchema = z
  .object({
    id: z.string(),
    ...clientFields,
    api_id: z.string().nullable().meta({ description: "The API that the client belongs to. Null: Muster's own." }),
    secrets: z.array(secretSchema).meta({ description: 'The valid ones, at most two, the oldest first. Empty for a public client.' }),
    created_at: instant,
  })
  .meta({ id: 'Client' })

const uris = z.array(z.string().max(2_000)).max(20)
const scopes = z.array(z.string().max(100)).max(150)
const logoutUri = z.string().max(2_000)
const clientParams = z.object({ id: z.string().max(60) })

/** The operator registers and changes clients (S58, P14). */
export const clientRoutes: FastifyPluginAsyncZod<Services & OperatorParts> = async (app, { config, store, execute, signingKeys }) => {
  app.get(
    '/v1/operator/clients',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listClients',
        tags: ['Operator'],
        summary: 'List clients',
        description: 'Lists the registered clients.',
        response: answers(z.object({ items: z.array(clientSchema) })),
      },
    },
    async () => ({ items: (await listClients(store.reading)).map(toClientBody) }),
  )

  app.post(
    '/v1/operator/clients',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'registerClient',
        tags: ['Operator'],
        summary: 'Register client',
        description: "Registers a client. The client's secret is shown only in this response.",
        headers: idempotencyHeaders,
        body: z.strictObject({
          name: z.string().max(100),
          grants: z.array(z.string().max(100)).max(10),
          redirect_uris: uris.optional(),
          post_logout_redirect_uris: uris.optional(),
          scopes,
          alg: z.enum(['ES256', 'RS256']).optional(),
          public: z.boolean().optional(),
          native: z.boolean().optional(),
          first_party: z.boolean().optional().meta({ description: 'True unless given.' }),
          require_pkce: z.boolean().optional(),
          backchannel_logout_uri: logoutUri.optional(),
          api: z.string().max(600).optional().meta({ description: 'The audience of the API that introspects by this client.' }),
        }),
        response: answers(clientSchema.extend({ secret: z.string().nullable() }).meta({ id: 'NewClient' }), 201),
      },
    },
    async (request, reply) => {
      const { name, grants, scopes, alg, native, public: isPublic, ...others } = request.body
      const { client, secret } = await execute(
        registerClient,
        request.principal,
        {
          name,
          grants,
          scopes,
          alg,
          native,
          public: isPublic,
          firstParty: others.first_party,
          redirectUris: others.redirect_uris,
          postLogoutRedirectUris: others.post_logout_redirect_uris,
          requirePkce: others.require_pkce,
          backchannelLogoutUri: others.backchannel_logout_uri,
          api: others.api,
          internalHosts: config.logoutHosts,
        },
        { idempotency: idempotencyOf(request) },
      )
      await signingKeys.prepare(client)
      return reply.code(201).send({ ...toClientBody(client), secret })
    },
  )

  app.get(
    '/v1/operator/clients/:id',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'getClient',
        tags: ['Operator'],
        summary: 'Get client',
        description: 'Returns one client.',
        params: clientParams,
        response: answers(clientSchema),
      },
    },
    async (request) => toClientBody(await clientOf(store.reading, request.params.id)),
  )

  app.patch(
    '/v1/operator/clients/:id',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'updateClient',
        tags: ['Operator'],
        summary: 'Update client',
        description:
          'Changes the given values of a client. A list replaces the previous one. Nothing that was issued to the client ends: its next tokens have at most the scopes registered then.',
        params: clientParams,
        body: z
          .strictObject({
            name: z.string().max(100).optional(),
            redirect_uris: uris.optional(),
            post_logout_redirect_uris: uris.optional(),
            scopes: scopes.optional(),
            require_pkce: z.boolean().optional(),
            backchannel_logout_uri: logoutUri.nullish().meta({ description: 'Null removes it.' }),
            api: z.string().max(600).nullish().meta({ description: 'The audience of its API, which cannot change. Another API needs another client.' }),
          })
          .refine((body) => Object.keys(body).length > 0, 'Nothing to change.'),
        response: answers(clientSchema),
      },
    },
    async (request) => {
      const { name, scopes, ...others } = request.body
      const client = await execute(changeClient, request.principal, {
        clientId: request.params.id,
        name,
        scopes,
        redirectUris: others.redirect_uris,
        postLogoutRedirectUris: others.post_logout_redirect_uris,
        requirePkce: others.require_pkce,
        backchannelLogoutUri: others.backchannel_logout_uri,
        api: others.api,
        internalHosts: config.logoutHosts,
      })
      await signingKeys.prepare(client)
      return toClientBody(client)
    },
  )

  app.post(
    '/v1/operator/clients/:id/secrets',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'createClientSecret',
        tags: ['Operator'],
        summary: 'Create client secret',
        description: 'Gives a client a second secret. Both are valid until one is revoked. The value is shown only in this response.',
        params: clientParams,
        headers: idempotencyHeaders,
        response: answers(z.object({ id: z.string(), secret: z.string() }).meta({ id: 'NewClientSecret' }), 201),
      },
    },
    async (request, reply) => {
      const created = await execute(createClientSecret, request.principal, { clientId: request.params.id }, { idempotency: idempotencyOf(request) })
      return reply.code(201).send(created)
    },
  )

  app.delete(
    '/v1/operator/clients/:id/secrets/:secret',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'revokeClientSecret',
        tags: ['Operator'],
        summary: 'Revoke client secret',
        description:
          'Revokes one of the two secrets of a client. Every process refuses it from this response on. Tokens that it obtained are valid until they expire, within the hour.',
        params: clientParams.extend({ secret: z.string().max(80) }),
        response: answers(clientSchema),
      },
    },
    async (request) => {
      const { id: clientId, secret: secretId } = request.params
      await execute(revokeClientSecret, request.principal, { clientId, secretId })
      return toClientBody(await clientOf(store.reading, clientId))
    },
  )

  app.delete(
    '/v1/operator/clients/:id',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'removeClient',
        tags: ['Operator'],
        summary: 'Remove client',
        description: 'Removes a client. It gets no more tokens, and its existing tokens and sessions are revoked.',
        params: clientParams,
        response: answers(reported(z.object({ removed: z.string() }))),
      },
    },
    async (request) => {
      await execute(removeClient, request.principal, { clientId: request.params.id })
      return { removed: request.params.id }
    },
  )
}

/** The client is a row, or a stored response (Idempotency-Key), in which instants are text. */
const toClientBody = (client: Client) => ({
  id: client.id,
  name: client.name,
  grants: client.grants,
  redirect_uris: client.redirectUris,
  post_logout_redirect_uris: client.postLogoutRedirectUris,
  scopes: client.scopes,
  alg: client.alg,
  public: client.public,
  native: client.native,
  first_party: client.firstParty ?? true,
  // Missing in a stored response of an older server version, like the secrets.
  require_pkce: client.requirePkce ?? true,
  backchannel_logout_uri: client.backchannelLogoutUri ?? null,
  api_id: client.apiId ?? null,
  secrets: (client.secrets ?? []).map(({ id, createdAt, lastUsedAt }) => ({
    id,
    created_at: new Date(createdAt).toISOString(),
    last_used_at: lastUsedAt && new Date(lastUsedAt).toISOString(),
  })),
  created_at: new Date(client.createdAt).toISOString(),
})
