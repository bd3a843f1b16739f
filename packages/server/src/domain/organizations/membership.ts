import type { JoinReason, LeaveReason } from '@muster/contract/events.ts'
import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { requireMember } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import { requireRecentCaller } from '../command/recent.ts'
import { RetryTransaction } from '../command/retry.ts'
import { requireMultiUser, requireSeat } from '../command/seats.ts'
import { together } from '../command/together.ts'
import { copyableKeys } from '../credentials/api-key.ts'
import { SESSIONS_COUNTED } from '../credentials/session.ts'
import type { ListedKey } from '../credentials/store.ts'
import { revokeInvitations } from '../invitations/invitation.ts'
import { newId } from '../model/id.ts'
import type { Invitation } from '../model/invitation.ts'
import type { TargetMember } from '../model/membership.ts'
import { faultOfName } from '../model/names.ts'
import type { Organization } from '../model/organization.ts'
import { principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { builtIn, type HeldRole, roleOfEvent } from '../model/role.ts'
import { type HandedOver, handOver } from '../resources/resource.ts'
import { requireRoleKnown } from '../roles/grant.ts'
import { isLastAdmin, lastAdminProblem } from './last-admin.ts'

/** Part of an accept: checks the seat, ends the personal status, and inserts or restores the membership. */
export async function startMembership(
  context: Context,
  {
    organization,
    userId,
    role,
    reason,
    epoch,
    invitation,
  }: { organization: Organization; userId: UserId; role: HeldRole; reason: JoinReason; epoch: number; invitation?: Invitation },
): Promise<void> {
  const { tx, record } = context
  if (reason === 'accepted') {
    // The new member would be refused everywhere and could not leave.
    if (organization.suspendedAt) throw new Problem('organization_suspended')
    requireMultiUser(context, organization)
    await requireSeat(context, organization)
  }
  await requireRoleKnown(tx, role, { toInvited: true })
  await together(
    reason === 'accepted' && organization.founderId !== userId && endPersonal(context, organization.id),
    tx.memberships.start({ organizationId: organization.id, userId, role, reason }),
  )
  await record({
    type: 'membership.started',
    target: userId,
    organizationId: organization.id,
    ...roleOfEvent(role),
    reason,
    epoch,
    ...(invitation && { invitationId: invitation.id }),
  })
}

/** Permanently (S2). */
async function endPersonal({ tx, record }: Context, id: OrganizationId): Promise<void> {
  if (await tx.organizations.share(id)) await record({ type: 'organization.shared', target: id, organizationId: id })
}

/**
 * Ends a membership and, by the epoch, all credentials of its user (S32). The member's open invitations are revoked (S19), they are removed as a contact, and what they let third-party clients do is forgotten (P16).
 * `epoch` was read under the lock. Returns the new one.
 */
export async function endMembership(
  context: Context,
  { organizationId, userId, epoch: previous, reason }: { organizationId: OrganizationId; userId: UserId; epoch: number; reason: LeaveReason },
): Promise<{ epoch: number; revokedInvitations: number }> {
  const { tx, record, principal } = context
  const epoch = previous + 1
  const [raised, purposes, invitations] = await together(
    tx.memberships.end(organizationId, userId, reason, principalId(principal)),
    tx.organizations.clearContactsOf(organizationId, userId),
    tx.invitations.revokeOpenBy(userId, organizationId),
    tx.consents.removeAllOf(userId),
    record({ type: 'membership.ended', target: userId, organizationId, reason, epoch }),
  )
  if (raised !== epoch) throw new RetryTransaction()
  const fields = purposes.map((purpose) => `${purpose}_contact`)
  if (fields.length > 0) await record({ type: 'organization.contacts_changed', target: organizationId, organizationId, fields })
  await revokeInvitations(context, organizationId, invitations, 'inviter_left')
  return { epoch, revokedInvitations: invitations.length }
}

/**
 * Every user has an organization: their personal one is restored, or a new one is created (S2). A suspended one is not restored and stops being theirs: they
 * would be refused there and could not leave. The caller has locked `home`.
 */
export async function returnToOwnOrganization(
  context: Context,
  { userId, username, epoch, home }: { userId: UserId; username: string; epoch: number; home: Organization | null },
): Promise<{ organization: Organization; woken: boolean }> {
  if (home && !home.suspendedAt) {
    await startMembership(context, { organization: home, userId, role: builtIn('admin'), reason: 'woken', epoch })
    return { organization: home, woken: true }
  }
  if (home) await endPersonal(context, home.id)
  const name = await freeNameLike(context, username)
  const organization = await foundOrganization(context, { founderId: userId, name, epoch }).catch((error: unknown) => {
    // Another organization took the name meanwhile, so the command runs again with another name.
    throw error instanceof Problem && error.code === 'name_taken' ? new RetryTransaction() : error
  })
  return { organization, woken: false }
}

/** `<username>_2` and so on, shortened to 30 characters (S2). */
async function freeNameLike({ tx, admission }: Context, username: string): Promise<string> {
  for (let number = 2; ; number++) {
    const suffix = `_${number}`
    const name = username.slice(0, 30 - suffix.length) + suffix
    if (faultOfName(admission, name) === null && !(await tx.names.holder(name))) return name
  }
}

export interface MemberReference {
  organization: string
  /** A username or a user id. */
  user: string
}

export interface RemovedMember {
  userId: UserId
  username: string
  endedSessions: number
  endedKeys: number
  revokedInvitations: number
  /** Keys of service accounts that the member could have copied (S37). */
  keysToRoll: ListedKey[]
  /** The resources that passed to the admin (S28). */
  handedOver: HandedOver[]
}

/**
 * Removes a member. The member returns to their personal organization and can log in there (S1, S2, S30).
 * `askRecent`: the caller must have signed in recently (F15).
 */
export async function removeMember(
  context: Context,
  { organization: reference, user, askRecent }: MemberReference & { askRecent?: boolean },
): Promise<RemovedMember> {
  const { enterWith, attempt } = context
  attempt({ member: user })
  const known = await homeOfMember(context, reference, user)
  const { actor, organization, locked } = await enterWith(known ? [known.id] : [], reference, 'members:remove')
  if (askRecent) await requireRecentCaller(context, 'members:remove')
  const target = await memberOf(context, organization.id, user)
  if (target.userId === actor.userId) throw new Problem('self_action')
  if (isLastAdmin(target)) throw await lastAdminProblem(context, organization.id, target.userId)

  const home = await personalAmong(context, locked, target.userId)
  const held = await heldBy(context, organization.id, target.userId)
  const handedOver = await handOver(context, { organizationId: organization.id, from: target.userId, to: actor.id, reason: 'removed' })
  const { epoch, revokedInvitations } = await endMembership(context, {
    organizationId: organization.id,
    userId: target.userId,
    epoch: target.epoch,
    reason: 'removed',
  })
  await returnToOwnOrganization(context, { userId: target.userId, username: target.username, epoch, home })
  return {
    userId: target.userId,
    username: target.username,
    endedSessions: held.sessions,
    endedKeys: held.keys,
    revokedInvitations,
    keysToRoll: held.keysToRoll,
    handedOver,
  }
}

/** The member's valid credentials, before they end (S37). Called under the lock on the organization. */
export async function heldBy(
  { tx }: Pick<Context, 'tx'>,
  organizationId: OrganizationId,
  userId: UserId,
): Promise<{ sessions: number; keys: number; keysToRoll: ListedKey[] }> {
  const [sessions, keys, keysToRoll] = await together(
    tx.sessions.countAlive(userId, SESSIONS_COUNTED),
    tx.apiKeys.countAlive({ userId }),
    copyableKeys(tx, organizationId, userId),
  )
  return { sessions, keys, keysToRoll }
}

/** The personal organization that a member would return to. It is read before the locks, so that both organizations are locked in the order of their ids. */
async function homeOfMember({ tx }: Context, reference: string, user: string): Promise<Organization | null> {
  const found = await tx.organizations.find(reference)
  const member = found && (await tx.memberships.member(found.organization.id, user))
  return member ? tx.organizations.personalOf(member.userId) : null
}

/**
 * The user's personal organization, locked.
 * @throws RetryTransaction if it was created after the first read
 */
async function personalAmong({ tx }: Context, locked: readonly Organization[], userId: UserId): Promise<Organization | null> {
  const personal = await tx.organizations.personalOf(userId)
  if (personal && !locked.some(({ id }) => id === personal.id)) throw new RetryTransaction()
  return personal
}

/** @throws Problem member_not_found, or membership_ended for a former member */
export async function memberOf({ tx }: Context, organizationId: OrganizationId, reference: string): Promise<TargetMember> {
  return requireMember(await tx.memberships.target(organizationId, reference))
}

/** Creates an organization with its founder in it, or dormant if the founder registers in another one (S2, S5). */
export async function foundOrganization(
  { tx, record, plans }: Context,
  { founderId, name, epoch, dormant = false }: { founderId: UserId; name: string; epoch: number; dormant?: boolean },
): Promise<Organization> {
  const id = newId('organization')
  await tx.organizations.insert({ id, name, founderId, plan: plans.default })
  if (!(await tx.names.takeForOrganization(name, id, founderId))) throw new Problem('name_taken')
  await record({ type: 'organization.created', target: id, organizationId: id, name, founderId })
  if (dormant) await tx.memberships.insertDormant(id, founderId)
  else await tx.memberships.start({ organizationId: id, userId: founderId, role: builtIn('admin'), reason: 'founded' })
  await record({ type: 'membership.started', target: founderId, organizationId: id, role: 'admin', reason: 'founded', epoch })
  if (dormant) await record({ type: 'membership.ended', target: founderId, organizationId: id, reason: 'dormant', epoch })
  const found = await tx.organizations.find(id)
  return (found as { organization: Organization }).organization
}
