import { hash, randomBytes, verify } from 'node:crypto'
import { type ClientId, isId, type OrganizationId, type SessionId } from '@muster/contract/ids.ts'
import { isRole } from '@muster/contract/permissions.ts'
import type { Config } from '../config.ts'
import type { Api } from '../domain/apis/api.ts'
import { requireValid } from '../domain/command/refused-credential.ts'
import { type AccessTokens, foreignToken, type VerifiedToken } from '../domain/credentials/access-token.ts'
import { ACCESS_TOKEN_SECONDS } from '../domain/credentials/session.ts'
import type { LiveState } from '../domain/model/live.ts'
import { Problem } from '../domain/model/problem.ts'
import type { Store } from '../domain/store.ts'
import { tokenClaims } from './accounts.ts'
import { type SigningAlg, type SigningKey, type SigningKeys, signJwt } from './signing-keys.ts'

interface Options {
  config: Pick<Config, 'issuer' | 'audience'>
  store: Store
  signingKeys: SigningKeys
}

/** Verified tokens are cached by their digest, but never the decision about them. The limit bounds memory (E20). */
const REMEMBERED = 20_000
/** An unknown key id reads the keys again, but at most this often, however many such tokens arrive (E06). */
const RELOAD_MILLISECONDS = 5_000
const LONGEST = 8_192

/** Muster's own signing and verification of access tokens (RFC 9068). Every request uses it. */
export function createAccessTokens({ config, store, signingKeys }: Options): AccessTokens {
  const remembered = new Map<string, VerifiedToken>()
  let reloadedAt = 0

  const keyOf = async (kid: string): Promise<SigningKey | undefined> => {
    const known = signingKeys.find(kid)
    if (known || Date.now() - reloadedAt < RELOAD_MILLISECONDS) return known
    reloadedAt = Date.now()
    await signingKeys.refresh()
    return signingKeys.find(kid)
  }

  return {
    async verifyAccessToken(token, { anyAudience = false } = {}) {
      await signingKeys.requireFresh()
      const print = hash('sha256', token, 'base64') // several times as fast as a digest of bytes
      const known = remembered.get(print)
      // Its key was withdrawn or is no longer published.
      if (known && !signingKeys.find(known.kid)) {
        remembered.delete(print)
        throw new Problem('invalid_token')
      }
      const verified = known ?? claimsOf(await verifiedPayload(token, keyOf), config)
      if (verified.expiresAt.getTime() <= Date.now()) {
        remembered.delete(print)
        throw new Problem('token_expired')
      }
      if (!anyAudience && verified.audience !== config.audience) throw foreignToken()
      if (!known) {
        if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value as string)
        remembered.set(print, verified)
      }
      return verified
    },

    async issueAccessToken({ sessionId, clientId, scopes, expiresAt, api = null }) {
      // The session may have ended since the command committed. A token with today's epoch would then be accepted everywhere.
      const live = await requireValid(store.reading, await store.reading.sessions.liveState(sessionId, null))
      const client = await store.reading.clients.find(clientId)
      const alg: SigningAlg = client?.alg ?? 'ES256'
      await signingKeys.require(alg)
      const ends = Math.min(
        expiresAt.getTime(),
        live.session.expiresAt.getTime(),
        live.now.getTime() + Math.min(ACCESS_TOKEN_SECONDS, api?.longestTokenSeconds ?? ACCESS_TOKEN_SECONDS) * 1000,
      )
      const exp = Math.floor(ends / 1000)
      const accessToken = signAccessToken({ config, signingKeys }, { live, clientId, alg, scopes, exp, api })
      return { accessToken, expiresAt: new Date(exp * 1000) }
    },
  }
}

