const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** The number of checksum characters at the end of every opaque token. */
export const CHECKSUM_LENGTH = 6

/** CRC-32 in base62. It detects typing mistakes without a query. It is not a security measure. */
export function tokenChecksum(body: string): string {
  let crc = 0xffffffff
  for (const character of body) {
    crc ^= character.charCodeAt(0)
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  let text = ''
  for (let number = ~crc >>> 0; number > 0; number = Math.floor(number / 62)) text = alphabet[number % 62] + text
  return text.padStart(CHECKSUM_LENGTH, '0')
}

/** True if the token ends with the checksum of the characters before it. */
export const hasValidChecksum = (token: string): boolean =>
  token.length > CHECKSUM_LENGTH && tokenChecksum(token.slice(0, -CHECKSUM_LENGTH)) === token.slice(-CHECKSUM_LENGTH)
