import { timingSafeEqual } from 'node:crypto'
import type { UserId } from '@muster/contract/ids.ts'
import type { MachineScope } from '@muster/contract/permissions.ts'
import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { actorOf, actorOfKey, refuse, requireClient } from '../domain/command/authorize.ts'
import type { Limits } from '../domain/command/limits.ts'
import { recordRefusedAttempt } from '../domain/command/refused-attempts.ts'
import type { AccessTokens } from '../domain/credentials/access-token.ts'
import { holderOf, keyHash, looksLikeKey } from '../domain/credentials/api-key.ts'
import { isWorthNoting } from '../domain/credentials/session.ts'
import type { Actor, LiveKey, LiveState } from '../domain/model/live.ts'
import type { KeyPrincipal, Principal, UserPrincipal } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest, type SecretKeys } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'
import { browserSessions } from './browser-session.ts'
import { isSameOrigin } from './same-site.ts'

/**
 * Who a route is for. `actor`: whoever acts in an organization, a person by session or key, or a service account. `user`: a person at hand, by
 * a session. `account` includes those who have no username yet (S55).
 */
export type Audience = 'actor' | 'user' | 'account' | 'operator' | 'client'

declare module 'fastify' {
  interface FastifyRequest {
    /** Set where a route says who it is for. */
    principal: Principal
    /** Of a session. */
    live: LiveState | null
    /** Of a key. */
    liveKey: LiveKey | null
    /** Set on routes for actors and users. */
    actor: Actor | null
  }
  interface FastifyContextConfig {
    audience?: Audience
    /** Open to those without a credential too; one that is sent must be good. */
    optional?: boolean
    /** Keys too, on a route that is for accounts: who they act as. */
    keys?: boolean
    /** Tokens without the scope `api` too; the route looks at what they may. */
    anyScope?: boolean
    /** Beside those it is for, a client acting for itself with this scope (S58). */
    clientScope?: MachineScope
  }
}

interface Options {
  config: Pick<Config, 'issuer' | 'secureCookies'>
  store: Store
  keys: SecretKeys
  limits: Limits
  accessTokens: Pick<AccessTokens, 'verifyAccessToken'>
  /** Null: operator routes are off. */
  operatorToken: string | null
}

export type Authenticate = (request: FastifyRequest, audience: Audience) => Promise<void>

/** The actor comes from the credential, never from the request's own words. */
export function createAuthenticate({ config, store, keys, limits, accessTokens, operatorToken }: Options): Authenticate {
  const sessions = browserSessions({ config, store, keys })

  return async (request, audience) => {
    const bearer = bearerOf(request)
    if (audience === 'operator') {
      request.principal = await operator(request, bearer)
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
    if (token.sid === null) {
      const { clientScope } = request.routeOptions.config
      if (!clientScope) throw new Problem('forbidden', 'Only people can do this. The token belongs to a client.')
      await requireClient(store.reading, token, clientScope)
      request.principal = { kind: 'client', clientId: token.clientId, scopes: token.scopes, origin: request.origin }
      return
    }
    if (audience === 'client') throw new Problem('forbidden', 'Only clients can do this. The token belongs to a person.')
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
    if (audience === 'user' || audience === 'actor') request.actor = actorOf(live)
    request.principal = principal
    request.live = live
    if (isWorthNoting({ now: live.now, lastUsedAt: live.session.lastUsedAt })) {
      store.reading.sessions.touch(live.session.id, request.origin.address).catch((error: unknown) => request.log.warn({ err: error }, 'last use not noted'))
    }
  }

  /**
   * The person's own browser on our own pages. What another site has it send counts for nothing, GETs too: none of it is a page that one is
   * led to (C08). Only this API takes the cookie; what older clients call has GETs that make things (A18).
   */
  async function byBrowser(request: FastifyRequest, audience: Audience): Promise<void> {
    if (!request.routeOptions.url?.startsWith('/v1/') || !sessions.presented(request)) throw new Problem('authentication_required')
    if (!isSameOrigin(request.headers, config.issuer)) throw new Problem('cross_site_request')
    if (audience === 'client') throw new Problem('forbidden', 'Only clients can do this. You are signed in as a person.')
    const live = await sessions.genuine(request)
    if (!live) throw new Problem('invalid_token')
    const { id: sessionId, userId, epoch, organizationId } = live.session
    const principal: UserPrincipal = { kind: 'user', userId, sessionId, epoch, organizationId, token: null, origin: request.origin }
    await requireValid(live, principal)
    if (audience === 'user' || audience === 'actor') request.actor = actorOf(live)
    request.principal = principal
    request.live = live
  }

  /** What a key cannot do is told after the key has proved good (S35). */
  async function byKey(request: FastifyRequest, bearer: string, audience: Audience): Promise<void> {
    const tokenHash = keyHash(bearer)
    const live = tokenHash && (await store.reading.apiKeys.live({ tokenHash }))
    if (!live) throw new Problem('invalid_token')
    const { key } = live
    const principal: KeyPrincipal = {
      kind: 'key',
      keyId: key.id,
      holder: holderOf(key),
      epoch: key.epoch,
      organizationId: key.organizationId,
      origin: request.origin,
    }
    await requireValid(live, principal)
    if (audience === 'client') throw new Problem('forbidden', 'Only clients can do this. The key belongs to a person or a service account.')
    if (audience !== 'actor' && !request.routeOptions.config.keys) throw new Problem('session_required')
    request.actor = actorOfKey(live)
    request.principal = principal
    request.liveKey = live
    const { address } = request.origin
    if (isWorthNoting({ now: live.now, lastUsedAt: key.lastUsedAt })) {
      store.reading.apiKeys.touch(key.id, address).catch((error: unknown) => request.log.warn({ err: error }, 'last use not noted'))
    }
  }

  /** @throws Problem for the first reason against it; who is kept out with a genuine credential is told of in the record (S57) */
  async function requireValid<L extends LiveState | LiveKey>(live: L | null, principal: UserPrincipal | KeyPrincipal): Promise<L> {
    try {
      await refuse(store.reading, live, principal)
      return live as L
    } catch (error) {
      await recordRefusedAttempt({ store, limits }, principal, {}, error)
      throw error
    }
  }

  async function operator(request: FastifyRequest, bearer: string | null): Promise<Principal> {
    if (operatorToken === null) throw new Problem('operator_disabled')
    // Digests have one length, so the comparison tells nothing of the token's. Only wrong tokens are counted: the operator may share an address with a stranger.
    if (bearer === null || !timingSafeEqual(digest(bearer), digest(operatorToken))) {
      await limits.spend('operator by address', request.origin.address)
      throw new Problem('operator_required')
    }
    return { kind: 'operator', origin: request.origin }
  }
}

/** RFC 6750 section 2.1; a token in a query or a body is not taken, it would end up in logs. */
function bearerOf(request: FastifyRequest): string | null {
  const { authorization } = request.headers
  if (authorization === undefined) return null
  const match = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)
  if (!match?.[1] || match[1].length > 8_192) throw new Problem('invalid_token')
  return match[1]
}

/** A login that was only to say who somebody is lets nobody act as them. @throws Problem insufficient_scope */
export function requireApiScope({ scopes }: { scopes: ReadonlySet<string> }): void {
  if (!scopes.has('api')) throw new Problem('insufficient_scope', 'This requires a token with the scope "api".', { extensions: { scope: 'api' } })
}
