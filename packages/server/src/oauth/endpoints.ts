import type { ClientId } from '@muster/contract/ids.ts'
import { type ProblemCode, problems } from '@muster/contract/problems.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { type Api, audiencesFor, EVERYTHING, permissionsAt } from '../domain/apis/api.ts'
import { actorOfKey, scopeOf } from '../domain/command/authorize.ts'
import type { Execute } from '../domain/command/context.ts'
import type { Limits } from '../domain/command/limits.ts'
import { refusalOf, requireValid } from '../domain/command/refused-credential.ts'
import type { AccessTokens, VerifiedToken } from '../domain/credentials/access-token.ts'
import { holderOf, keyHash, looksLikeKey, revokePresentedKey } from '../domain/credentials/api-key.ts'
import { isClientId } from '../domain/credentials/client.ts'
import { revokeRefreshToken } from '../domain/credentials/refresh-token.ts'
import { revokeAccessToken } from '../domain/credentials/session.ts'
import type { RegisteredClient } from '../domain/credentials/store.ts'
import type { Client } from '../domain/model/client.ts'
import type { LiveState } from '../domain/model/live.ts'
import { parseToken } from '../domain/model/opaque-token.ts'
import type { Principal } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'
import { acceptForms } from '../http/body.ts'
import { beginRefusal, sendJson, sendProblem } from '../http/problem.ts'
import { accessClaims, claimsForScopes, permissionsAtApi, roleClaims } from './accounts.ts'
import { isOriginOf } from './client-metadata.ts'
import type { KnownClients } from './known-clients.ts'

export interface EndpointOptions {
  config: Pick<Config, 'issuer' | 'audience'>
  store: Store
  execute: Execute
  limits: Limits
  clients: KnownClients
  accessTokens: AccessTokens
}

/** An error of an OAuth endpoint (RFC 6749 section 5.2). */
class OAuthError extends Error {
  readonly status: number
  readonly error: string
  /** A challenge in the scheme that the caller used, or in a client's scheme. */
  readonly challenge: string | null
  constructor(status: number, error: string, description: string, challenge = status === 401 ? 'Basic realm="muster"' : null) {
    super(description)
    this.status = status
    this.error = error
    this.challenge = challenge
  }
}

export function sendOAuthError(request: FastifyRequest, reply: FastifyReply, thrown: Error): FastifyReply {
  reply.header('cache-control', 'no-store')
  if (thrown instanceof OAuthError) {
    if (thrown.challenge !== null) reply.header('www-authenticate', thrown.challenge)
    return reply.code(thrown.status).send({ error: thrown.error, error_description: thrown.message })
  }
  const problem = beginRefusal(request, reply, thrown, { challenge: false }) // that of a client is Basic, and comes with the OAuthError
  const error = problem.status >= 500 ? 'server_error' : problem.status === 429 ? 'temporarily_unavailable' : 'invalid_request'
  return sendJson(reply, { error, error_description: problem.detail ?? problems[problem.code].title, code: problem.code, ...problem.extensions })
}

