import { isOfDomain } from '../domain/model/admission.ts'
import { emailAddress } from '../domain/model/email.ts'

/** What a provider says about a person (OpenID Connect Core section 5.1). `hd` is Google's: the domain of the organization that runs the account. */
type Claims = Readonly<Record<string, unknown>>

/** Whether a provider proves that the person controls the inbox (F20). */
export type Trusts = (claims: Claims) => boolean

function canonicalIn({ email, email_verified }: Claims): string | null {
  if (typeof email !== 'string' || email_verified !== true) return null
  try {
    return emailAddress(email).canonical
  } catch {
    return null
  }
}

/**
 * Google runs the mailboxes of gmail.com and of the domain in `hd`. Any other address was confirmed once, by a code, and may have another owner by now.
 */
export const trustsGoogle: Trusts = (claims) => {
  const canonical = canonicalIn(claims)
  if (canonical === null) return false
  const domain = canonical.slice(canonical.lastIndexOf('@') + 1)
  return domain === 'gmail.com' || domain === claims['hd']
}

/** Another issuer is trusted for the domains that the operator names, and for no other. */
export const trustsDomains =
  (domains: readonly string[]): Trusts =>
  (claims) => {
    const canonical = canonicalIn(claims)
    return canonical !== null && domains.some((rule) => isOfDomain(canonical, rule))
  }
