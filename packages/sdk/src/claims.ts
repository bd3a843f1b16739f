/** The holder of a token, as described by the token or by an introspection. */
export interface TokenClaims {
  kind: 'user' | 'service_account' | 'client'
  /** `usr_…`, `sva_…`, or a client's id. */
  sub: string
  /** `org_…`. Null: an account without a username, or a client. */
  organizationId: string | null
  /** The organization's name, for display only. Access is decided by the id. */
  organization: string | null
  /** `admin`, `member`, `viewer`, `custom`, or a role that a later version has added. */
  role: string | null
  /** `role_…`, of a custom role. */
  roleId: string | null
  /** The revision of a custom role that `permissions` are from. */
  roleRevision: number | null
  /** The revision of the API's permissions and grants that `permissions` are from. Null: not of an API, or an issuer of an earlier version. */
  catalogueRevision: number | null
  scopes: ReadonlySet<string>
  /** What the caller may do at this API: what the role allows, as far as the scope goes. Null: the credential is for no API of the platform. */
  permissions: ReadonlySet<string> | null
  /** Whether the caller has this permission, such as `apps:deploy`. Decides in memory. Not enumerable: a copy of the caller has `permissions` alone. */
  can(permission: string): boolean
  /** The username of a person, or the name of a service account, for display only. Null: a client, or an issuer of an earlier version. */
  username: string | null
  epoch: number
  /** The login that the token came from. Null: an API key, or a client's own token. */
  sessionId: string | null
  /** The API key. Null: an access token. */
  keyId: string | null
  /** The access token's `jti`. Null: an API key. */
  tokenId: string | null
  clientId: string | null
  /** When the person of the login last proved who they are, in seconds since 1970. Null: an API key, a client, or an issuer of an earlier version. */
  authenticatedAt: number | null
  /** How strong that proof was: `phr` (a passkey), `urn:muster:acr:two-factors` or `urn:muster:acr:one-factor`. */
  acr: string | null
  /** How they proved it: authentication methods of RFC 8176, such as `pwd` and `otp`. */
  amr: readonly string[]
  /** In seconds since 1970. Null: an API key. */
  issuedAt: number | null
  /** In seconds since 1970. Null: an API key that does not expire. */
  expiresAt: number | null
}

/** The caller of a request: a member of an organization. `role` is the current role, even if the token has an older one. */
export interface MemberClaims extends TokenClaims {
  kind: 'user' | 'service_account'
  organizationId: string
  organization: string
  role: string
}

/** The caller of a request: a client with its own token. Only a verifier with `clients: true` accepts the token. */
export interface ClientClaims extends TokenClaims {
  kind: 'client'
  organizationId: null
  organization: null
  role: null
  roleId: null
  roleRevision: null
}

export type Claims = MemberClaims | ClientClaims

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText)
const textOrNull = (value: unknown): string | null => (isText(value) ? value : null)

/** The issuer counts epochs and revisions in a PostgreSQL `integer`. */
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31

/** JSON can contain a number that no clock reaches: `1e999` is read as Infinity, so the token would never expire. */
const isInstantOrAbsent = (value: unknown): value is number | undefined => value === undefined || Number.isFinite(value)

/** The tokens that a verifier accepts. */
export interface Accepted {
  issuer: string
  audience: string
  /** Further audiences, for clients that can send one token only. */
  otherAudiences?: readonly string[] | undefined
}

/** Reads the response of an introspection. Null: not a token of this issuer for this audience. */
export function claimsOf(payload: Readonly<Record<string, unknown>>, { issuer, audience, otherAudiences = [] }: Accepted): TokenClaims | null {
  const { iss, aud, sub, iat, exp, auth_time, acr, amr, jti, client_id, sid, key_id, epoch, org_id, org, scope = '', username, permissions } = payload
  const { role, role_id, role_revision, catalogue_revision } = payload
  const byKey = isText(key_id)
  const isClient = !byKey && sid === undefined
  const good =
    iss === issuer &&
    (aud === audience || (isText(aud) && otherAudiences.includes(aud))) && // one string: a token for several audiences is refused
    isText(sub) &&
    typeof scope === 'string' &&
    (byKey || (exp !== undefined && isText(jti) && isText(client_id))) &&
    isInstantOrAbsent(exp) &&
    isInstantOrAbsent(iat) &&
    isInstantOrAbsent(auth_time) &&
    (isClient ? sub === client_id : isCount(epoch)) &&
    (sid === undefined || isText(sid)) &&
    (org_id === undefined || isText(org_id)) &&
    (role === undefined || isText(role)) &&
    (role_id === undefined || (isText(role_id) && isCount(role_revision))) &&
    (permissions === undefined || permissions === null || isTexts(permissions))
  if (!good) return null
  return withCan({
    kind: isClient ? 'client' : sub.startsWith('sva_') ? 'service_account' : 'user',
    sub,
    organizationId: textOrNull(org_id),
    organization: textOrNull(org),
    role: textOrNull(role),
    roleId: textOrNull(role_id),
    roleRevision: isText(role_id) ? (role_revision as number) : null,
    catalogueRevision: Number.isFinite(catalogue_revision) ? (catalogue_revision as number) : null,
    scopes: new Set(scope.split(' ').filter((one) => one !== '')),
    permissions: isTexts(permissions) ? new Set(permissions) : null,
    username: textOrNull(username),
    epoch: typeof epoch === 'number' ? epoch : 0,
    sessionId: textOrNull(sid),
    keyId: textOrNull(key_id),
    tokenId: textOrNull(jti),
    clientId: textOrNull(client_id),
    authenticatedAt: typeof auth_time === 'number' ? auth_time : null,
    acr: textOrNull(acr),
    amr: Array.isArray(amr) ? amr.filter(isText) : [],
    issuedAt: typeof iat === 'number' ? iat : null,
    expiresAt: typeof exp === 'number' ? exp : null,
  })
}

/** Adds `can`, which is not enumerable, because a caller can be cloned, and sent to a worker, and a function cannot. */
export function withCan<Some extends TokenClaims>(claims: Omit<Some, 'can'>): Some {
  const { permissions } = claims
  const can: TokenClaims['can'] = (permission) => permissions?.has(permission) ?? false
  return Object.freeze(Object.defineProperty({ ...claims }, 'can', { value: can })) as Some
}

/** Tokens whose permissions have to be introspected. An introspection that names none is final: there are none. */
const withoutPermissions = new WeakSet<TokenClaims>()

/** Reads the payload of an access token whose signature is valid. */
export function claimsOfToken(payload: Readonly<Record<string, unknown>>, accepted: Accepted): TokenClaims | null {
  const claims = claimsOf(payload, accepted)
  // The issuer replaces a long list by null, and a token of another audience names no permissions of this API.
  if (claims && (payload['permissions'] === null || payload['aud'] !== accepted.audience)) withoutPermissions.add(claims)
  return claims
}

export const lacksPermissions = (claims: TokenClaims): boolean => withoutPermissions.has(claims)