/** Revocation, introspection and userinfo. They replace the library's, which does not support JWTs. */
export async function endpointRoutes(app: FastifyInstance, options: EndpointOptions): Promise<void> {
  const { limits, execute, accessTokens, store } = options
  const route = { schema: { hide: true }, bodyLimit: 16_384 } as const

  app.setErrorHandler((error: Error, request, reply) => sendOAuthError(request, reply, error))
  acceptForms(app) // in addition to JSON, which dbos-cloud sends to revoke
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  answerPreflight(app, '/oauth/revoke', 'POST')
  answerPreflight(app, '/oauth/userinfo', 'GET, POST')

  app.post('/oauth/revoke', { ...route, onRequest: readableByPages }, async (request, reply) => {
    await limits.spend('revoke by address', request.origin.address)
    const { token, ...fields } = fieldsOf(request.body)
    if (token === undefined) throw new OAuthError(400, 'invalid_request', 'The parameter token is missing.')
    const client = await callingClient({ find: options.clients.read, authenticate: options.clients.authenticate }, request, fields)
    if (client) hideFromOtherPages(request, reply, client)
    const issuedTo = await revoke(options, { token, client, principal: { kind: 'anonymous', origin: request.origin } })
    if (issuedTo !== null) hideFromOtherPages(request, reply, await store.reading.clients.find(issuedTo))
    return reply.code(200).send()
  })

  app.post('/oauth/introspect', route, async (request) => {
    const { token, ...fields } = fieldsOf(request.body)
    const { has, find, read, authenticate } = options.clients
    let isRemembered = false
    const remembered: KnownClients['find'] = (id) => {
      isRemembered = has(id)
      return find(id)
    }
    const asking = (find: KnownClients['find']): Promise<RegisteredClient> => introspectorOf({ find, authenticate, accessTokens }, request, fields)
    const client = await asking(remembered)
      // It may have another secret or scope by now. A refusal is decided by the row as it is.
      .catch((refusal: unknown) => (isRemembered ? asking(read) : Promise.reject(refusal)))
      .catch(async (error: unknown) => {
        await limits.spend('token by address', request.origin.address, 10)
        throw error
      })
    request.origin.clientId = client.id
    // By client, and separate from its token requests: a flood of keys to a resource server must not keep it from getting its own token.
    await limits.spend('introspection by client', client.id)
    if (token === undefined) throw new OAuthError(400, 'invalid_request', 'The parameter token is missing.')
    const { answer, isCurrentClient } = await introspect(options, token, client)
    if (!isCurrentClient) await asking(read) // no statement has shown that the client may still ask
    return answer
  })

  await app.register(async (userinfo) => {
    // Problems as in the API, with a bearer challenge (OpenID Connect Core section 5.3.3).
    userinfo.setErrorHandler((error: Error, request, reply) => (error instanceof OAuthError ? sendOAuthError : sendProblem)(request, reply, error))
    userinfo.route({
      method: ['GET', 'POST'],
      url: '/oauth/userinfo',
      ...route,
      onRequest: readableByPages,
      async handler(request, reply) {
        const bearer = bearerOf(request)
        if (bearer === undefined) throw new Problem('authentication_required')
        const token = await accessTokens.verifyAccessToken(bearer)
        Object.assign(request.origin, { clientId: token.clientId, userId: token.sid === null ? null : token.sub })
        hideFromOtherPages(request, reply, await store.reading.clients.find(token.clientId))
        if (!token.scopes.has('openid'))
          throw new Problem('insufficient_scope', 'This requires a token with the scope "openid".', { extensions: { scope: 'openid' } })
        const live = token.sid === null ? null : await store.reading.sessions.liveState(token.sid, token.jti)
        return claimsForScopes(await requireValid(store.reading, live?.account.id === token.sub ? live : null, token), token.scopes)
      },
    })
  })

  /** Returns the client that the token was issued to, if any. */
  async function revoke(
    { store }: EndpointOptions,
    { token, client, principal }: { token: string; client: Client | null; principal: Principal },
  ): Promise<ClientId | null> {
    const requireOwn = (clientId: string): void => {
      if (client && client.id !== clientId) throw new OAuthError(400, 'unauthorized_client', 'The token was issued to another client.')
    }
    if (looksLikeKey(token)) {
      const tokenHash = keyHash(token)
      if (tokenHash) await execute(revokePresentedKey, principal, { tokenHash })
      return null
    }
    if (parseToken('muster_rt', token) !== null) {
      const tokenHash = digest(token)
      const known = await store.reading.refreshTokens.findByHash(tokenHash)
      if (!known) return null
      requireOwn(known.clientId)
      await execute(revokeRefreshToken, principal, { tokenHash })
      return known.clientId
    }
    const verified = await verifiedOrNull(accessTokens, token, { anyAudience: true })
    if (!verified) return null // unknown, forged or expired: nothing to revoke (RFC 7009 section 2.2)
    requireOwn(verified.clientId)
    if (verified.sid === null) throw new OAuthError(400, 'unsupported_token_type', "A client's own token ends by itself, within the hour.")
    await execute(revokeAccessToken, principal, { sessionId: verified.sid, jti: verified.jti, expiresAt: verified.expiresAt })
    return verified.clientId
  }
}

