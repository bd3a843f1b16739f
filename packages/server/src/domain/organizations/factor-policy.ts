import { type Acr, acrOf, acrOfPolicy, type FactorPolicy, factorPolicies, satisfiesAcr } from '@muster/contract/authentication.ts'
import type { Context } from '../command/context.ts'
import { isReadyFor, policyInForce } from '../command/factor-policy.ts'
import { requireRecent } from '../command/recent.ts'
import type { OrganizationPolicy } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import { authenticationsOf } from '../model/session.ts'

export const GRACE_DAYS_AT_MOST = 90
const DAY_MILLISECONDS = 86_400_000

export interface SetFactorPolicy {
  organization: string
  policy: FactorPolicy
  /** Until the policy takes force, if it is stricter than the one in force. */
  graceDays: number
  /** Undefined keeps it. */
  rememberedDevices?: boolean | undefined
}

/**
 * Sets what the organization requires of the sign-ins of its members (F13). The admin must have proved as much, so that nobody locks themselves out.
 * @throws Problem insufficient_user_authentication, or factor_missing if the admin has no such factor
 */
export async function setFactorPolicy(
  context: Context,
  { organization: reference, policy, graceDays, rememberedDevices }: SetFactorPolicy,
): Promise<OrganizationPolicy> {
  const { tx, principal, enter, record } = context
  const { organization, actor } = await enter(reference, 'organization:security')
  if (principal.kind !== 'user') throw new Problem('session_required')
  const live = await tx.sessions.liveState(principal.sessionId, null)
  if (!live) throw new Problem('token_revoked')
  await requireRecent(tx, live, 'factor-policy:change')
  if (!isReadyFor(await tx.authenticators.held(actor.userId), policy)) throw new Problem('factor_missing')
  const needed: Acr | null = acrOfPolicy[policy]
  if (needed !== null && !authenticationsOf(live.session).some(({ methods }) => satisfiesAcr(acrOf(methods), needed)))
    throw new Problem('insufficient_user_authentication', 'Confirm with a factor that the policy accepts.', {
      extensions: { acr_values: needed, action: 'factor-policy:change' },
    })
  const now = await tx.now()
  const current = policyInForce(organization.factorPolicy, now)
  const isStricter = factorPolicies.indexOf(policy) > factorPolicies.indexOf(current)
  const changed: OrganizationPolicy = {
    policy,
    // Only a stricter policy waits, and the one before goes on until then.
    from: policy === 'none' ? null : new Date(now.getTime() + (isStricter ? graceDays * DAY_MILLISECONDS : 0)),
    before: isStricter ? current : 'none',
    rememberedDevices: rememberedDevices ?? organization.factorPolicy.rememberedDevices,
  }
  await tx.organizations.setFactorPolicy(organization.id, changed)
  await record({
    type: 'organization.factor_policy_changed',
    target: organization.id,
    organizationId: organization.id,
    policy,
    from: changed.from?.toISOString() ?? null,
    rememberedDevices: changed.rememberedDevices,
  })
  return changed
}
