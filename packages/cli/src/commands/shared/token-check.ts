import { hasValidChecksum } from '@muster/contract/token-form.ts'
import { usage } from '../../errors.ts'

/** Values that look like tokens, and the command that revokes each. */
const others: { prefix: RegExp; name: string; next: string }[] = [
  { prefix: /^key_/, name: 'the id of a key', next: 'To revoke it: muster key revoke ID' },
  { prefix: /^muster_(os|il|ei)_/, name: 'an invitation', next: 'To revoke it: muster invitation revoke ID' },
  { prefix: /^muster_/, name: 'another kind of secret', next: 'This command revokes refresh tokens, access tokens and keys.' },
]

/** Refuses a mistyped token before the request, because the server reports success for every unknown token (RFC 7009 section 2.2). */
export function checkToken(token: string): void {
  if (isJwt(token)) return
  if (/^muster_(rt|uk|sk)_/.test(token)) {
    if (hasValidChecksum(token)) return
    throw usage(
      'This token is mistyped or incomplete. Nothing was revoked.',
      'Its last six characters are a checksum, and it does not match. Copy the whole token.',
    )
  }
  const other = others.find(({ prefix }) => prefix.test(token))
  if (other) throw usage(`This is ${other.name}, not a token. Nothing was revoked.`, other.next)
  throw usage(
    'This is not a token. Nothing was revoked.',
    'A token begins with muster_rt_, muster_uk_, muster_sk_ or eyJ; the id of a refresh token with rtk_.',
  )
}

/** Checks only the form (RFC 7515 section 7.1). The server checks the signature. */
function isJwt(token: string): boolean {
  const parts = token.split('.')
  return parts.length === 3 && parts.every((part) => /^[\w-]+$/.test(part)) && parts.slice(0, 2).every(isJsonObject)
}

function isJsonObject(part: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
