import type { Context } from '../command/context.ts'
import { deactivationDetails } from '../command/refusal.ts'
import { requireSeat } from '../command/seats.ts'
import { copyableKeys, oneLine } from '../credentials/api-key.ts'
import type { ListedKey } from '../credentials/store.ts'
import { revokeInvitations } from '../invitations/invitation.ts'
import type { Member } from '../model/membership.ts'
import { principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { heldBy, isLastAdmin, lastAdminProblem, type MemberReference, memberOf } from './membership.ts'

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

/** Ends a member's access until they are reactivated, and ends all their credentials (S1, S32). They keep their resources. */
export async function deactivateMember(
  context: Context,
  { organization: reference, user, reason }: MemberReference & { reason?: string | undefined },
): Promise<Deactivated> {
  const { tx, principal, enter, record, attempt, awaitEnded } = context
  attempt({ member: user })
  const { actor, organization } = await enter(reference, 'members:deactivate')
  const target = await memberOf(context, organization.id, user)
  if (target.userId === actor.userId) throw new Problem('self_action')
  const said = reason === undefined || reason === '' ? null : oneLine(reason)
  if (target.status === 'deactivated') {
    await awaitEnded('user', [target.userId])
    const keysToRoll = await copyableKeys(tx, organization.id, target.userId)
    return { member: target, changed: false, ended: { sessions: 0, keys: 0, invitations: 0 }, keysToRoll }
  }
  if (await isLastAdmin(context, organization.id, target.userId)) throw await lastAdminProblem(context, organization.id, target.userId)

  const held = await heldBy(context, organization.id, target.userId)
  const epoch = await tx.memberships.deactivate(organization.id, target.userId, principalId(principal), said)
  const member = await memberOf(context, organization.id, target.userId)
  const details = await deactivationDetails(tx, { membership: member, organization })
  await record({ type: 'membership.deactivated', target: target.userId, organizationId: organization.id, epoch, reason: said }, details)
  const invitations = await tx.invitations.revokeOpenBy(target.userId, organization.id)
  await revokeInvitations(context, organization.id, invitations, 'inviter_deactivated')
  const { keysToRoll, ...ended } = held
  return { member, changed: true, ended: { ...ended, invitations: invitations.length }, keysToRoll }
}

/** Changes the status only: ended credentials stay invalid, and the member logs in again (S33). They take a seat again (S7). */
export async function reactivateMember(context: Context, { organization: reference, user }: MemberReference): Promise<{ member: Member; changed: boolean }> {
  const { tx, principal, enter, record, attempt } = context
  attempt({ member: user })
  const { organization } = await enter(reference, 'members:deactivate')
  const target = await memberOf(context, organization.id, user)
  if (target.status === 'active') return { member: target, changed: false }
  await requireSeat(context, organization)
  await tx.memberships.reactivate(organization.id, target.userId, principalId(principal))
  const account = await tx.accounts.find(target.userId)
  await record({ type: 'membership.reactivated', target: target.userId, organizationId: organization.id, epoch: account?.epoch ?? 0 })
  return { member: await memberOf(context, organization.id, target.userId), changed: true }
}
