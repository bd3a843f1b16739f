import { type Acr, acrOf, acrOfPolicy, type FactorPolicy, factorPolicies, factorPolicyWords, satisfiesAcr } from '@muster/contract/authentication.ts'
import type { HeldFactors } from '../factors/store.ts'
import type { LiveState } from '../model/live.ts'
import type { Organization, OrganizationPolicy } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import { authenticationsOf } from '../model/session.ts'

// What an organization requires of the sign-ins of its members (F13). It is checked when a member acts in the organization, and when a token is issued for a session.

/** Of a session that a remembered browser has opened without the second factor (F11): risk-based authentication (RFC 8176). */
export const REMEMBERED = 'rba'

/** Said by a provider. No method of RFC 8176; others use the same word. */
export const FEDERATED = 'fed'

/** What is required of a member, and by whom. */
export interface Requirement {
  policy: FactorPolicy
  /** When it takes force. Null: it is in force, or requires nothing. */
  from: Date | null
  /** The organization, or the operator with a floor for all organizations. */
  by: 'organization' | 'operator'
}

export const isStricter = (one: FactorPolicy, other: FactorPolicy): boolean => factorPolicies.indexOf(one) > factorPolicies.indexOf(other)

/** The organization's own policy that is in force at this time. */
export const ownPolicyInForce = ({ policy, from, before }: Omit<OrganizationPolicy, 'floor'>, now: Date): FactorPolicy =>
  from !== null && from <= now ? policy : before

/** What is in force at this time: the stricter of the organization's own policy and the operator's floor. */
export function requirementInForce(policy: OrganizationPolicy, now: Date): Requirement {
  const own = ownPolicyInForce(policy, now)
  const { floor } = policy
  const isFloorInForce = floor.from === null || floor.from <= now
  return isFloorInForce && isStricter(floor.policy, own) ? { ...floor, by: 'operator' } : { policy: own, from: null, by: 'organization' }
}

export const policyInForce = (policy: OrganizationPolicy, now: Date): FactorPolicy => requirementInForce(policy, now).policy

/** The strictest policy that members must be ready for, also before it takes force. Of two that are the same, the earlier one. */
export function requirementAhead({ policy, from, floor }: OrganizationPolicy): Requirement {
  const isFloorFirst = floor.policy === policy && (floor.from ?? 0) < (from ?? 0)
  return isFloorFirst || isStricter(floor.policy, policy) ? { ...floor, by: 'operator' } : { policy, from, by: 'organization' }
}

/** What a person with these factors is told: the requirement in force if they do not meet it, otherwise the strictest one. Null if nothing is required. */
export function requirementToTell(
  policy: OrganizationPolicy,
  now: Date,
  held: Pick<HeldFactors, 'app' | 'passkey'>,
): (Requirement & { ready: boolean }) | null {
  const current = requirementInForce(policy, now)
  const told = isReadyFor(held, current.policy) ? requirementAhead(policy) : current
  return told.policy === 'none' ? null : { ...told, ready: isReadyFor(held, told.policy) }
}

/** Begins a sentence about a requirement: "alder requires …". */
export const requirerOf = ({ by }: Requirement, organization: Pick<Organization, 'name'>): string => (by === 'operator' ? 'The operator' : organization.name)

/** The class of authentication that the organization requires now. Null: none. */
export const requiredAcr = (organization: Pick<Organization, 'factorPolicy'> | null, now: Date): Acr | null =>
  organization && acrOfPolicy[policyInForce(organization.factorPolicy, now)]

/** Whether the person of the session has proved as much as the organization requires, at sign-in or by a confirmation. A remembered browser stands for a second factor, unless the organization forbids it. */
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
  const requirement = requirementInForce(organization.factorPolicy, now)
  const detail = `${requirerOf(requirement, organization)} requires ${factorPolicyWords[requirement.policy]}.`
  throw new Problem('insufficient_user_authentication', detail, { extensions: { acr_values: required } })
}

/** Whether a person with these factors can prove what the policy requires. */
export const isReadyFor = ({ app, passkey }: Pick<HeldFactors, 'app' | 'passkey'>, policy: FactorPolicy): boolean =>
  policy === 'none' || passkey || (policy === 'any' && app)

/**
 * The weakest proof that counts for a person. A factor that their organization requires is not asked of a person who has none, or they could not add it. But whoever has it
 * must use it, or a stolen password would be enough to add another.
 */
export function neededAcr({ app, passkey, always }: HeldFactors, required: Acr | null): Acr {
  if (required === 'phr' && passkey) return 'phr'
  return app || ((required !== null || always) && passkey) ? 'urn:muster:acr:two-factors' : 'urn:muster:acr:one-factor'
}