/** For a session that has just been found valid, and an algorithm that has a key. */
export function signAccessToken(
  { config, signingKeys }: { config: Pick<Config, 'issuer' | 'audience'>; signingKeys: Pick<SigningKeys, 'signing'> },
  {
    live,
    clientId,
    alg,
    scopes,
    exp,
    api = null,
  }: { live: LiveState; clientId: ClientId; alg: SigningAlg; scopes: Iterable<string>; exp: number; api?: Api | null },
): string {
  const claims = {
    ...tokenClaims(live, api, scopes),
    jti: randomBytes(16).toString('base64url'),
    sub: live.account.id,
    iat: Math.floor(Date.now() / 1000),
    exp,
    scope: [...scopes].join(' '),
    client_id: clientId,
    iss: config.issuer,
    aud: api?.audience ?? config.audience,
  }
  return signJwt('at+jwt', claims, signingKeys.signing(alg) as SigningKey)
}

const part = /^[A-Za-z0-9_-]+$/

/** The payload of a token signed by one of our keys. The key determines the algorithm, never the token (RFC 8725 section 3.1). */
async function verifiedPayload(
  token: string,
  keyOf: (kid: string) => Promise<SigningKey | undefined>,
): Promise<{ kid: string; payload: Record<string, unknown> }> {
  const parts = token.split('.')
  const [head = '', body = '', signature = ''] = parts
  if (token.length > LONGEST || parts.length !== 3 || !parts.every((text) => part.test(text))) throw new Problem('invalid_token')
  const header = parsed(head)
  // No critical header is supported, and our headers contain no keys or key URLs (RFC 7515 section 4.1.11).
  const strange = Object.keys(header).some((name) => !['alg', 'typ', 'kid'].includes(name))
  if (strange || header.typ !== 'at+jwt' || typeof header.kid !== 'string') throw new Problem('invalid_token')
  const key = await keyOf(header.kid)
  if (!key || header.alg !== key.alg) throw new Problem('invalid_token')
  const bytes = Buffer.from(signature, 'base64url')
  const genuine =
    bytes.toString('base64url') === signature && verify('sha256', Buffer.from(`${head}.${body}`), { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, bytes)
  if (!genuine) throw new Problem('invalid_token')
  return { kid: key.kid, payload: parsed(body) }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // reported below, like anything else that is not a token
  }
  throw new Problem('invalid_token')
}

/** The largest time of a JavaScript Date. */
const LATEST_SECONDS = 8_640_000_000_000
const isInstant = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LATEST_SECONDS
/** The largest int4 of the database. */
const isEpoch = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31

type Verified = Awaited<ReturnType<typeof verifiedPayload>>

function claimsOf({ kid, payload }: Verified, { issuer }: Pick<Config, 'issuer'>): VerifiedToken {
  const {
    iss,
    aud,
    sub,
    client_id: clientId,
    scope = '',
    iat,
    exp,
    nbf,
    jti,
    sid = null,
    epoch = null,
    org_id: organizationId = null,
    org = null,
    role = null,
    role_id: roleId = null,
    role_revision: roleRevision = null,
  } = payload
  const good =
    iss === issuer &&
    typeof aud === 'string' && // Muster issues no token for several audiences
    typeof sub === 'string' &&
    typeof clientId === 'string' &&
    typeof jti === 'string' &&
    typeof scope === 'string' &&
    isInstant(iat) &&
    isInstant(exp) &&
    (nbf === undefined || (isInstant(nbf) && nbf * 1000 <= Date.now())) &&
    (sid === null ? sub === clientId : typeof sid === 'string' && isId('session', sid) && isEpoch(epoch)) &&
    (organizationId === null || (typeof organizationId === 'string' && isId('organization', organizationId)))
  if (!good) throw new Problem('invalid_token')
  return {
    sub,
    audience: aud,
    sid: sid as SessionId | null,
    epoch: (epoch ?? 0) as number,
    organizationId: organizationId as OrganizationId | null,
    organizationName: typeof org === 'string' ? org : null,
    role: isRole(role) ? role : null,
    roleId: typeof roleId === 'string' ? roleId : null,
    roleRevision: typeof roleRevision === 'number' ? roleRevision : null,
    jti,
    kid,
    clientId,
    scopes: new Set(scope.split(' ').filter(Boolean)),
    issuedAt: iat,
    expiresAt: new Date(exp * 1000),
  }
}
