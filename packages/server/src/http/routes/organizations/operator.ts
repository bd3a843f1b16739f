import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { clientOf, listClients, registerClient, removeClient } from '../../../domain/credentials/client.ts'
import type { Client } from '../../../domain/model/client.ts'
import type { Principal } from '../../../domain/model/principal.ts'
import { keepsLease, listStreams, listStreamsWithoutKeyEvents, removeStreamAsOperator, STREAMS_SHOWN } from '../../../domain/signals/receiver.ts'
import type { Receiver } from '../../../domain/signals/store.ts'
import { idempotencyOf } from '../../request.ts'
import { answers, idempotencyHeaders, instant, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

export interface SigningKeyView {
  kid: string
  alg: string
  state: 'upcoming' | 'signing' | 'retired'
  createdAt: Date
  signsFrom: Date
}

/** The parts of the issuer that operator routes use. */
export interface OperatorParts {
  signingKeys: {
    list(): Promise<SigningKeyView[]>
    rotate(principal: Principal): Promise<SigningKeyView[]>
    /** @throws Problem signing_key_not_found */
    withdraw(principal: Principal, kid: string): Promise<SigningKeyView[]>
    /** Creates the first signing key of each algorithm that the client needs. */
    prepare(client: Pick<Client, 'alg' | 'scopes'>): Promise<void>
  }
}

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
const clientSchema = z.object({ id: z.string(), ...clientFields, created_at: instant }).meta({ id: 'Client' })
const keySchema = z.object({
  kid: z.string(),
  alg: z.string(),
  state: z.enum(['upcoming', 'signing', 'retired']),
  created_at: instant,
  signs_from: instant.meta({ description: 'When the key starts to sign. It is published earlier, so that every verifier has it by then.' }),
})
const keysSchema = z.object({ keys: z.array(keySchema) }).meta({ id: 'SigningKeys' })
const withdrawnSchema = z.object({
  withdrawn: z.string(),
  keys: z.array(keySchema),
  unaware: z.array(z.object({ id: z.string(), client: z.string().nullable(), description: z.string().nullable() })).meta({
    description:
      'Streams that do not deliver withdrawn keys. Their receivers refuse the tokens of the key once they read the JWKS again, which they may cache for 300 seconds.',
  }),
})

const streamSchema = z
  .object({
    id: z.string(),
    client: z.string().nullable(),
    method: z.enum(['poll', 'push', 'server']),
    description: z.string().nullable(),
    status: z.enum(['enabled', 'paused', 'disabled']),
    reason: z.string().nullable(),
    lease_until: instant.nullable().meta({ description: 'Until then the receiver may decide from memory. Null: the receiver has no lease.' }),
    failing_since: instant.nullable().meta({ description: 'The first of the consecutive pushes that failed.' }),
    created_at: instant,
  })
  .meta({ id: 'Stream' })

const uris = z.array(z.string().max(2_000)).max(20)

/** Routes for the operator (S58). */
export const operatorRoutes: FastifyPluginAsyncZod<Services & OperatorParts> = async (app, { config, store, execute, signingKeys }) => {
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

  app.get(
    '/v1/operator/streams',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listStreams',
        tags: ['Operator'],
        summary: 'List streams',
        description: `Lists the streams that deliver revocations to resource servers, at most ${STREAMS_SHOWN.toLocaleString('en')}.`,
        querystring: z.strictObject({ client: z.string().max(60).optional().meta({ description: 'Only the streams of the client with this id.' }) }),
        response: answers(z.object({ items: z.array(streamSchema) })),
      },
    },
    async ({ query: { client } }) => ({ items: (await listStreams(store.reading, client ?? null)).map(toStreamBody) }),
  )

  app.delete(
    '/v1/operator/streams/:id',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'removeStream',
        tags: ['Operator'],
        summary: 'Remove stream',
        description: 'Removes a stream. Its receiver gets no more revocations and is waited for until its lease expires.',
        params: z.object({ id: z.string().max(60) }),
        response: answers(z.object({ removed: z.string() })),
      },
    },
    async (request) => {
      await execute(removeStreamAsOperator, request.principal, { id: request.params.id })
      return { removed: request.params.id }
    },
  )

  app.get(
    '/v1/operator/signing-keys',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listSigningKeys',
        tags: ['Operator'],
        summary: 'List signing keys',
        description: 'Lists the upcoming, signing and retired keys.',
        response: answers(keysSchema),
      },
    },
    async () => ({
      keys: (await signingKeys.list()).map(toKeyBody),
    }),
  )

  app.post(
    '/v1/operator/signing-keys/rotate',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'rotateSigningKeys',
        tags: ['Operator'],
        summary: 'Rotate signing keys',
        description:
          'Creates new signing keys, unless upcoming ones exist. The current keys sign until the new ones take over, and stay published while their tokens are valid.',
        response: answers(keysSchema),
      },
    },
    async (request) => ({ keys: (await signingKeys.rotate(request.principal)).map(toKeyBody) }),
  )

  app.delete(
    '/v1/operator/signing-keys/:kid',
    {
      config: { audience: 'operator', ends: true },
      schema: {
        operationId: 'withdrawSigningKey',
        tags: ['Operator'],
        summary: 'Withdraw signing key',
        description: 'Withdraws a signing key. Every token it signed is invalid, and the next key signs at once.',
        params: z.object({ kid: z.string().max(100) }),
        response: answers(reported(withdrawnSchema)),
      },
    },
    async (request) => {
      const { kid } = request.params
      const keys = await signingKeys.withdraw(request.principal, kid)
      const unaware = await listStreamsWithoutKeyEvents(store.reading)
      return { withdrawn: kid, keys: keys.map(toKeyBody), unaware: unaware.map(({ id, clientId, description }) => ({ id, client: clientId, description })) }
    },
  )
}

const toStreamBody = (stream: Receiver) => ({
  id: stream.id,
  client: stream.clientId,
  method: stream.method,
  description: stream.description,
  status: stream.status,
  reason: stream.statusReason,
  lease_until: keepsLease(stream) ? stream.leaseUntil.toISOString() : null,
  failing_since: stream.failingSince?.toISOString() ?? null,
  created_at: stream.createdAt.toISOString(),
})

const toKeyBody = ({ kid, alg, state, createdAt, signsFrom }: SigningKeyView) => ({
  kid,
  alg,
  state,
  created_at: createdAt.toISOString(),
  signs_from: signsFrom.toISOString(),
})

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
  created_at: new Date(client.createdAt).toISOString(),
})
