import { type Acr, acrOf, acrOfPolicy, factorPolicyWords, satisfiesAcr } from '@muster/contract/authentication.ts'
import type { HeldFactors } from '../factors/store.ts'
import type { LiveState } from '../model/live.ts'
import type { Organization, OrganizationPolicy } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import { authenticationsOf } from '../model/session.ts'

// What an organization requires of the sign-ins of its members (F13). It is checked when a member acts in the organization, and when a token is issued for a session.

/** Of a session that a remembered device has opened without the second factor (F11): risk-based authentication (RFC 8176). */
export const REMEMBERED = 'rba'

/** Said by a provider. No method of RFC 8176; others use the same word. */
export const FEDERATED = 'fed'

/** The policy that is in force at this time. */
export const policyInForce = ({ policy, from, before }: OrganizationPolicy, now: Date): OrganizationPolicy['policy'] =>
  from !== null && from <= now ? policy : before

/** The class of authentication that the organization requires now. Null: none. */
export const requiredAcr = (organization: Pick<Organization, 'factorPolicy'> | null, now: Date): Acr | null =>
  organization && acrOfPolicy[policyInForce(organization.factorPolicy, now)]

/** Whether the person of the session has proved as much as the organization requires, at sign-in or by a confirmation. A remembered device stands for a second factor, unless the organization forbids it. */
export function meetsPolicy({ organization, now, session }: Pick<LiveState, 'organization' | 'now' | 'session'>): boolean {
  const required = requiredAcr(organization, now)
  if (required === null) return true
  const isRemembered = required !== 'phr' && organization?.factorPolicy.rememberedDevices === true && session.methods.includes(REMEMBERED)
  return isRemembered || authenticationsOf(session).some(({ methods }) => satisfiesAcr(acrOf(methods), required))
}

/** @throws Problem insufficient_user_authentication with `acr_values` (RFC 9470) */
export function requirePolicy(live: Pick<LiveState, 'organization' | 'now' | 'session'>): void {
  const { organization, now } = live
  const required = requiredAcr(organization, now)
  if (!organization || required === null || meetsPolicy(live)) return
  const words = factorPolicyWords[policyInForce(organization.factorPolicy, now)]
  throw new Problem('insufficient_user_authentication', `${organization.name} requires ${words}.`, { extensions: { acr_values: required } })
}

/** Whether a person with these factors can prove what the policy requires. */
export const isReadyFor = ({ app, passkey }: Pick<HeldFactors, 'app' | 'passkey'>, policy: OrganizationPolicy['policy']): boolean =>
  policy === 'none' || passkey || (policy === 'any' && app)

/**
 * The weakest proof that counts for a person. A factor that their organization requires is not asked of a person who has none, or they could not add it. But whoever has it
 * must use it, or a stolen password would be enough to add another.
 */
export function neededAcr({ app, passkey, always }: HeldFactors, required: Acr | null): Acr {
  if (required === 'phr' && passkey) return 'phr'
  return app || ((required !== null || always) && passkey) ? 'urn:muster:acr:two-factors' : 'urn:muster:acr:one-factor'
}
