import { parse } from 'node:querystring'
import type { UserId } from '@muster/contract/ids.ts'
import { builtInRoles, isAtLeast, isRole, type Role, roles } from '@muster/contract/permissions.ts'
import { type KnownRevocations, type RevocableCredential, refusalByRevocations, roleByRevocations } from '@muster/contract/revocation.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { scopeAtApis } from '../domain/apis/scope-at-apis.ts'
import { actorOfKey, peopleOnly, scopeOf } from '../domain/command/authorize.ts'
import { refuse, requireStanding } from '../domain/command/refused-credential.ts'
import { type AccessTokens, foreignToken, type VerifiedToken } from '../domain/credentials/access-token.ts'
import { holderOf, keyHash, looksLikeKey } from '../domain/credentials/api-key.ts'
import { isWorthNoting } from '../domain/credentials/session.ts'
import { Problem } from '../domain/model/problem.ts'
import type { Store } from '../domain/store.ts'
import type { RawAnswer, RawRequest } from '../http/front/raw-routes.ts'
import { answers } from '../http/schemas.ts'

interface Options {
  /** Muster's own. */
  audience: string
  store: Store
  accessTokens: Pick<AccessTokens, 'verifyAccessToken'>
  known: KnownRevocations
  /** True while decisions may be made from memory. Otherwise the database decides. */
  isCurrent(): Promise<boolean>
}

const identitySchema = z
  .object({
    user: z.string().nullable(),
    service_account: z.string().nullable(),
    organization: z.string().nullable(),
    organization_name: z.string().nullable(),
    role: z.enum(roles).nullable(),
    session: z.string().nullable(),
    client: z.string().nullable(),
    scope: z.string().nullable(),
  })
  .meta({
    id: 'Identity',
    description: 'The headers `X-Muster-User`, `X-Muster-Organization`, … carry the same values. All of them are always present; a missing value is empty.',
  })

type Identity = z.infer<typeof identitySchema>

const querySchema = z.strictObject({
  organization: z.string().min(1).max(60).optional().meta({ description: 'Only members of this organization pass. Its name or id.' }),
  role: z
    .enum([...builtInRoles, 'any'])
    .optional()
    .meta({
      description:
        'Only people with this role pass. Defaults to `member`. An admin also has the rights of a member, and a member those of a viewer. With `any`, people with a custom role pass too, and the service decides by `X-Muster-Role`.',
    }),
  scope: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/)
    .optional()
    .meta({
      description: 'The scope that the token must have, or a permission that the scope of a key must name. Defaults to `api`, the right to act as the person.',
    }),
  clients: z.enum(['true', 'false']).optional().meta({ description: "`true` also lets clients' own tokens pass." }),
})

type Query = z.infer<typeof querySchema>

type Caller = Pick<RawRequest, 'headers' | 'origin'>

