/** Who makes a request, as Muster knows them now: `role` is the one that counts at this moment, whatever the token says. */
export interface Claims {
  kind: 'user' | 'service_account' | 'client'
  /** `usr_…`, `sva_…`, or a client's id. */
  sub: string
  organizationId: string | null
  /** For display; only the id decides. */
  organization: string | null
  role: 'admin' | 'member' | null
  scopes: ReadonlySet<string>
  epoch: number
  sessionId: string | null
  /** Of an API key. */
  keyId: string | null
  tokenId: string | null
  clientId: string | null
  /** Seconds since 1970; null where nobody said. */
  issuedAt: number | null
  /** Seconds since 1970. Null: a key, which has no end of its own. */
  expiresAt: number | null
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const textOrNull = (value: unknown): string | null => (isText(value) ? value : null)

/** A counter of the issuer's, an int4 there. */
const isEpoch = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31

/** Of a payload whose signature is good, or of an answer to an introspection. Null: that is no token of ours. */
export function claimsOf(payload: Readonly<Record<string, unknown>>, { issuer, audience }: { issuer: string; audience: string }): Claims | null {
  const { iss, aud, sub, iat, exp, jti, client_id, sid, key_id, epoch, org_id, org, role, scope = '' } = payload
  const byKey = isText(key_id)
  const isClient = !byKey && sid === undefined
  const good =
    iss === issuer &&
    aud === audience && // one string: a token for several is not ours
    isText(sub) &&
    typeof scope === 'string' &&
    (byKey || (Number.isFinite(exp) && isText(jti) && isText(client_id))) &&
    (isClient ? sub === client_id : isEpoch(epoch)) &&
    (sid === undefined || isText(sid)) &&
    (org_id === undefined || isText(org_id)) &&
    (role === undefined || role === 'admin' || role === 'member')
  if (!good) return null
  return Object.freeze({
    kind: isClient ? 'client' : sub.startsWith('sva_') ? 'service_account' : 'user',
    sub,
    organizationId: textOrNull(org_id),
    organization: textOrNull(org),
    role: (role as Claims['role'] | undefined) ?? null,
    scopes: new Set(scope.split(' ').filter((one) => one !== '')),
    epoch: typeof epoch === 'number' ? epoch : 0,
    sessionId: textOrNull(sid),
    keyId: textOrNull(key_id),
    tokenId: textOrNull(jti),
    clientId: textOrNull(client_id),
    issuedAt: typeof iat === 'number' ? iat : null,
    expiresAt: typeof exp === 'number' ? exp : null,
  })
}
