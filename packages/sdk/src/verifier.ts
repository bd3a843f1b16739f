import { catalogueByRevocations, mayHaveNewEpoch, refusalByRevocations, roleByRevocations } from '@muster/contract/revocation.ts'
import { type AccessTokenReader, createAccessTokenReader } from './access-token.ts'
import { createApiKeys, looksLikeKey } from './api-keys.ts'
import { type Claims, type ClientClaims, claimsOf, lacksPermissions, type MemberClaims, type TokenClaims, withCan } from './claims.ts'
import { type Clock, systemClock, TOLERANCE_SECONDS } from './clock.ts'
import { faultOfAudiences, faultOfOptions } from './configuration.ts'
import { digest } from './digest.ts'
import { TokenRefused, VerifierUnavailable } from './errors.ts'
import { createIssuer, type IssuerOptions } from './issuer.ts'
import { createKeys } from './jwks.ts'
import { createLease } from './lease.ts'
import { type ProtectedResource, protectedResource } from './protected-resource.ts'
import { createReceiver } from './receiver.ts'
import { Revocations } from './revocations.ts'
import { createRoles } from './roles.ts'
import { createWarnings } from './warnings.ts'

export interface VerifierOptions extends IssuerOptions {
  /**
   * The `aud` that tokens must carry: the audience of this API, if the operator has named it (`muster server api list`), and otherwise that of Muster: the
   * issuer's address by default, or `MUSTER_AUDIENCE`.
   */
  audience?: string | undefined
  /**
   * Further audiences that tokens may carry: Muster's own, if the manifest lets this API accept it (`accept_default_audience`). Such a token works at Muster's own API too.
   */
  otherAudiences?: readonly string[] | undefined
  /**
   * Seconds for which this process decides from memory after the issuer was last reached: 10 to 300, 30 by default. A longer lease outlasts a longer outage of
   * the issuer; a shorter one bounds how long a revocation can go unnoticed while the network is down.
   */
  lease?: number | undefined
  /**
   * The behaviour after the lease has expired: `introspect` (default) introspects each credential, `refuse` answers 503. Neither accepts a credential while
   * the issuer is down.
   */
  onStale?: 'introspect' | 'refuse' | undefined
  /**
   * The scope that a person's token must carry: `api` by default, the right to act as that person; `null` requires none. For an API with permissions the
   * default is none, because the permissions decide, and `protect` without a permission requires `api`. A scope that is set decides there too.
   */
  scope?: string | null | undefined
  /** True to also accept clients' own tokens (client credentials). These tokens expire within an hour, and are refused once the client is removed. */
  clients?: boolean | undefined
  /** The name of this process for admins, shown when a revocation waits for the process: `billing-7`, for example. */
  description?: string | undefined
  /** How many verified tokens are remembered: 20,000 by default, about 1 kB each. */
  remember?: number | undefined
  /**
   * Receives every fault in the background, which the verifier retries in any case, and every fault that kept a credential from being accepted or refused. By
   * default, faults are printed with `console.warn`, the same one at most once a minute.
   */
  onError?: ((error: unknown) => void) | undefined
  /** The wall clock and the steady clock; the process's own by default. Tests replace them. */
  clock?: Clock | undefined
}

export interface Verifier<Caller extends Claims = MemberClaims> {
  /**
   * Resolves when credentials can be checked.
   * @param seconds to wait for an issuer that does not answer; 30 by default
   * @throws VerifierUnavailable at once when issuer, host, client, secret, scopes or audience are wrong, with what to do; after `seconds` when the issuer does not answer
   */
  ready(seconds?: number): Promise<void>
  /**
   * Checks a credential and returns its holder. Access tokens need no request: signature, time and revocations are checked here. An API key is
   * introspected once.
   * @throws TokenRefused when the credential is not valid
   * @throws VerifierUnavailable when the verifier cannot determine that
   */
  verify(token: string): Promise<Caller>
  /** This API as a protected resource (RFC 9728). */
  readonly resource: ProtectedResource
  /** The option `scope`, if it was set. */
  readonly scope?: string | null | undefined
  /** True while the lease is valid, so decisions are made from memory. */
  isCurrent(): boolean
  /** For a health page: how many revocations and tokens are kept. */
  sizes(): { revocations: number; tokens: number }
  /** Closes the stream, so that no revocation waits for this process. */
  close(): Promise<void>
}

