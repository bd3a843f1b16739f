import { timingSafeEqual } from 'node:crypto'
import type { UserId } from '@muster/contract/ids.ts'
import type { MachineScope } from '@muster/contract/permissions.ts'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { actorOf, actorOfKey, clientsOnly, peopleOnly, requireClient } from '../domain/command/authorize.ts'
import { requirePolicy } from '../domain/command/factor-policy.ts'
import type { Limits } from '../domain/command/limits.ts'
import { recordRefusedAttempt } from '../domain/command/refused-attempts.ts'
import { refuse } from '../domain/command/refused-credential.ts'
import type { AccessTokens, VerifiedToken } from '../domain/credentials/access-token.ts'
import { holderOf, keyHash, looksLikeKey } from '../domain/credentials/api-key.ts'
import { operatorTokenHash } from '../domain/credentials/operator-token.ts'
import { isWorthNoting } from '../domain/credentials/session.ts'
import type { Actor, LiveKey, LiveState } from '../domain/model/live.ts'
import { type KeyPrincipal, type OperatorPrincipal, type Principal, ROOT, type UserPrincipal } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest, type SecretKeys } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'
import { browserSessions } from './browser-session.ts'
import { isSameOrigin } from './same-site.ts'

/**
 * The audience of a route. `actor`: a user, by session or key, or a service account. `user`: a user by session only. `account` includes accounts without a
 * username (S55).
 */
export type Audience = 'actor' | 'user' | 'account' | 'operator' | 'client'

declare module 'fastify' {
  interface FastifyInstance {
    /** Routes that hold a request authenticate it again before they answer. */
    authenticate: Authenticate
  }
  interface FastifyRequest {
    /** Set if the route has an audience. */
    principal: Principal
    /** Set for a session. */
    live: LiveState | null
    /** Set for a key. */
    liveKey: LiveKey | null
    /** Set on routes for actors and users. */
    actor: Actor | null
  }
  interface FastifyContextConfig {
    audience?: Audience
    /** Also accepts requests without a credential. A credential that is sent must be valid. */
    optional?: boolean
    /** Also accepts keys, on a route for accounts. */
    keys?: boolean
    /** Also accepts a member who has not proved what the policy of the organization requires (F13): to revoke their own access, and to leave. */
    beforePolicy?: boolean
    /** Also accepts tokens without the scope `api`. The route checks what they may do. */
    anyScope?: boolean
    /** Also accepts a client acting for itself with this scope (S58), on a route for the operator too. */
    clientScope?: MachineScope
  }
}

interface Options {
  config: Pick<Config, 'issuer' | 'secureCookies'>
  store: Store
  keys: SecretKeys
  limits: Limits
  accessTokens: Pick<AccessTokens, 'verifyAccessToken'>
  /** The root token. If it is null, only named tokens are accepted (O12). */
  operatorToken: string | null
}

type ClientPrincipal = Extract<Principal, { kind: 'client' }>

/** A person who acts in their organization, as far as its policy lets them (F13). Refresh tokens that do not rotate were checked when they were created. */
function memberOf(request: FastifyRequest, live: LiveState): Actor {
  const actor = actorOf(live)
  if (live.session.kind !== 'refresh' && !request.routeOptions.config.beforePolicy) requirePolicy(live)
  return actor
}

export type Authenticate = (request: FastifyRequest, audience: Audience) => Promise<void>

