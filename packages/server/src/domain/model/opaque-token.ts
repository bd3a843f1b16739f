import { randomBytes } from 'node:crypto'
import { CHECKSUM_LENGTH, hasValidChecksum, tokenChecksum } from '@muster/contract/token-form.ts'

/** The kind of a token, readable for people and secret scanners. */
export type TokenPrefix =
  | 'muster_rt'
  | 'muster_os'
  | 'muster_il'
  | 'muster_ei'
  | 'muster_is'
  | 'muster_op'
  | 'muster_cs'
  | 'muster_bs'
  | 'muster_ps'
  | 'muster_rd'
  | 'muster_fr'
  | 'muster_au'
  | 'muster_pi'
  | 'muster_pp'
  | 'muster_pr'
  | 'muster_dc'
  | 'muster_su'
  | 'muster_uk'
  | 'muster_sk'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export const base62 = (bytes: Uint8Array): string => {
  let number = BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
  let text = ''
  for (; number > 0n; number /= 62n) text = alphabet[Number(number % 62n)] + text
  return text
}

/** A random token of 256 bits: prefix, body, checksum. */
export function newOpaqueToken(prefix: TokenPrefix): string {
  const body = `${prefix}_${base62(randomBytes(32)).padStart(43, '0')}`
  return body + tokenChecksum(body)
}

/** A token with a body of our own making (an id and an HMAC, say), in the same clothes. */
export function formatToken(prefix: TokenPrefix, inner: string): string {
  const body = `${prefix}_${inner}`
  return body + tokenChecksum(body)
}

/** The inner part when prefix and checksum fit, else null. */
export function parseToken(prefix: TokenPrefix, token: string): string | null {
  if (!token.startsWith(`${prefix}_`) || token.length < prefix.length + 8 || !hasValidChecksum(token)) return null
  return token.slice(prefix.length + 1, -CHECKSUM_LENGTH)
}
