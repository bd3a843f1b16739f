import type { Context } from './execute.ts'
import type { Member } from './membership.ts'
import type { Organization } from './organization.ts'
import { refuseUnknownPlan } from './plan.ts'
import { Problem } from './problem.ts'

// What whoever runs the cloud does to an organization from outside (S58): its plan, its suspension, an admin where none is left.

/** The organization by name or id, locked, for the operator alone. */
async function enterAsOperator({ tx, principal }: Context, reference: string): Promise<Organization> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const found = await tx.organizations.find(reference)
  const [organization] = found ? await tx.organizations.lock([found.organization.id]) : []
  if (!found || !organization) throw new Problem('organization_not_found')
  if (found.former) throw new Problem('organization_renamed', `It is called ${organization.name} now.`, { extensions: { name: organization.name } })
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
  if (!suspended) return organization
  await record({ type: 'organization.suspended', target: organization.id, organizationId: organization.id, version: suspended.version, reason: reason ?? null })
  return { ...organization, suspendedAt: suspended.at }
}

/** Everything that was good before is good again, unless it has ended since. */
export async function resumeOrganization(context: Context, { organization: reference }: { organization: string }): Promise<Organization> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference)
  const version = await tx.organizations.resume(organization.id)
  if (version === null) return organization
  await record({ type: 'organization.resumed', target: organization.id, organizationId: organization.id, version })
  return { ...organization, suspendedAt: null }
}

/** Makes an active member admin, where the only admin lost their account and nobody inside can (S29). */
export async function promoteMember(context: Context, { organization: reference, user }: { organization: string; user: string }): Promise<Member> {
  const { tx, record } = context
  const organization = await enterAsOperator(context, reference)
  const member = await tx.memberships.member(organization.id, user)
  if (!member || member.status === 'left') throw new Problem('member_not_found')
  if (member.status === 'deactivated') throw new Problem('member_deactivated', `${member.username} is deactivated.`)
  if (member.role === 'admin') return member
  const version = await tx.memberships.setRole(organization.id, member.userId, 'admin')
  const account = await tx.accounts.find(member.userId)
  await record({
    type: 'membership.role_changed',
    target: member.userId,
    organizationId: organization.id,
    role: 'admin',
    epoch: account?.epoch ?? 0,
    version,
  })
  return { ...member, role: 'admin', roleVersion: version }
}