/** The actor comes from the credential, never from the request body or path. */
export function createAuthenticate({ config, store, keys, limits, accessTokens, operatorToken }: Options): Authenticate {
  const sessions = browserSessions({ config, store, keys })

  return async (request, audience) => {
    const bearer = bearerOf(request)
    if (audience === 'operator') {
      request.principal = (await clientForOperator(request, bearer)) ?? (await operator(request, bearer))
      return
    }
    if (bearer === null) {
      await byBrowser(request, audience)
      return
    }
    if (looksLikeKey(bearer)) {
      await byKey(request, bearer, audience)
      return
    }
    const token = await accessTokens.verifyAccessToken(bearer)
    request.origin.clientId = token.clientId
    if (token.sid === null) {
      request.principal = await client(request, token)
      return
    }
    request.origin.userId = token.sub as UserId
    if (!request.routeOptions.config.anyScope) requireApiScope(token)
    const principal: UserPrincipal = {
      kind: 'user',
      userId: token.sub as UserId,
      sessionId: token.sid,
      epoch: token.epoch,
      organizationId: token.organizationId,
      token: { jti: token.jti, expiresAt: token.expiresAt, scopes: token.scopes },
      origin: request.origin,
    }
    const live = await requireValid(await store.reading.sessions.liveState(principal.sessionId, token.jti), principal)
    if (live.account.id !== principal.userId) throw new Problem('invalid_token')
    if (audience === 'client') throw clientsOnly('The token belongs to a person.')
    if (audience === 'user' || audience === 'actor') principal.seen = request.actor = memberOf(request, live)
    request.principal = principal
    request.live = live
    if (isWorthNoting({ now: live.now, lastUsedAt: live.session.lastUsedAt })) {
      store.reading.sessions.touch(live.session.id, request.origin.address).catch((error: unknown) => request.log.warn({ err: error }, 'last use not noted'))
    }
  }

  /**
   * A browser session on Muster's own pages. Requests from other sites are refused, GETs too, because no link leads to the API (C08). Only this API accepts the
   * cookie; routes for older clients have GETs that change state (A18).
   */
  async function byBrowser(request: FastifyRequest, audience: Audience): Promise<void> {
    if (!request.routeOptions.url?.startsWith('/v1/') || !sessions.presented(request)) throw new Problem('authentication_required')
    if (!isSameOrigin(request.headers, config.issuer)) throw new Problem('cross_site_request')
    const live = await sessions.genuine(request)
    if (!live) throw new Problem('invalid_token')
    const { id: sessionId, userId, epoch, organizationId } = live.session
    const principal: UserPrincipal = { kind: 'user', userId, sessionId, epoch, organizationId, token: null, origin: request.origin }
    await requireValid(live, principal)
    if (audience === 'client') throw clientsOnly('You are signed in as a person.')
    if (audience === 'user' || audience === 'actor') principal.seen = request.actor = memberOf(request, live)
    request.principal = principal
    request.live = live
  }

  /** A key is refused for what it cannot do only after it has proved valid (S35). */
  async function byKey(request: FastifyRequest, bearer: string, audience: Audience): Promise<void> {
    const tokenHash = keyHash(bearer)
    const live = tokenHash && (await store.reading.apiKeys.live({ tokenHash }))
    if (!live) throw new Problem('invalid_token')
    const { key } = live
    const holder = holderOf(key)
    if (holder.kind === 'user') request.origin.userId = holder.id
    const principal: KeyPrincipal = {
      kind: 'key',
      keyId: key.id,
      holder,
      epoch: key.epoch,
      organizationId: key.organizationId,
      origin: request.origin,
    }
    await requireValid(live, principal)
    if (audience === 'client') throw clientsOnly('The key belongs to a person or a service account.')
    if (audience !== 'actor' && !request.routeOptions.config.keys) throw new Problem('session_required')
    principal.seen = request.actor = actorOfKey(live)
    request.principal = principal
    request.liveKey = live
    const { address } = request.origin
    if (isWorthNoting({ now: live.now, lastUsedAt: key.lastUsedAt })) {
      store.reading.apiKeys.touch(key.id, address).catch((error: unknown) => request.log.warn({ err: error }, 'last use not noted'))
    }
  }

  /** @throws Problem for the first reason that applies. The refusal of a genuine credential is recorded (S57). */
  async function requireValid<L extends LiveState | LiveKey>(live: L | null, principal: UserPrincipal | KeyPrincipal): Promise<L> {
    try {
      await refuse(store.reading, live, principal)
      return live as L
    } catch (error) {
      await recordRefusedAttempt({ store, limits }, principal, {}, error)
      throw error
    }
  }

  async function client(request: FastifyRequest, token: VerifiedToken): Promise<ClientPrincipal> {
    const { clientScope } = request.routeOptions.config
    if (!clientScope) throw peopleOnly()
    const { scopes } = await requireClient(store.reading, token, clientScope)
    return { kind: 'client', clientId: token.clientId, scopes, origin: request.origin }
  }

  /** On a route for the operator that a client may use. Null for every other credential, which must be the operator's. */
  async function clientForOperator(request: FastifyRequest, bearer: string | null): Promise<ClientPrincipal | null> {
    if (!request.routeOptions.config.clientScope || !bearer?.startsWith(JWT_START)) return null
    const token = await accessTokens.verifyAccessToken(bearer).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'invalid_token') return null
      throw error // an expired token
    })
    if (token === null || token.sid !== null) return null
    request.origin.clientId = token.clientId
    return client(request, token)
  }

  async function operator(request: FastifyRequest, bearer: string | null): Promise<OperatorPrincipal> {
    const { origin } = request
    // Digests have equal lengths, so the comparison reveals nothing about the token's length.
    const isRoot = operatorToken !== null && bearer !== null && timingSafeEqual(digest(bearer), digest(operatorToken))
    const tokenHash = isRoot || bearer === null ? null : operatorTokenHash(bearer)
    const token = tokenHash && (await store.reading.operatorTokens.valid(tokenHash))
    if (!isRoot && !token) {
      if (operatorToken === null && tokenHash === null) throw new Problem('operator_disabled')
      // Only wrong tokens are counted, because the operator may share an address with a stranger.
      await limits.spend('operator by address', origin.address)
      const isOnHold = tokenHash !== null && (await store.reading.operatorTokens.isResting(tokenHash))
      throw new Problem('operator_required', isOnHold ? ON_HOLD : undefined)
    }
    const name = token?.name ?? ROOT
    origin.operator = name
    if (token && isWorthNoting(token)) {
      store.reading.operatorTokens.touch(token.id, origin.address).catch((error: unknown) => request.log.warn({ err: error }, 'last use not noted'))
    }
    return { kind: 'operator', name, tokenId: token?.id ?? null, origin }
  }
}

/** Of a JSON object in base64url. */
const JWT_START = 'eyJ'

const ON_HOLD =
  'This server was restored from a backup. Named tokens from before the restore are on hold until the operator keeps them: muster server restore --keep-keys'

/** RFC 6750 section 2.1. A token in a query or a body is not accepted, because it would appear in logs. */
function bearerOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  if (authorization === undefined) return null
  const match = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)
  if (!match?.[1] || match[1].length > 8_192) throw new Problem('invalid_token')
  return match[1]
}

/** A login that only identifies a person does not allow acting as them. @throws Problem insufficient_scope */
export function requireApiScope({ scopes }: { scopes: ReadonlySet<string> }): void {
  if (!scopes.has('api')) throw new Problem('insufficient_scope', 'This requires a token with the scope "api".', { extensions: { scope: 'api' } })
}
