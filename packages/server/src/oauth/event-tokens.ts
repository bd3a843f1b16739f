import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKey, SigningKeys } from './signing-keys.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signing = promisify(sign) as (algorithm: string, data: Buffer, key: SigningKey['privateKey']) => Promise<Buffer>

/** The interoperability profile of CAEP asks for it. */
export const EVENT_ALG = 'RS256'

/** Security Event Tokens (RFC 8417). Beside the event loop: an RSA signature takes milliseconds. */
export function createEventTokenSigner(signingKeys: Pick<SigningKeys, 'require' | 'signing'>) {
  return async (claims: Record<string, unknown>): Promise<string> => {
    await signingKeys.require(EVENT_ALG)
    const key = signingKeys.signing(EVENT_ALG) as SigningKey
    const signed = `${encode({ alg: EVENT_ALG, typ: 'secevent+jwt', kid: key.kid })}.${encode(claims)}`
    const signature = await signing('sha256', Buffer.from(signed), key.privateKey)
    return `${signed}.${signature.toString('base64url')}`
  }
}
