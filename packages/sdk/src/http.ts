import { isAtLeast } from '@muster/contract/permissions.ts'
import type { Claims, MemberClaims } from './claims.ts'
import { type RefusalCode, refusals, TokenRefused, VerifierUnavailable } from './errors.ts'
import { type RecentSignIn, requireRecentSignIn } from './recent-sign-in.ts'
import type { Verifier } from './verifier.ts'

export interface Requirements {
  /**
   * `admin` admits admins only, `member` also members, and `viewer` also viewers; `null` admits every role, and the handler decides. Without it and without
   * the name of a `permission`, it is `member`: custom roles and viewers may do less.
   */
  role?: 'admin' | 'member' | 'viewer' | null | undefined
  /** The permission that the caller needs, such as `apps:deploy`. `null`: the handler decides by `caller.can(…)`, also about viewers and custom roles with `role: null`. Without it, a token for an API needs the scope `api`, or the `scope` of the verifier. */
  permission?: string | null | undefined
  /** The id (`org_…`) of the organization the caller must belong to. Names are for display only. */
  organization?: string | undefined
  /** Refuses a person who has not proved who they are for a while, with RFC 9470's challenge. `{}` for the defaults. */
  recent?: RecentSignIn | undefined
}

/** A response, independent of any framework. */
export interface Refusal {
  status: number
  headers: Record<string, string>
  body: Record<string, unknown>
}

/**
 * Checks the `Authorization` header. A token in a query or a body is not accepted, because such a token would end up in logs (RFC 6750 section 2).
 * @throws TokenRefused, VerifierUnavailable
 */
export async function authenticate<Caller extends Claims>(
  verifier: Pick<Verifier<Caller>, 'verify' | 'scope'>,
  authorization: string | undefined,
  requirements: Requirements = {},
): Promise<Caller> {
  if (authorization === undefined) throw new TokenRefused('authentication_required')
  const bearer = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization)?.[1]
  if (bearer === undefined) throw new TokenRefused('invalid_token')
  const claims = await verifier.verify(bearer)
  requireMembership(claims, requirements)
  if (typeof requirements.permission === 'string') requirePermission(claims, requirements.permission)
  else if (requirements.permission === undefined && claims.permissions) requireEverything(claims, verifier.scope)
  if (requirements.recent) requireRecentSignIn(claims, requirements.recent)
  return claims
}

/** @throws TokenRefused forbidden */
export function requireMembership({ kind, role, organizationId }: Claims, requirements: Requirements): void {
  if (requirements.organization !== undefined && organizationId !== requirements.organization) {
    throw new TokenRefused('forbidden', 'You are not a member of the required organization.')
  }
  const { role: least = kind === 'client' || typeof requirements.permission === 'string' ? null : 'member' } = requirements
  if (least !== null && !isAtLeast(role, least)) throw new TokenRefused('forbidden', `This requires the role ${least}.`)
}

/** A route that names no permission is not open to a token for parts of the API. A verifier that was given a scope has decided by that scope. */
function requireEverything({ scopes }: Claims, decided: string | null | undefined): void {
  if (decided === undefined && !scopes.has('api')) throw new TokenRefused('insufficient_scope', 'This requires a token with the scope "api".', { scope: 'api' })
}

/**
 * Refuses a caller without this permission (P21, P23).
 * @param permission such as `apps:deploy`, of the catalogue of this API
 * @throws TokenRefused `insufficient_scope` when the credential was given less than its holder may do, and `forbidden` when the role does not allow it
 */
export function requirePermission(caller: Claims, permission: string): void {
  if (caller.can(permission)) return
  const { scopes, organization, keyId } = caller
  const helper = organization === null ? 'the operator' : `an admin of ${organization}`
  if (caller.permissions !== null && !scopes.has('api') && !scopes.has(permission)) {
    // The scope of a key comes from an introspection, which leaves out what the role of its holder does not allow.
    const detail =
      keyId === null
        ? `This requires a token with the scope "${permission}". Log in again and allow it.`
        : `This requires the permission ${permission}, which the scope of the key or the role of its holder does not have. Ask ${helper}.`
    throw new TokenRefused('insufficient_scope', detail, { scope: permission, permission })
  }
  throw new TokenRefused('forbidden', `This requires the permission ${permission}. Ask ${helper}.`, { permission })
}

/** The response to a request that failed: a problem (RFC 9457) with the challenge of RFC 6750 section 3. Null: the error is not from the verifier. */
export function refusalOf(error: unknown, verifier?: Partial<Pick<Verifier<Claims>, 'verify' | 'resource'>>): Refusal | null {
  if (error instanceof TokenRefused) {
    const { code, status, detail, extensions } = error
    const { title, next, ...step }: { title: string; next: string; status: number; command?: string } = refusals[code]
    const challenge = withMetadata(challengeOf(code, title, extensions), verifier?.resource?.url ?? null)
    return {
      status,
      headers: { ...headers, ...(challenge !== null && { 'www-authenticate': challenge }) },
      body: {
        type: `urn:muster:problem:${code}`,
        title,
        status,
        code,
        ...(detail !== undefined && { detail }),
        next,
        ...(step.command !== undefined && { command: step.command }),
        ...extensions,
      },
    }
  }
  if (error instanceof VerifierUnavailable) {
    const seconds = Math.max(1, Math.ceil(error.retryAfterSeconds))
    return {
      status: 503,
      // No challenge: the credential may be valid, and a client that discards it would log a user out.
      headers: { ...headers, 'retry-after': String(seconds) },
      body: {
        type: 'urn:muster:problem:unavailable',
        title: 'The server is temporarily unavailable.',
        status: 503,
        code: 'unavailable',
        detail: 'The service could not check whether the credential is valid.',
        next: 'Try again in a moment.',
        retry_after: seconds,
      },
    }
  }
  return null
}

const headers = { 'content-type': 'application/problem+json; charset=utf-8', 'cache-control': 'no-store' }

/** RFC 9728 section 5.1. */
const withMetadata = (challenge: string | null, url: string | null): string | null =>
  challenge === null || url === null ? challenge : `${challenge}${challenge === 'Bearer' ? '' : ','} resource_metadata="${url}"`

/** RFC 9470 section 3. */
const recentChallenge = (title: string, { max_age: age, acr_values: acr }: Readonly<Record<string, unknown>>): string =>
  `Bearer error="insufficient_user_authentication", error_description="${title}"${typeof acr === 'string' ? `, acr_values="${acr}"` : ''}${typeof age === 'number' ? `, max_age="${age}"` : ''}`

function challengeOf(code: RefusalCode, title: string, extensions: Readonly<Record<string, unknown>>): string | null {
  const { scope } = extensions
  if (code === 'authentication_required') return 'Bearer' // No credential was sent, so no error is named (RFC 6750 section 3.1).
  if (code === 'insufficient_scope') return `Bearer error="insufficient_scope"${typeof scope === 'string' ? `, scope="${scope}"` : ''}`
  if (code === 'insufficient_user_authentication') return recentChallenge(title, extensions)
  return refusals[code].status === 401 ? `Bearer error="invalid_token", error_description="${title}"` : null
}

/**
 * The caller of a protected route, never null.
 * @param muster what `protect` set on the request
 * @throws Error when the route is not protected; TokenRefused `forbidden` when the caller is a client
 */
export function requireCaller(muster: Claims | undefined): MemberClaims {
  if (muster === undefined) throw new Error('This route is not protected: add protect(verifier) to it.')
  if (muster.kind === 'client') throw new TokenRefused('forbidden', 'Only people can do this. The token belongs to a client.')
  return muster
}
