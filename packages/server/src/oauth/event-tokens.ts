import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import { type SigningAlg, type SigningKey, type SigningKeys, signJwt } from './signing-keys.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signing = promisify(sign) as (algorithm: string, data: Buffer, key: { key: SigningKey['privateKey']; dsaEncoding: 'ieee-p1363' }) => Promise<Buffer>

/** Required by the CAEP interoperability profile. */
export const EVENT_ALG = 'RS256'

/**
 * Logout Tokens have their own type, so that they cannot be used as another token (OpenID Connect Back-Channel Logout section 2.4). So has the token of a
 * snapshot of revocations (`signals/event-tokens.ts`).
 */
type TokenType = 'secevent+jwt' | 'revocation-snapshot+jwt' | 'logout+jwt'

/** Security Event Tokens (RFC 8417). An RSA signature takes milliseconds, so a thread makes it: many are signed at once, and no request waits for them alone. */
export function createEventTokenSigner(signingKeys: Pick<SigningKeys, 'require' | 'signing'>) {
  return async (
    claims: Record<string, unknown>,
    { typ = 'secevent+jwt', alg = EVENT_ALG }: { typ?: TokenType | undefined; alg?: SigningAlg } = {},
  ): Promise<string> => {
    await signingKeys.require(alg)
    const key = signingKeys.signing(alg) as SigningKey
    if (alg === 'ES256') return signJwt(typ, claims, key)
    const signed = `${encode({ alg, typ, kid: key.kid })}.${encode(claims)}`
    const signature = await signing('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }
}
