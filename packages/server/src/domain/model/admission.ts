import type { ProblemCode } from '@muster/contract/problems.ts'
import { Problem } from './problem.ts'

/** Who may get an account, from the settings (O15). */
export interface Admission {
  signUp: 'open' | 'domains' | 'invitation'
  /** The domains whose addresses may sign up without an invitation, with `signUp: 'domains'`. */
  domains: readonly string[]
  /** The domains whose addresses never get an account, and are not invited. */
  blockedDomains: readonly string[]
  /** More names that nobody can take (S43). */
  reservedNames: ReadonlySet<string>
}

export const openAdmission: Admission = { signUp: 'open', domains: [], blockedDomains: [], reservedNames: new Set() }

/**
 * A rule is a domain in its ASCII form. `example.com` matches the addresses of exactly this domain, and `*.example.com` those of all domains below it, but not its
 * own.
 */
export function isOfDomain(emailCanonical: string, rule: string): boolean {
  const domain = emailCanonical.slice(emailCanonical.lastIndexOf('@') + 1)
  return rule.startsWith('*.') ? domain.endsWith(rule.slice(1)) : domain === rule
}

export const isBlocked = ({ blockedDomains }: Pick<Admission, 'blockedDomains'>, emailCanonical: string): boolean =>
  blockedDomains.some((rule) => isOfDomain(emailCanonical, rule))

/** @throws Problem email_domain_blocked. For a new address of an account too. */
export function refuseBlockedDomain(admission: Pick<Admission, 'blockedDomains'>, emailCanonical: string): void {
  if (isBlocked(admission, emailCanonical)) throw new Problem('email_domain_blocked')
}

/** Why an address may not get an account without an invitation, or null. An invitation admits any address that is not blocked. */
export function needsInvitation({ signUp, domains }: Admission, emailCanonical: string): ProblemCode | null {
  if (signUp === 'open' || (signUp === 'domains' && domains.some((rule) => isOfDomain(emailCanonical, rule)))) return null
  return signUp === 'domains' ? 'email_domain_not_admitted' : 'sign_up_by_invitation'
}

/** The rule depends on the address alone, so the answer does not reveal whether it has an account (C06). @throws Problem */
export function refuseUnlessAdmitted(admission: Admission, emailCanonical: string, { invited }: { invited: boolean }): void {
  refuseBlockedDomain(admission, emailCanonical)
  const fault = invited ? null : needsInvitation(admission, emailCanonical)
  if (fault) throw new Problem(fault, undefined, { extensions: fault === 'email_domain_not_admitted' ? { domains: admission.domains } : {} })
}
