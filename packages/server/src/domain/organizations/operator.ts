import type { Context } from '../command/context.ts'
import { refuseUnknownPlan } from '../command/plan.ts'
import { type CreatedSecret, makeSecret } from '../invitations/invitation.ts'
import type { Member } from '../model/membership.ts'
import { requireCurrentName } from '../model/names.ts'
import type { Organization } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import { memberOf, setRole } from './membership.ts'

// What whoever runs the cloud does to an organization from outside (S58): its plan, its suspension, an admin where none is left.

/** The organization by name or id, locked, for the operator alone. */
export async function enterAsOperator({ tx, principal }: Context, reference: string): Promise<Organization> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const found = await tx.organizations.find(reference)
  const [organization] = found ? await tx.organizations.lock([found.organization.id]) : []
  if (!found || !organization) throw new Problem('organization_not_found')
  requireCurrentName(found)
  return organization
}

/** A smaller plan cuts nobody off: it counts when the next one wants to come in (S7). */
export async function setPlan(context: Context, { organization: reference, plan }: { organization: string; plan: string }): Promise<Organization> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference)
  refuseUnknownPlan(context, plan)
  if (organization.plan === plan) return organization
  await tx.organizations.setPlan(organization.id, plan)
  await record({ type: 'organization.plan_changed', target: organization.id, organizationId: organization.id, from: organization.plan, to: plan })
  return { ...organization, plan }
}

/** Ends nothing: while it lasts every principal of the organization is refused (S32). Twice is once. */
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

/** Everything that was good before is good again, unless it has ended since. */
export async function resumeOrganization(context: Context, { organization: reference }: { organization: string }): Promise<Organization> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference)
  const version = await tx.organizations.resume(organization.id)
  if (version === null) {
    await context.awaitEnded('organization', [organization.id])
    return organization
  }
  await record({ type: 'organization.resumed', target: organization.id, organizationId: organization.id, version })
  return { ...organization, suspendedAt: null }
}

/** Makes an active member admin, where the only admin lost their account and nobody inside can (S29). */
export async function promoteMember(context: Context, { organization: reference, user }: { organization: string; user: string }): Promise<Member> {
  const organization = await enterAsOperator(context, reference)
  const member = await memberOf(context, organization.id, user)
  if (member.status === 'deactivated') throw new Problem('member_deactivated', `${member.username} is deactivated.`)
  return setRole(context, organization.id, member, 'admin')
}

/**
 * Opens a shared organization that nobody is left in (S23): a secret for its next admin, who accepts it like any other, under the conditions of a
 * move. Where somebody is in it, promote one of them; a personal one wakes by itself.
 */
export async function reviveOrganization(context: Context, { organization: reference }: { organization: string }): Promise<CreatedSecret> {
  const organization = await enterAsOperator(context, reference)
  if (organization.personal) throw new Problem('personal_organization', 'It is restored when its founder returns to it.')
  const { active, deactivated } = await context.tx.memberships.counts(organization.id)
  if (active + deactivated > 0) throw new Problem('organization_has_members')
  // Its row needs a maker; who it was, the record says.
  return makeSecret(context, organization, { kind: 'secret', role: 'admin', createdBy: organization.founderId })
}