/** For gateways that check each request: nginx `auth_request`, Caddy `forward_auth`, Traefik `ForwardAuth`. */
export const forwardAuthRoutes: FastifyPluginAsyncZod<Options> = async (app, { audience, store, accessTokens, known, isCurrent }) => {
  /** By name. An organization keeps its names for ever (S42), so they can be cached. */
  const organizations = new Map<string, string>()
  const queries = new Map<string, Query | null>()

  app.get(
    '/v1/forward-auth',
    {
      config: { raw },
      schema: {
        operationId: 'checkRequest',
        tags: ['Account'],
        summary: 'Authorize request',
        description: 'For gateways that ask about each request (forward auth). Returns 200 and the identity of the caller, or 401 or 403 with the reason.',
        querystring: querySchema,
        response: answers(identitySchema),
      },
    },
    async (request, reply) => {
      const identity = await check(request, request.query)
      reply.headers(headersOf(identity))
      return identity
    },
  )

  async function raw(request: RawRequest): Promise<RawAnswer | null> {
    const query = queryOf(request.query)
    if (query === null) return null // the route lists the errors
    const identity = await check(request, query)
    return { body: JSON.stringify(identity), headers: headersOf(identity) }
  }

  /** A gateway asks with the same few queries again and again. Null if the query is not valid. */
  function queryOf(text: string): Query | null {
    const kept = queries.get(text)
    if (kept !== undefined) return kept
    const { data = null } = querySchema.safeParse(parse(text))
    if (data === null || text.length > 300) return data // from a stranger, who could fill the memory
    if (queries.size >= 1_000) queries.clear()
    queries.set(text, data)
    return data
  }

  async function check(request: Caller, query: Query): Promise<Identity> {
    const identity = await identityOf(request)
    requireScope(identity, query)
    await requireMembership(identity, query)
    return identity
  }

  async function identityOf(request: Caller): Promise<Identity> {
    const { authorization } = request.headers
    if (authorization === undefined) throw new Problem('authentication_required')
    const bearer = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)?.[1]
    if (bearer === undefined) throw new Problem('invalid_token')
    if (looksLikeKey(bearer)) return ofKey(request, bearer)
    const token = await accessTokens.verifyAccessToken(bearer, { anyAudience: true })
    request.origin.clientId = token.clientId
    if (token.audience !== audience) return refuseForeign(request, token)
    return token.sid === null ? ofClient(token) : ofPerson(request, token)
  }

  /** Decided from memory, without a query. A refusal is looked up, because the database knows the newest details (S35). */
  async function ofPerson(request: Caller, token: VerifiedToken): Promise<Identity> {
    request.origin.userId = token.sub as UserId
    const fromMemory = await isCurrent()
    const refusal = fromMemory ? refusalByRevocations(known, credentialOf(token), true) : null
    let role = fromMemory ? knownRoleOf(token) : token.role
    if (!fromMemory || refusal) {
      try {
        const live = await requireStanding(store.reading, principalOf(request, token))
        role = live.membership?.role ?? null
      } catch (error) {
        if (error instanceof Problem || !refusal) throw error
      }
      if (refusal) throw new Problem(refusal.code, refusal.detail, { extensions: refusal.extensions ?? {} })
    }
    return {
      ...nobody,
      user: token.sub,
      organization: token.organizationId,
      organization_name: token.organizationName,
      role,
      session: token.sid,
      client: token.clientId,
      scope: [...token.scopes].join(' '),
    }
  }

  function knownRoleOf(token: VerifiedToken): Role | null {
    const { role } = roleByRevocations(known, token)
    return isRole(role) ? role : null
  }

  /** A token for an API of the platform. The API asks here why introspection calls the token inactive. */
  async function refuseForeign(request: Caller, token: VerifiedToken): Promise<never> {
    if (token.sid !== null) await requireStanding(store.reading, principalOf(request, token))
    throw foreignToken()
  }

  async function ofKey(request: Caller, bearer: string): Promise<Identity> {
    const tokenHash = keyHash(bearer)
    const live = tokenHash && (await store.reading.apiKeys.live({ tokenHash }))
    if (!live) throw new Problem('invalid_token')
    const holder = holderOf(live.key)
    if (holder.kind === 'user') request.origin.userId = holder.id
    await refuse(store.reading, live, live.key)
    const actor = actorOfKey(live)
    const { key, now } = live
    if (isWorthNoting({ now, lastUsedAt: key.lastUsedAt })) {
      store.reading.apiKeys
        .touch(key.id, request.origin.address)
        .catch((error: unknown) => app.log.warn({ err: error, reqId: request.origin.requestId }, 'the last use of a key could not be recorded'))
    }
    const { organization } = actor
    return {
      ...nobody,
      ...(actor.kind === 'user' ? { user: actor.id } : { service_account: actor.id }),
      organization: organization.id,
      organization_name: organization.name,
      role: actor.role,
      scope: [scopeOf(actor), ...(await scopeAtApis(store.reading, actor))].filter(Boolean).join(' '),
    }
  }

  async function ofClient(token: VerifiedToken): Promise<Identity> {
    const client = await store.reading.clients.find(token.clientId)
    if (!client || client.removedAt) throw new Problem('token_revoked', 'This client is no longer registered.')
    return { ...nobody, client: token.clientId, scope: [...token.scopes].filter((scope) => client.scopes.includes(scope)).join(' ') }
  }

  /** The same rule as in Muster's API and the SDK: a login without the scope `api` only identifies the person. */
  function requireScope({ user, service_account: account, scope: given }: Identity, { scope, clients }: Query): void {
    const isClient = user === null && account === null
    if (isClient && clients !== 'true') throw peopleOnly()
    const needed = scope ?? (isClient ? null : 'api')
    if (needed !== null && !given?.split(' ').includes(needed))
      throw new Problem('insufficient_scope', `This requires a token with the scope "${needed}".`, { extensions: { scope: needed } })
  }

  async function requireMembership(identity: Identity, { organization, role }: Query): Promise<void> {
    if (identity.user !== null && identity.organization === null) throw new Problem('user_not_registered') // S56
    const isClient = identity.user === null && identity.service_account === null
    if (isClient && organization === undefined && role === undefined) return
    if (identity.organization === null) throw new Problem('forbidden')
    if (organization !== undefined && (await idOf(organization)) !== identity.organization)
      throw new Problem('forbidden', `Only members of ${organization} can do this.`)
    // A gateway from before there were viewers and custom roles admits none of them.
    const least = role ?? 'member'
    if (least !== 'any' && !isAtLeast(identity.role, least)) throw new Problem('forbidden', `This requires the role ${least}.`)
  }

  async function idOf(reference: string): Promise<string | null> {
    if (reference.startsWith('org_')) return reference
    const kept = organizations.get(reference)
    if (kept !== undefined) return kept
    const found = await store.reading.organizations.find(reference)
    if (!found) return null
    if (organizations.size >= 1_000) organizations.clear()
    organizations.set(reference, found.organization.id)
    return found.organization.id
  }
}

const nobody: Identity = {
  user: null,
  service_account: null,
  organization: null,
  organization_name: null,
  role: null,
  session: null,
  client: null,
  scope: null,
}

const headerNames = (Object.keys(nobody) as (keyof Identity)[]).map((field) => [`x-muster-${field.replaceAll('_', '-')}`, field] as const)

function headersOf(identity: Identity): Record<string, string> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' }
  for (const [name, field] of headerNames) headers[name] = identity[field] ?? ''
  return headers
}

const credentialOf = (token: VerifiedToken): RevocableCredential => ({
  sub: token.sub,
  epoch: token.epoch,
  organizationId: token.organizationId,
  organization: token.organizationName,
  sessionId: token.sid,
  keyId: null,
  tokenId: token.jti,
  clientId: token.clientId,
  issuedAt: token.issuedAt,
  signingKeyId: token.kid,
})

const principalOf = ({ origin }: Caller, token: VerifiedToken) => ({
  kind: 'user' as const,
  userId: token.sub as UserId,
  sessionId: token.sid as NonNullable<VerifiedToken['sid']>,
  epoch: token.epoch,
  organizationId: token.organizationId,
  token: { jti: token.jti, expiresAt: token.expiresAt, scopes: token.scopes },
  origin,
})
