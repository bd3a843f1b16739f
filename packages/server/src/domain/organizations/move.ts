import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { type Remedy, remedyCommand } from '@muster/contract/remedies.ts'
import type { Context } from '../command/context.ts'
import { requirePolicy } from '../command/factor-policy.ts'
import { together } from '../command/together.ts'
import { endServiceAccountKeys } from '../credentials/service-account.ts'
import { consumeInvitation, findByToken, refuseUnlessOpen, requireAddress, revokeInvitations } from '../invitations/invitation.ts'
import type { Invitation } from '../model/invitation.ts'
import type { SessionActor } from '../model/live.ts'
import type { Companions } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import { requireCurrentName } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import { type HeldRole, roleHas } from '../model/role.ts'
import { handOver, heirOf, resourceBlockers } from '../resources/resource.ts'
import { isLastAdmin, lastAdminProblem } from './last-admin.ts'
import { endMembership, returnToOwnOrganization, startMembership } from './membership.ts'
import { requireInbox } from './prove-inbox.ts'

/** A reason why leaving is refused, and what resolves it (S24). */
export interface Blocker {
  kind: 'last_admin' | 'resource'
  detail: string
  /** One of these resolves it. The first is the usual one. */
  remedies: Remedy[]
  /** The first remedy on the command line. */
  command: string
  candidates?: unknown
  resource?: { id: string; kind: string; name: string }
  transfer?: { to: string | null }
}

/** A member who leaves their organization, and their role there. */
export type Mover = Pick<SessionActor, 'userId' | 'organization'> & HeldRole

/** Nobody is kept by resources that they may not transfer: these pass to an admin, as those of a deactivated member (S26, P9). Null: they stay with the member. */
export const heirOfMover = async ({ tx }: Pick<Context, 'tx'>, mover: Mover): Promise<UserId | null> =>
  roleHas(mover, 'resources:transfer') ? null : heirOf(tx, mover.organization.id, { userId: mover.userId, deactivatedBy: null })

/** All blockers at once, so that a person does not meet them one by one (S23). Called under the lock on the organization. */
export async function moveBlockers(context: Pick<Context, 'tx'>, mover: Mover, companions: Companions): Promise<Blocker[]> {
  const blockers: Blocker[] = []
  if (!(await heirOfMover(context, mover))) blockers.push(...(await resourceBlockers(context, mover, companions)))
  if (isLastAdmin(companions)) blockers.push(await lastAdminBlocker(context, mover))
  return blockers
}

async function lastAdminBlocker({ tx }: Pick<Context, 'tx'>, { organization, userId }: Pick<SessionActor, 'userId' | 'organization'>): Promise<Blocker> {
  const { extensions } = await lastAdminProblem({ tx }, organization.id, userId)
  const names = ((extensions['candidates'] ?? []) as { username: string }[]).map(({ username }) => username)
  const only = `You are the only active admin of ${organization.name}`
  if (names.length > 0)
    return {
      kind: 'last_admin',
      detail: `${only}, which has other members: ${names.join(', ')}.`,
      ...resolvedBy({ code: 'promote', members: names }),
      ...extensions,
    }
  // A deactivated member cannot become admin before they are reactivated, and nobody in the organization can end a suspension.
  const { items } = await tx.memberships.page(organization.id, { limit: 20 })
  const others = items.filter((member) => member.userId !== userId)
  const deactivated = namesOf(others.filter(({ status, suspendedAt }) => status === 'deactivated' && suspendedAt === null))
  const members = namesOf(others)
  const remove: Remedy = { code: 'remove_member', members }
  const them = members.length === 1 ? 'them' : 'them all'
  if (deactivated.length === 0)
    return {
      kind: 'last_admin',
      detail: `${only}. The operator of this cloud has suspended all other members: ${members.join(', ')}. Remove ${them}, or ask the operator.`,
      ...resolvedBy(remove),
      ...extensions,
    }
  return {
    kind: 'last_admin',
    detail: `${only}. All other members are ${deactivated.length === members.length ? 'deactivated' : 'deactivated or suspended'}: ${members.join(', ')}. Reactivate one and make them admin, or remove ${them}.`,
    ...resolvedBy({ code: 'reactivate', members: deactivated }, remove),
    ...extensions,
  }
}

const namesOf = (members: readonly { username: string }[]): string[] => members.map(({ username }) => username)

const resolvedBy = (first: Remedy, ...others: Remedy[]): Pick<Blocker, 'remedies' | 'command'> => ({
  remedies: [first, ...others],
  command: remedyCommand(first),
})

/** Passes on the resources of a member who may not transfer them. @throws Problem move_blocked */
export async function refuseBlockedMove(context: Context, mover: Mover, companions: Companions): Promise<void> {
  const blockers = await moveBlockers(context, mover, companions)
  if (blockers.length > 0) throw new Problem('move_blocked', undefined, { extensions: { blockers } })
  await passOn(context, mover, await heirOfMover(context, mover))
}

/** The resources of somebody who leaves without transferring them. */
export async function passOn(context: Context, { userId, organization }: Pick<Mover, 'userId' | 'organization'>, heir: UserId | null): Promise<void> {
  if (heir) await handOver(context, { organizationId: organization.id, from: userId, to: heir, reason: 'moved' })
}

