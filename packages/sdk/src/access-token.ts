import { base64url } from 'jose'
import { type Accepted, claimsOfToken, type TokenClaims } from './claims.ts'
import { type Clock, TOLERANCE_SECONDS } from './clock.ts'
import { TokenRefused } from './errors.ts'
import type { Keys, VerificationKey } from './jwks.ts'

const LONGEST = 8_192
const part = /^[A-Za-z0-9_-]+$/
const algorithms = { ES256: { name: 'ECDSA', hash: 'SHA-256' }, RS256: { name: 'RSASSA-PKCS1-v1_5' } } as const
const utf8 = new TextDecoder('utf-8', { fatal: true })
const bytes = new TextEncoder()

export interface AccessTokenReader {
  /** Checks signature, type, issuer and audience, and nothing else (S36, step 1). @throws TokenRefused `invalid_token`, VerifierUnavailable */
  read(token: string): Promise<TokenClaims>
}

/** Reads access tokens (RFC 9068) and verifies their signatures with WebCrypto. */
export function createAccessTokenReader({ keys, clock, ...accepted }: Accepted & { keys: Keys; clock: Clock }): AccessTokenReader {
  return {
    async read(token) {
      if (token.length > LONGEST) throw new TokenRefused('invalid_token')
      const parts = token.split('.')
      const [head = '', body = '', signature = ''] = parts
      if (parts.length !== 3 || !part.test(head) || !part.test(body) || !part.test(signature)) throw new TokenRefused('invalid_token')
      const key = await keyOf(keys, parsed(head))
      const signed = base64url.decode(signature)
      const genuine =
        base64url.encode(signed) === signature &&
        (await crypto.subtle.verify(algorithms[key.alg], key.key, signed, bytes.encode(token.slice(0, head.length + 1 + body.length))))
      const payload = genuine ? parsed(body) : {}
      const claims = claimsOfToken(payload, accepted)
      const { nbf } = payload
      const isEarly = nbf !== undefined && !(typeof nbf === 'number' && nbf - TOLERANCE_SECONDS <= clock.wall() / 1_000)
      if (!claims || isEarly) throw new TokenRefused('invalid_token')
      return claims
    },
  }
}

async function keyOf(keys: Keys, header: Record<string, unknown>): Promise<VerificationKey> {
  const { alg, typ, kid, ...strange } = header
  // No critical header parameter is supported, and Muster's headers contain neither a key nor its URL (RFC 7515 section 4.1.11).
  for (const _ in strange) throw new TokenRefused('invalid_token')
  if (typ !== 'at+jwt' || typeof kid !== 'string' || (alg !== 'ES256' && alg !== 'RS256')) throw new TokenRefused('invalid_token')
  const key = keys.find(kid) ?? (await keys.lookUp(kid))
  if (!key || key.alg !== alg) throw new TokenRefused('invalid_token')
  return key
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(utf8.decode(base64url.decode(text)))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // The text is not a token. It is refused below.
  }
  throw new TokenRefused('invalid_token')
}
