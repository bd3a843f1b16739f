import { type Acr, acrOf, acrOfPolicy, type FactorPolicy, satisfiesAcr } from '@muster/contract/authentication.ts'
import type { Context } from '../../command/context.ts'
import { isReadyFor, isStricter, ownPolicyInForce } from '../../command/factor-policy.ts'
import { requireRecent } from '../../command/recent.ts'
import type { Organization, OrganizationPolicy } from '../../model/organization.ts'
import { Problem } from '../../model/problem.ts'
import { authenticationsOf } from '../../model/session.ts'
import { enterAsOperator } from '../operator.ts'

export const GRACE_DAYS_AT_MOST = 90
const DAY_MILLISECONDS = 86_400_000

export interface SetFactorPolicy {
  organization: string
  /** Undefined keeps it, with its time. */
  policy?: FactorPolicy | undefined
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
  { organization: reference, policy: wanted, graceDays, rememberedDevices }: SetFactorPolicy,
): Promise<OrganizationPolicy> {
  const { tx, principal, enter, record } = context
  const { organization, actor } = await enter(reference, 'organization:security')
  if (principal.kind !== 'user') throw new Problem('session_required')
  const before = organization.factorPolicy
  const policy = wanted ?? before.policy
  const live = await tx.sessions.liveState(principal.sessionId, null)
  if (!live) throw new Problem('token_revoked')
  await requireRecent(tx, live, 'factor-policy:change')
  if (wanted !== undefined && !isReadyFor(await tx.authenticators.held(actor.userId), wanted)) throw new Problem('factor_missing')
  const needed: Acr | null = wanted === undefined ? null : acrOfPolicy[wanted]
  if (needed !== null && !authenticationsOf(live.session).some(({ methods }) => satisfiesAcr(acrOf(methods), needed)))
    throw new Problem('insufficient_user_authentication', 'Confirm with a factor that the policy accepts.', {
      extensions: { acr_values: needed, action: 'factor-policy:change' },
    })
  const now = await tx.now()
  const current = ownPolicyInForce(before, now)
  const mayWait = isStricter(policy, current)
  const set = {
    policy,
    // Only a stricter policy waits, and the one before goes on until then.
    from: policy === 'none' ? null : new Date(now.getTime() + (mayWait ? graceDays * DAY_MILLISECONDS : 0)),
    before: mayWait ? current : ('none' as const),
  }
  const changed: OrganizationPolicy = { ...before, ...(wanted !== undefined && set), rememberedDevices: rememberedDevices ?? before.rememberedDevices }
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

/** By the operator, for an organization whose admins cannot meet its policy any more. @throws Problem organization_not_found */
export async function liftFactorPolicy(context: Context, { organization: reference }: { organization: string }): Promise<Organization> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference)
  const { rememberedDevices, floor } = organization.factorPolicy
  const lifted: OrganizationPolicy = { policy: 'none', from: null, before: 'none', rememberedDevices, floor }
  if (organization.factorPolicy.policy === 'none') return organization
  await tx.organizations.setFactorPolicy(organization.id, lifted)
  const { id } = organization
  await record({ type: 'organization.factor_policy_changed', target: id, organizationId: id, policy: 'none', from: null, rememberedDevices })
  return { ...organization, factorPolicy: lifted }
}