/** A person who was the only member leaves the organization dormant, without open invitations (S2, S23). */
export async function closePreviousOrganization(
  context: Context,
  { organization, userId, epoch: previous }: Pick<SessionActor, 'userId' | 'organization'> & { epoch: number },
  { others }: Pick<Companions, 'others'>,
  reason: 'moved' | 'left',
): Promise<number> {
  const ending = endMembership(context, { organizationId: organization.id, userId, epoch: previous, reason })
  if (others) return (await ending).epoch
  const [{ epoch }, invitations] = await together(ending, context.tx.invitations.revokeAllOpen(organization.id))
  await revokeInvitations(context, organization.id, invitations, 'organization_dormant')
  await endServiceAccountKeys(context, organization.id)
  return epoch
}

export interface Moved {
  left: { id: OrganizationId; name: string } | null
  organizationId: OrganizationId
  woken: boolean
}

/** Accepts an invitation of any kind as a registered user: moves from the old organization to the new one in one transaction (S23, S25). */
export async function joinOrganization(context: Context, { organization, token }: { organization?: string | undefined; token: string }): Promise<Moved> {
  const { tx, keys } = context
  const [invitation, named] = await together(findByToken(tx, keys, token), organization === undefined ? undefined : tx.organizations.find(organization))
  context.attempt({ attempted: 'invitations:accept', organizationId: invitation.organizationId, target: invitation.id })
  if (named !== undefined) {
    // The secret is for another organization than the named one. A caller who mistyped the name keeps the secret (S15).
    if (named?.organization.id !== invitation.organizationId) throw new Problem('invitation_not_found', `The secret is not for ${organization}.`)
    requireCurrentName(named)
  }
  const { actor, locked, live, companions } = await context.lockWithMine([invitation.organizationId])
  const target = locked.find(({ id }) => id === invitation.organizationId)
  if (!target) throw new Problem('invitation_not_found')
  if (actor.organization.id === target.id) return alreadyIn(context, invitation, actor)

  refuseUnlessOpen(invitation, live.now)
  requireAddress(invitation, live.account)
  await requireInbox(tx, invitation, live)
  // A refresh token that does not rotate is checked when it begins to act in an organization, and not again (F13).
  if (live.session.kind === 'refresh') requirePolicy({ ...live, organization: target })
  // The invitation first: a caller who is too late learns that, and not what blocks an impossible move.
  const [accepted] = await together(consumeInvitation(context, invitation, actor.userId), refuseBlockedMove(context, actor, companions))
  const epoch = await closePreviousOrganization(context, { ...actor, epoch: live.account.epoch }, companions, 'moved')
  await together(
    startMembership(context, { organization: target, userId: actor.userId, role: accepted, reason: 'accepted', epoch, invitation: accepted }),
    tx.sessions.adopt(actor.sessionId, epoch, target.id),
  )
  return { left: { id: actor.organization.id, name: actor.organization.name }, organizationId: target.id, woken: false }
}

/** The same user accepting again gets the same response (S14). A member with an unused secret is refused, and the secret stays valid (S10). */
async function alreadyIn({ tx, awaitEnded }: Context, { id }: Invitation, actor: SessionActor): Promise<Moved> {
  const now = await tx.invitations.find(id)
  if (now?.state === 'accepted' && now.acceptedBy === actor.userId) {
    await awaitEnded('user', [actor.userId])
    return { left: null, organizationId: actor.organization.id, woken: false }
  }
  throw new Problem('already_member', `You are already a member of ${actor.organization.name}.`)
}

/** A person who returned to a suspended organization could do nothing there and could not leave. @throws Problem organization_suspended */
export function refuseSuspendedHome(home: Pick<Organization, 'name' | 'suspendedAt'> | null): void {
  if (home?.suspendedAt)
    throw new Problem(
      'organization_suspended',
      `${home.name}, the personal organization you would return to, is suspended. To leave, accept an invitation to another organization.`,
    )
}

/** Leaves without an invitation, for the personal organization (S27). */
export async function leaveOrganization(context: Context, { organization: reference }: { organization: string }): Promise<Moved> {
  const { tx, principal } = context
  context.attempt({ attempted: 'organization:leave' })
  const found = await tx.organizations.find(reference)
  const known = principal.kind === 'user' ? await tx.organizations.personalOf(principal.userId) : null
  const { actor, locked, live, companions } = await context.lockWithMine(known ? [known.id] : [])
  if (found?.organization.id !== actor.organization.id) throw new Problem('organization_not_found')
  context.attempt({ organizationId: actor.organization.id })
  requireCurrentName(found)
  if (actor.organization.personal) throw new Problem('personal_organization')
  const home = locked.find(({ id, personal }) => id === known?.id && personal) ?? null
  refuseSuspendedHome(home)
  await refuseBlockedMove(context, actor, companions)

  const epoch = await closePreviousOrganization(context, { ...actor, epoch: live.account.epoch }, companions, 'left')
  const { organization, woken } = await returnToOwnOrganization(context, { userId: actor.userId, username: actor.username, epoch, home })
  await tx.sessions.adopt(actor.sessionId, epoch, organization.id)
  return { left: { id: actor.organization.id, name: actor.organization.name }, organizationId: organization.id, woken }
}
