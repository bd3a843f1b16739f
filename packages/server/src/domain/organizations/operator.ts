import type { MachineScope } from '@muster/contract/permissions.ts'
import { organizationNotFound, requireClient } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import { refuseUnknownPlan } from '../command/seats.ts'
import { type CreatedSecret, makeSecret } from '../invitations/invitation.ts'
import type { Member } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import { requireCurrentName } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import { builtIn } from '../model/role.ts'
import { setRole } from './change-role.ts'
import { memberOf } from './membership.ts'

// The operator's actions on an organization (S58): its plan, its suspension, and an admin if none is left.

/** Locks the organization, by name or id. For the operator only, or for a client with this scope too. */
export async function enterAsOperator({ tx, principal }: Context, reference: string, clientScope?: MachineScope): Promise<Organization> {
  if (clientScope && principal.kind === 'client') await requireClient(tx, principal, clientScope)
  else if (principal.kind !== 'operator') throw new Problem('operator_required')
  const found = await tx.organizations.find(reference)
  const [organization] = found ? await tx.organizations.lock([found.organization.id]) : []
  if (!found || !organization) throw organizationNotFound(principal)
  requireCurrentName(found)
  return organization
}

/** A smaller plan removes no member. It counts when the next person joins (S7). */
export async function setPlan(
  context: Context,
  { organization: reference, plan, reason }: { organization: string; plan: string; reason?: string | undefined },
): Promise<Organization> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference, 'platform:plans:write')
  refuseUnknownPlan(context, plan)
  if (organization.plan === plan) return organization
  await tx.organizations.setPlan(organization.id, plan)
  await record({
    type: 'organization.plan_changed',
    target: organization.id,
    organizationId: organization.id,
    from: organization.plan,
    to: plan,
    ...(reason && { reason }),
  })
  return { ...organization, plan }
}

/** Ends no credential: during the suspension, every principal of the organization is refused (S32). Suspending again changes nothing. */
export async function suspendOrganization(
  context: Context,
  { organization: reference, reason }: { organization: string; reason?: string | undefined },
): Promise<Organization> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference)
  const suspended = await tx.organizations.suspend(organization.id, reason ?? null)
  if (!suspended) {
    await context.awaitEnded('organization', [organization.id])
    return organization
  }
  await record({ type: 'organization.suspended', target: organization.id, organizationId: organization.id, version: suspended.version, reason: reason ?? null })
  return { ...organization, suspendedAt: suspended.at }
}

/** Credentials are valid again, unless they have ended meanwhile. */
export async function resumeOrganization(
  context: Context,
  { organization: reference, reason }: { organization: string; reason?: string | undefined },
): Promise<Organization> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference)
  const version = await tx.organizations.resume(organization.id)
  if (version === null) {
    await context.awaitEnded('organization', [organization.id])
    return organization
  }
  await record({ type: 'organization.resumed', target: organization.id, organizationId: organization.id, version, ...(reason && { reason }) })
  return { ...organization, suspendedAt: null }
}

/** Makes an active member an admin, for example after the only admin has lost their account (S29). */
export async function promoteMember(
  context: Context,
  { organization: reference, user, reason }: { organization: string; user: string; reason?: string | undefined },
): Promise<Member> {
  const organization = await enterAsOperator(context, reference)
  const member = await memberOf(context, organization.id, user)
  if (member.status === 'deactivated') throw new Problem('member_deactivated', `${member.username} is deactivated.`)
  if (member.suspendedAt !== null) throw new Problem('member_suspended', `${member.username} is suspended.`)
  return setRole(context, organization.id, member, builtIn('admin'), { reason })
}

/**
 * Creates a secret for the next admin of a shared organization without members (S23). It is accepted like any other, under the conditions of a move. An
 * organization with members gets an admin by a promotion; a personal one is restored when its founder returns.
 */
export async function reviveOrganization(context: Context, { organization: reference }: { organization: string }): Promise<CreatedSecret> {
  const organization = await enterAsOperator(context, reference)
  if (organization.personal) throw new Problem('personal_organization', 'It is restored when its founder returns to it.')
  const { active, deactivated } = await context.tx.memberships.counts(organization.id)
  if (active + deactivated > 0) throw new Problem('organization_has_members')
  // The row requires a creator. The audit event names the operator.
  return makeSecret(context, organization, { kind: 'secret', role: builtIn('admin'), createdBy: organization.founderId })
}
