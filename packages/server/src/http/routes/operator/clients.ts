import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { clientOf, listClients, registerClient, removeClient } from '../../../domain/credentials/client.ts'
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
  require_pkce: z.boolean().meta({ description: 'If false, the client may omit the code_challenge, but must then send a nonce.' }),
  backchannel_logout_uri: z.string().nullable().meta({ description: 'Receives a logout token when one of its sessions ends.' }),
}
const clientSchema = z
  .object({
    id: z.string(),
    ...clientFields,
    api_id: z.string().nullable().meta({ description: "The API that the client belongs to. Null: Muster's own." }),
    created_at: instant,
  })
  .meta({ id: 'Client' })

const uris = z.array(z.string().max(2_000)).max(20)

/** The operator registers clients (S58). */
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
          scopes: z.array(z.string().max(100)).max(20),
          alg: z.enum(['ES256', 'RS256']).optional(),
          public: z.boolean().optional(),
          native: z.boolean().optional(),
          require_pkce: z.boolean().optional(),
          backchannel_logout_uri: z.string().max(2_000).optional(),
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
        params: z.object({ id: z.string().max(60) }),
        response: answers(clientSchema),
      },
    },
    async (request) => toClientBody(await clientOf(store.reading, request.params.id)),
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
        params: z.object({ id: z.string().max(60) }),
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
  // Missing in a stored response of an older server version.
  require_pkce: client.requirePkce ?? true,
  backchannel_logout_uri: client.backchannelLogoutUri ?? null,
  api_id: client.apiId ?? null,
  created_at: new Date(client.createdAt).toISOString(),
})
