import { sign } from 'node:crypto'
import type { SigningKey } from './signing-keys.ts'

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Synchronous: to hand an ES256 signature to a thread and to take it back costs more than the signature. */
export const signatureOf = (data: Uint8Array, { privateKey }: Pick<SigningKey, 'privateKey'>): Buffer =>
  sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })

export function signJwt(typ: string, claims: Record<string, unknown>, key: Pick<SigningKey, 'kid' | 'alg' | 'privateKey'>): string {
  const signed = `${encode({ alg: key.alg, typ, kid: key.kid })}.${encode(claims)}`
  return `${signed}.${signatureOf(Buffer.from(signed), key).toString('base64url')}`
}
