import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { isBelowMember } from '@muster/contract/permissions.ts'
import { changeNames } from '../accounts/person-names.ts'
import type { Context } from '../command/context.ts'
import { requireRecentCaller } from '../command/recent.ts'
import { revokeInvitations } from '../invitations/invitation.ts'
import type { Names } from '../model/account.ts'
import type { Member, TargetMember } from '../model/membership.ts'
import { Problem } from '../model/problem.ts'
import { givenRoleOfEvent, type HeldRole, isSameRole, roleHas } from '../model/role.ts'
import { type HandedOver, handOver } from '../resources/resource.ts'
import { findRole } from '../roles/find-role.ts'
import { requireMayGrant, requireRoleKnown } from '../roles/grant.ts'
import { isLastAdmin, lastAdminProblem } from './last-admin.ts'
import { type MemberReference, memberOf } from './membership.ts'

export interface ChangedRole {
  member: Member
  /** The resources that passed to the admin, because the member could not remove them any more (P9). */
  handedOver: HandedOver[]
}

/**
 * Changes a role (S3). The new role counts at once. No credential ends (S32), but the open invitations of somebody who can no longer make them do (S19).
 * @param input.role a name or an id
 */
export async function changeRole(context: Context, { organization: reference, user, role: asked }: MemberReference & { role: string }): Promise<ChangedRole> {
  const { tx, enterForMember, attempt } = context
  attempt({ member: user })
  const { actor, organization, target } = await enterForMember(reference, 'members:role', user)
  if (target.userId === actor.userId) throw new Problem('self_action')
  const role = await findRole(tx, organization.id, asked)
  if (role.role !== 'admin' && isLastAdmin(target)) throw await lastAdminProblem(context, organization.id, target.userId)
  if (!isSameRole(role, target)) {
    await requireMayGrant(tx, actor, role)
    await requireRoleKnown(tx, role)
    if (role.role === 'admin') await requireRecentCaller(context, 'members:promote')
  }
  return giveRole(context, { organizationId: organization.id, target, role, admin: actor.userId })
}

/** For a command that has locked the organization and checked the role. Resources that the member can no longer remove pass to the admin (P9). */
export async function giveRole(
  context: Context,
  { organizationId, target, role, admin }: { organizationId: OrganizationId; target: TargetMember; role: HeldRole; admin: UserId },
): Promise<ChangedRole> {
  const member = await setRole(context, organizationId, target, role)
  const keepsResources = isSameRole(role, target) || roleHas(role, 'resources:remove')
  const handedOver = keepsResources ? [] : await handOver(context, { organizationId, from: target.userId, to: admin, reason: 'role_changed' })
  return { member, handedOver }
}

export interface ChangeMember extends MemberReference {
  /** A name or an id. */
  role?: string | undefined
  names?: Pick<Names, 'givenName' | 'familyName'> | undefined
}

/** Changes a member's role, names or both, in one transaction, by an admin (S3, S4). */
export async function changeMember(context: Context, { names = {}, role, ...reference }: ChangeMember): Promise<ChangedRole> {
  if (names.givenName === undefined && names.familyName === undefined && role !== undefined) return changeRole(context, { ...reference, role })
  context.attempt({ member: reference.user })
  const { organization, target } = await context.enterForMember(reference.organization, 'members:names', reference.user)
  await changeNames(context, target.userId, names, organization.id)
  if (role !== undefined) return changeRole(context, { ...reference, role })
  return { member: await memberOf(context, organization.id, target.userId), handedOver: [] }
}

/**
 * For a command that has locked the organization. Setting the same role changes nothing, but a caller that waits for receivers waits for the original
 * revocation.
 */
export async function setRole(
  context: Context,
  organizationId: OrganizationId,
  member: TargetMember,
  role: HeldRole,
  { reason }: { reason?: string | undefined } = {},
): Promise<Member> {
  const { tx, record, awaitEnded } = context
  const { userId: target } = member
  if (isSameRole(role, member)) {
    await awaitEnded('role', [target])
    return member
  }
  const { version, epoch, lowered } = await writeRole(context, organizationId, member, role)
  await record({
    type: 'membership.role_changed',
    target,
    organizationId,
    ...givenRoleOfEvent(role),
    epoch,
    version,
    ...(lowered && { lowered }),
    ...(reason && { reason }),
  })
  // Any other role may lack the permission to invite, or a permission of a role to which they have invited.
  if (role.role !== 'admin') await revokeInvitations(context, organizationId, await tx.invitations.revokeOpenBy(target, organizationId), 'inviter_demoted')
  return { ...member, role: role.role, customRole: role.customRole, roleVersion: version }
}

/** Of a person who is kept out, all credentials have ended before, so their epoch stays. */
async function writeRole(
  { tx }: Context,
  organizationId: OrganizationId,
  { userId, epoch, status, suspendedAt, ...before }: TargetMember,
  role: HeldRole,
): Promise<{ version: number; epoch: number; lowered?: true }> {
  if (!isBelowMember(role) || isBelowMember(before) || status !== 'active' || suspendedAt !== null)
    return { version: await tx.memberships.setRole(organizationId, userId, role), epoch }
  // A session that begins at this moment is carried to the new epoch too.
  await tx.accounts.lock(userId)
  return { ...(await tx.memberships.lowerRole(organizationId, userId, role)), lowered: true }
}