/** Answers CORS preflights. Every origin is allowed, because the response reveals nothing about a token or client. */
function answerPreflight(app: FastifyInstance, path: string, methods: string): void {
  app.options(path, { schema: { hide: true } }, async (request, reply) => {
    const headers = request.headers['access-control-request-headers']
    reply.headers({
      'access-control-allow-origin': request.headers.origin ?? '*',
      'access-control-allow-methods': methods,
      'access-control-max-age': '3600',
      vary: 'Origin',
      ...(headers !== undefined && { 'access-control-allow-headers': headers }),
    })
    return reply.code(204).send()
  })
}

/** As at the token endpoint: once the client is known, only a page of that client may read the response. */
async function readableByPages({ headers }: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('vary', 'Origin')
  if (headers.origin !== undefined) reply.headers({ 'access-control-allow-origin': headers.origin, 'access-control-expose-headers': 'WWW-Authenticate' })
}

function hideFromOtherPages({ headers: { origin } }: FastifyRequest, reply: FastifyReply, client: Client | null): void {
  if (origin !== undefined && !(client && isOriginOf(client, origin))) reply.removeHeader('access-control-allow-origin')
}

/** RFC 6750 section 2: a request must send its token in only one way. */
function bearerOf(request: FastifyRequest): string | undefined {
  const header = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  const sent = [header, (request.body as Fields)?.access_token, (request.query as Fields)?.access_token].flat().filter((token) => token !== undefined)
  if (sent.length > 1) throw new OAuthError(400, 'invalid_request', 'The request carries more than one access token.', 'Bearer error="invalid_request"')
  return header ?? fieldsOf(request.body).access_token
}

type Fields = Partial<Record<string, unknown>> | null | undefined

async function verifiedOrNull({ verifyAccessToken }: AccessTokens, token: string, options?: { anyAudience: boolean }): Promise<VerifiedToken | null> {
  try {
    return await verifyAccessToken(token, options)
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return null
    throw error
  }
}

const refusalOfToken = (live: LiveState, { sub, epoch, organizationId }: VerifiedToken): ProblemCode | null =>
  live.account.id === sub ? refusalOf(live, { epoch, organizationId }) : 'invalid_token'

/**
 * Active means that a request would be accepted now (RFC 7662). A refresh token is never active, because it is only for the token endpoint. The reason
 * for an inactive token is not revealed.
 */
async function introspect(
  options: EndpointOptions,
  token: string,
  asking: RegisteredClient,
): Promise<{ answer: Record<string, unknown>; isCurrentClient: boolean }> {
  const { store, config } = options
  const unchecked = (answer: Record<string, unknown> | null) => ({ answer: answer ?? { active: false }, isCurrentClient: false })
  const api = asking.apiId === null ? null : await store.reading.apis.find(asking.apiId)
  if (asking.apiId !== null && !api) return unchecked(null)
  if (looksLikeKey(token)) return unchecked(await introspectKey(options, token, api))
  const verified = await verifiedOrNull(options.accessTokens, token, { anyAudience: true })
  if (!verified || !audiencesFor(api, config.audience).includes(verified.audience)) return unchecked(null)
  const common = {
    active: true,
    token_type: 'Bearer',
    client_id: verified.clientId,
    scope: [...verified.scopes].join(' '),
    iss: config.issuer,
    aud: verified.audience,
    exp: seconds(verified.expiresAt),
    jti: verified.jti,
  }
  if (verified.sid === null) {
    const client = await options.clients.read(verified.clientId)
    return unchecked(client && { ...common, scope: [...verified.scopes].filter((scope) => client.scopes.includes(scope)).join(' '), sub: verified.sub })
  }
  const found = await store.reading.sessions.liveStateAskedBy(verified.sid, verified.jti, asking)
  if (!found) return unchecked(null)
  const { live, isCurrentClient } = found
  const active = refusalOfToken(live, verified) === null
  const permissions = api && { permissions: permissionsAtApi(api, live, verified.scopes), catalogue_revision: api.revision }
  return { answer: active ? { ...common, ...ofPerson(live), ...permissions, sid: verified.sid } : { active }, isCurrentClient }
}

