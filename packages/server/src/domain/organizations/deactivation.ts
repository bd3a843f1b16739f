import { contactOf } from '../command/contact.ts'
import type { Context } from '../command/context.ts'
import { requireRecentCaller } from '../command/recent.ts'
import { requireSeat } from '../command/seats.ts'
import { together } from '../command/together.ts'
import { copyableKeys, oneLine } from '../credentials/api-key.ts'
import type { ListedKey } from '../credentials/store.ts'
import { revokeInvitations } from '../invitations/invitation.ts'
import type { Member } from '../model/membership.ts'
import { principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { requireMayGrant } from '../roles/grant.ts'
import { isLastAdmin, lastAdminProblem } from './last-admin.ts'
import { heldBy, type MemberReference } from './membership.ts'

/** The credentials that end with the epoch, counted before it is raised, and the keys that the member could have copied (S37). */
export interface Ended {
  sessions: number
  keys: number
  invitations: number
}

export interface Deactivated {
  member: Member
  /** False if the member was already deactivated (S34). */
  changed: boolean
  ended: Ended
  /** Keys of service accounts that the member created and could have copied. They stay valid. */
  keysToRoll: ListedKey[]
}

/** Ends a member's access until they are reactivated, and ends all their credentials (S1, S32). They keep their resources. `askRecent`: as for `removeMember`. */
export async function deactivateMember(
  context: Context,
  { organization: reference, user, reason, askRecent }: MemberReference & { reason?: string | undefined; askRecent?: boolean },
): Promise<Deactivated> {
  const { tx, principal, enterForMember, record, attempt, awaitEnded } = context
  attempt({ member: user })
  const { actor, organization, target } = await enterForMember(reference, 'members:deactivate', user)
  if (target.userId === actor.userId) throw new Problem('self_action')
  const said = reason === undefined || reason === '' ? null : oneLine(reason)
  if (target.status === 'deactivated') {
    await awaitEnded('user', [target.userId])
    const keysToRoll = await copyableKeys(tx, organization.id, target.userId)
    return { member: target, changed: false, ended: { sessions: 0, keys: 0, invitations: 0 }, keysToRoll }
  }
  if (isLastAdmin(target)) throw await lastAdminProblem(context, organization.id, target.userId)
  if (askRecent) await requireRecentCaller(context, 'members:remove')

  // In this order: what is held is counted before it ends.
  const [{ keysToRoll, ...held }, { epoch, ...change }, contact, invitations] = await together(
    heldBy(context, organization.id, target.userId),
    tx.memberships.deactivate(organization.id, target.userId, principalId(principal), said),
    contactOf(tx, organization, target.userId),
    tx.invitations.revokeOpenBy(target.userId, organization.id),
  )
  const details = { deactivated_at: change.statusAt.toISOString(), contact }
  await record({ type: 'membership.deactivated', target: target.userId, organizationId: organization.id, epoch, reason: said }, details)
  await revokeInvitations(context, organization.id, invitations, 'inviter_deactivated')
  return { member: { ...target, ...change }, changed: true, ended: { ...held, invitations: invitations.length }, keysToRoll }
}

/** Changes the status only: ended credentials stay invalid, and the member logs in again (S33). They take a seat again (S7). */
export async function reactivateMember(context: Context, { organization: reference, user }: MemberReference): Promise<{ member: Member; changed: boolean }> {
  const { tx, principal, enterForMember, record, attempt } = context
  attempt({ member: user })
  const { actor, organization, target } = await enterForMember(reference, 'members:deactivate', user)
  if (target.status === 'active') return { member: target, changed: false }
  await requireMayGrant(context.tx, actor, target)
  await requireSeat(context, organization)
  const change = await tx.memberships.reactivate(organization.id, target.userId, principalId(principal))
  await record({
    type: 'membership.reactivated',
    target: target.userId,
    organizationId: organization.id,
    epoch: target.epoch,
    ...(target.suspendedAt && { suspended: true as const }),
  })
  return { member: { ...target, ...change }, changed: true }
}
