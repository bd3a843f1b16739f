import { sign } from 'node:crypto'
import { promisify } from 'node:util'
import type { SigningKey, SigningKeys } from './signing-keys.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const signing = promisify(sign) as (algorithm: string, data: Buffer, key: SigningKey['privateKey']) => Promise<Buffer>

/** Security Event Tokens (RFC 8417), RS256 because the interoperability profile of CAEP asks for it. Beside the event loop: an RSA signature takes milliseconds. */
export function createEventTokenSigner(signingKeys: Pick<SigningKeys, 'require' | 'signing'>) {
  return async (claims: Record<string, unknown>): Promise<string> => {
    await signingKeys.require('RS256')
    const key = signingKeys.signing('RS256') as SigningKey
    const signed = `${encode({ alg: 'RS256', typ: 'secevent+jwt', kid: key.kid })}.${encode(claims)}`
    const signature = await signing('sha256', Buffer.from(signed), key.privateKey)
    return `${signed}.${signature.toString('base64url')}`
  }
}