/** Of one caller's role, within one request. */
const CHANGES_MOST = 5

/** One verifier serves a whole process. It connects at once and reconnects by itself; wait for `ready()` before serving requests. */
export function createVerifier(options: VerifierOptions & { clients: true }): Verifier<Claims>
export function createVerifier(options: VerifierOptions): Verifier
export function createVerifier(options: VerifierOptions): Verifier<Claims> {
  const { lease: seconds = 30, onStale = 'introspect', scope, clients = false, remember = 20_000, description = null, clock = systemClock } = options
  const lease = createLease(seconds, clock)
  if (!Number.isInteger(remember) || remember < 1) throw new RangeError('remember: a whole number, at least 1.')
  if (onStale !== 'introspect' && onStale !== 'refuse') throw new RangeError("onStale: 'introspect' or 'refuse'.")
  const fault = faultOfOptions(options)
  if (fault) return misconfigured(fault, options.issuer, options.onError ?? createWarnings(clock))
  // For an `audience` alone, nothing says yet whether it has permissions: it may be `MUSTER_AUDIENCE`. An introspection that is refused names the scope.
  const needsIntrospection = onStale === 'introspect' || (options.otherAudiences ?? []).length > 0
  const scopes = needsIntrospection ? ['signals', 'introspect'] : ['signals']
  const issuer = createIssuer(options, scopes, clock)
  const audience = options.audience ?? issuer.url
  const accepted = { issuer: issuer.url, audience, otherAudiences: options.otherAudiences }
  const keys = createKeys({ issuer, clock })
  const revocations = new Revocations()
  const report = options.onError ?? createWarnings(clock)
  const onError = (error: unknown): void => {
    try {
      report(error)
    } catch {
      // A log that fails must not refuse a request.
    }
  }
  const roles = createRoles({ issuer })
  const onLost = (): void => {
    apiKeys.forget()
    roles.forget()
  }
  const faultOfStream = (stream: Record<string, unknown>) => faultOfAudiences(stream, accepted, { issuer: issuer.url, clientId: issuer.clientId, scopes })
  const receiver = createReceiver({ issuer, keys, revocations, lease, description, clock, faultOfStream, onLost, onError })
  const accessTokens: AccessTokenReader = createAccessTokenReader({ keys, ...accepted, clock })
  const apiKeys = createApiKeys({ issuer, accepted, clock, most: remember })
  /** Verified tokens, without a decision about them. The bound keeps memory constant during a flood (E20). */
  const remembered = new Map<string, TokenClaims>()
  let withdrawals = 0
  keys.onRemoved(() => {
    withdrawals += 1
    remembered.clear()
  })
  let closed = false

  const requireTime = ({ expiresAt }: TokenClaims): void => {
    if (expiresAt !== null && (expiresAt + TOLERANCE_SECONDS) * 1_000 <= clock.wall()) throw new TokenRefused('token_expired')
  }

  /** Checks everything that may change between two requests, in the order of S36. */
  const admit = (claims: TokenClaims, isCurrent: boolean): Claims => {
    requireTime(claims)
    const refusal = refusalByRevocations(revocations, claims, isCurrent)
    if (refusal) throw new TokenRefused(refusal.code, refusal.detail, refusal.extensions)
    if (claims.kind === 'client') {
      if (!clients) throw new TokenRefused('forbidden', 'Only people can do this. The token belongs to a client.')
      return claims as ClientClaims
    }
    if (claims.organizationId === null) throw new TokenRefused('user_not_registered')
    if (claims.organization === null || claims.role === null) throw new TokenRefused('invalid_token') // The issuer sends both with every organization.
    // Until the permissions have been introspected, it is open whether they decide.
    const byPermissions = claims.permissions !== null || lacksPermissions(claims)
    const needed = scope === undefined ? (byPermissions ? null : 'api') : scope
    if (needed !== null && !claims.scopes.has(needed))
      throw new TokenRefused('insufficient_scope', `This requires a token with the scope "${needed}".`, { scope: needed })
    const member = claims as MemberClaims
    // With permissions, the claims are as new as the roles in memory (`upToDate`). An introspection is newer.
    if (!isCurrent || claims.permissions !== null) return member
    const { role, roleId, roleRevision } = roleByRevocations(revocations, claims)
    if (role === member.role && roleId === member.roleId && roleRevision === member.roleRevision) return member
    return withCan<MemberClaims>({ ...member, role: role as string, roleId, roleRevision })
  }

  const readToken = async (token: string, print: string): Promise<TokenClaims> => {
    const known = remembered.get(print)
    if (known) return known
    const before = withdrawals
    const claims = await accessTokens.read(token)
    requireTime(claims)
    // The signing key may have been withdrawn during the check.
    if (withdrawals !== before) return accessTokens.read(token)
    if (remembered.size >= remember) remembered.delete(remembered.keys().next().value as string)
    remembered.set(print, claims)
    return claims
  }

  const slowly = async (token: string, print: string): Promise<Claims> => {
    try {
      return await found(token, print)
    } catch (error) {
      if (error instanceof VerifierUnavailable) onError(error)
      throw error
    }
  }

  const found = async (token: string, print: string): Promise<Claims> => {
    if (closed) throw new VerifierUnavailable('closed', 'This verifier was closed.')
    const isKey = looksLikeKey(token)
    if (isKey && onStale === 'refuse') requireCurrent()
    let claims = isKey ? await apiKeys.read(token, print, receiver.isCurrent) : await readToken(token, print)
    if (receiver.isCurrent()) claims = await upToDate(token, print, claims)
    // Checked after every wait, so that a revocation in the meantime counts.
    const isUnclear = revocations.areUnknownFor(claims)
    if (receiver.isCurrent() && !isUnclear) return admit(claims, true)
    // A known revocation refuses the credential without a request.
    const admitted = admit(claims, false)
    if (onStale === 'refuse') {
      requireCurrent()
      throw new VerifierUnavailable('issuer', 'A revocation of a kind that this version does not know names the credential. Update @muster/sdk.')
    }
    // The key was introspected a moment ago.
    return isKey && !isUnclear ? admitted : admit(await asked(token, claims), false)
  }

  const asked = async (token: string, claims: TokenClaims): Promise<TokenClaims> => {
    const answer = await issuer.introspect(token)
    const now = answer && claimsOf(answer, accepted)
    if (now?.sub !== claims.sub && now) throw new VerifierUnavailable('issuer', 'The issuer answered about somebody else.')
    if (!now) throw (await issuer.whyNot(token)) ?? new TokenRefused('token_revoked')
    return now
  }

  /** Why the permissions are not those of the role now: the caller has another role, or it was edited. Null: they are. */
  const outdatedBy = (claims: TokenClaims): 'assignment' | 'edit' | null => {
    if (lacksPermissions(claims) || mayHaveNewEpoch(revocations, claims)) return 'assignment'
    if (claims.permissions === null) return null
    const { role, roleId, roleRevision } = roleByRevocations(revocations, claims)
    if (role !== claims.role || roleId !== claims.roleId || isOfEarlierCatalogue(claims)) return 'assignment'
    return roleRevision === claims.roleRevision ? null : 'edit'
  }

  /** The permissions or the grants of the API have changed since. An issuer of an earlier version introspects without a revision. */
  const isOfEarlierCatalogue = ({ keyId, catalogueRevision }: TokenClaims): boolean =>
    (catalogueRevision ?? (keyId === null ? 0 : Number.POSITIVE_INFINITY)) < (catalogueByRevocations(revocations, audience) ?? 0)

  const latestRights = (claims: TokenClaims): string => {
    const { role, roleId, roleRevision } = roleByRevocations(revocations, claims)
    return `${role} ${roleId} ${roleRevision} ${catalogueByRevocations(revocations, audience)}`
  }

  /** Repeated if the role changes again during the wait. A refused credential is not introspected. */
  const upToDate = async (token: string, print: string, claims: TokenClaims): Promise<TokenClaims> => {
    for (let changes = 0; changes < CHANGES_MOST; changes++) {
      const reason = outdatedBy(claims)
      if (reason === null || !receiver.isCurrent()) return claims
      if (!mayHaveNewEpoch(revocations, claims)) admit(claims, true)
      const before = latestRights(claims)
      // The scope of a key, as introspected, has only what the role allowed then. So a definition does not say what a key may do after an edit.
      if (reason === 'edit' && claims.keyId === null) claims = await redefined(token, print, claims)
      else {
        const renewed = await introspected(token, print, claims)
        // It may be newer than the roles in memory.
        if (latestRights(claims) === before && outdatedBy(renewed) !== 'edit') return renewed
        claims = renewed
      }
    }
    throw new VerifierUnavailable('issuer', 'The role of the caller changes faster than it can be read.')
  }

  /** Introspected once, for all later uses. */
  const introspected = async (token: string, print: string, claims: TokenClaims): Promise<TokenClaims> => {
    if (claims.keyId !== null) {
      apiKeys.forgetOne(print)
      return apiKeys.read(token, print, receiver.isCurrent)
    }
    const before = withdrawals
    const { catalogueRevision, ...answer } = await asked(token, claims)
    const now = withCan<TokenClaims>({ ...answer, catalogueRevision: catalogueRevision ?? Number.POSITIVE_INFINITY, issuedAt: claims.issuedAt })
    if (withdrawals === before && remembered.has(print)) remembered.set(print, now)
    return now
  }

  /** What the role allows after an edit, as far as the scope goes. One request for all tokens of the role. */
  const redefined = async (token: string, print: string, claims: TokenClaims): Promise<TokenClaims> => {
    const before = withdrawals
    const { roleId, roleRevision } = roleByRevocations(revocations, claims)
    const { revision, permissions } = await roles.definitionOf(roleId as string, roleRevision as number)
    // The signing key may have been withdrawn during the wait.
    if (withdrawals !== before) return accessTokens.read(token)
    const allowed = permissions.filter((name) => claims.scopes.has('api') || claims.scopes.has(name))
    const now = withCan<TokenClaims>({ ...claims, roleRevision: revision, permissions: new Set(allowed) })
    if (remembered.has(print)) remembered.set(print, now)
    return now
  }

  const requireCurrent = (): void => {
    if (!receiver.isCurrent()) throw new VerifierUnavailable('stale', `Nothing was heard from ${issuer.url} for ${lease.seconds} s.`)
  }

  const later = async (token: string, print: Promise<string>): Promise<Claims> => slowly(token, await print)

  return {
    resource: protectedResource(accepted),
    scope,
    ready: (seconds = 30) => receiver.ready(seconds),
    isCurrent: receiver.isCurrent,
    verify(token) {
      if (typeof token !== 'string') return Promise.reject(new TokenRefused('authentication_required'))
      const print = digest(token)
      if (typeof print !== 'string') return later(token, print)
      const known = remembered.get(print)
      if (!known || !receiver.isCurrent() || outdatedBy(known) !== null || revocations.areUnknownFor(known)) return slowly(token, print)
      try {
        return Promise.resolve(admit(known, true))
      } catch (error) {
        return Promise.reject(error)
      }
    },
    sizes: () => ({ revocations: revocations.size, tokens: remembered.size }),
    async close() {
      closed = true
      remembered.clear()
      await receiver.close()
    },
  }
}

/** A verifier whose options cannot work: it sends no request and accepts no token. */
function misconfigured(fault: VerifierUnavailable, issuer: unknown, report: (error: unknown) => void): Verifier<Claims> {
  report(fault)
  return {
    ready: () => Promise.reject(fault),
    verify: () => Promise.reject(fault),
    resource: protectedResource({ issuer: String(issuer), audience: '' }),
    isCurrent: () => false,
    sizes: () => ({ revocations: 0, tokens: 0 }),
    close: async () => {},
  }
}