/** A verifier caches the answer under its lease until `exp`, and drops it by the holder's epoch or the key's id (S59). */
async function introspectKey({ store, config }: EndpointOptions, token: string, api: Api | null): Promise<Record<string, unknown> | null> {
  const tokenHash = keyHash(token)
  const live = tokenHash && (await store.reading.apiKeys.live({ tokenHash }))
  if (!live || refusalOf(live, live.key)) return null
  const actor = actorOfKey(live)
  const permissions = api && permissionsAt(api, actor, actor.scope ?? new Set([EVERYTHING]))
  // A key works at the APIs that its scope names (P12).
  if (actor.scope && (permissions ?? [scopeOf(actor)]).join('') === '') return null
  return {
    active: true,
    token_type: 'Bearer',
    sub: holderOf(live.key).id,
    username: actor.kind === 'user' ? actor.username : actor.name,
    scope: actor.scope && permissions ? permissions.join(' ') : scopeOf(actor),
    iss: config.issuer,
    aud: api?.audience ?? config.audience,
    ...(api && { permissions, catalogue_revision: api.revision }),
    iat: seconds(live.key.createdAt),
    ...(live.key.expiresAt && { exp: seconds(live.key.expiresAt) }),
    key_id: live.key.id,
    epoch: live.key.epoch,
    org_id: actor.organization.id,
    org: actor.organization.name,
    ...roleClaims(actor),
  }
}

const ofPerson = (live: LiveState): Record<string, unknown> => ({
  sub: live.account.id,
  ...accessClaims(live),
})

/** The calling client, if it identifies itself. A wrong secret is refused. Without a secret, holding the token is enough (S48). */
async function callingClient(
  clients: Pick<KnownClients, 'find' | 'authenticate'>,
  request: FastifyRequest,
  fields: Record<string, string>,
): Promise<(RegisteredClient & { authenticated: boolean }) | null> {
  const basic = basicOf(request.headers.authorization)
  const id = basic?.id ?? fields.client_id
  if (id === undefined) return null
  const secret = basic?.secret || fields.client_secret // empty: see `namedByBasic`
  const client = isClientId(id) ? await clients.find(id) : null
  if (!client || client.removedAt) throw new OAuthError(401, 'invalid_client', 'There is no such client.')
  if (basic?.secret === '' && !client.public) throw new OAuthError(401, 'invalid_client', 'The client could not be authenticated.')
  const authenticated = secret !== undefined && clients.authenticate(client, secret)
  if (secret !== undefined && !authenticated) throw new OAuthError(401, 'invalid_client', 'The client could not be authenticated.')
  return { ...client, authenticated }
}

const MAY_NOT = 'The client may not introspect: it needs the scope introspect.'

/** A client with its secret or its own access token, and the scope `introspect` (S58). */
async function introspectorOf(
  { find, authenticate, accessTokens }: Pick<KnownClients, 'find' | 'authenticate'> & Pick<EndpointOptions, 'accessTokens'>,
  request: FastifyRequest,
  fields: Record<string, string>,
): Promise<RegisteredClient> {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer !== undefined) {
    const token = await verifiedOrNull(accessTokens, bearer)
    const client = token?.sid === null ? await find(token.clientId) : null
    if (!token || !client) throw new OAuthError(401, 'invalid_token', 'This requires the access token of a client.', 'Bearer error="invalid_token"')
    if (!token.scopes.has('introspect') || !client.scopes.includes('introspect'))
      throw new OAuthError(403, 'insufficient_scope', MAY_NOT, 'Bearer error="insufficient_scope", scope="introspect"')
    return client
  }
  const client = await callingClient({ find, authenticate }, request, fields)
  if (!client?.authenticated) throw new OAuthError(401, 'invalid_client', 'This requires a client with a secret.')
  if (!client.scopes.includes('introspect')) throw new OAuthError(403, 'insufficient_scope', MAY_NOT)
  return client
}

/** RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined. */
export function basicOf(header: string | undefined): { id: string; secret: string } | null {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return null
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':')
  try {
    const plain = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '))
    return { id: plain(id), secret: plain(rest.join(':')) }
  } catch {
    throw new OAuthError(401, 'invalid_client', 'The client could not be authenticated.')
  }
}

const fieldsOf = (body: unknown): Record<string, string> =>
  typeof body === 'object' && body !== null
    ? Object.fromEntries(Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== ''))
    : {}

const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000)
