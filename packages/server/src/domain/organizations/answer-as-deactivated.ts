import type { SessionId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { suspendedProblem } from '../command/refused-credential.ts'
import { startBrowserSession } from '../credentials/session.ts'
import { consumeInvitation, finishDeclined, invitationFault, requireAddress, requireOpen } from '../invitations/invitation.ts'
import type { InvitationSession } from '../invitations/store.ts'
import type { Invitation } from '../model/invitation.ts'
import type { LiveState } from '../model/live.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import { heirOf } from '../resources/resource.ts'
import type { Tx } from '../store.ts'
import { startMembership } from './membership.ts'
import { closePreviousOrganization, passOn, refuseBlockedMove } from './move.ts'
import { type MovePlan, planOf } from './move-plan.ts'
import { needsInbox } from './prove-inbox.ts'

export interface Answering extends Pick<LiveState, 'account' | 'membership' | 'organization'> {
  session: InvitationSession
  invitation: Invitation
}

/** The person and the invitation, as they are now. Null if the session has expired or the invitation was answered. */
export async function answeringBy(tx: Tx, cookie: string): Promise<Answering | null> {
  const session = await tx.invitationSessions.alive({ tokenHash: digest(cookie) })
  return session && answering(tx, session)
}

async function answering(tx: Tx, session: InvitationSession): Promise<Answering | null> {
  const account = await tx.accounts.find(session.userId)
  const invitation = await tx.invitations.find(session.invitationId)
  const membership = (await tx.memberships.current(session.userId)) as LiveState['membership']
  const organization = membership && ((await tx.organizations.find(membership.organizationId))?.organization ?? null)
  return account && invitation ? { session, account, invitation, membership, organization } : null
}

/** The person as the actor of the event. No other command finds a session with this id. */
export const answeringPrincipal = ({ session, membership }: Answering, origin: UserPrincipal['origin']): UserPrincipal => ({
  kind: 'user',
  userId: session.userId,
  sessionId: session.id,
  epoch: session.epoch,
  organizationId: membership?.organizationId ?? null,
  token: null,
  origin,
})

/** @throws Problem token_expired after fifteen minutes, or once the invitation was answered */
async function again({ tx }: Context, id: SessionId): Promise<Answering> {
  const session = await tx.invitationSessions.alive({ id })
  const found = session && (await answering(tx, session))
  if (!found) throw new Problem('token_expired')
  return found
}

/** Moves the person from the organization that deactivated them to the inviting one, with a new browser session (S25, S26). */
export async function acceptAsDeactivated(context: Context, { sessionId }: { sessionId: SessionId }): Promise<{ cookie: string }> {
  const { tx } = context
  const before = await again(context, sessionId)
  const mine = before.organization?.id
  if (!mine || before.account.username === null) throw new Problem('token_expired')
  const locked = await tx.organizations.lock([mine, before.invitation.organizationId])
  // Checked under the locks: the person may have been reactivated or removed meanwhile, or have answered in another window.
  const { account, membership, organization, invitation, session } = await again(context, sessionId)
  const target = locked.find(({ id }) => id === invitation.organizationId)
  if (!membership || !organization || organization.id !== mine || !target) throw new Problem('membership_left')
  context.attempt({ attempted: 'invitations:accept', organizationId: invitation.organizationId, target: invitation.id })
  await requireOpen(tx, invitation)
  requireAddress(invitation, account)
  const unproven = await unprovenProblem(context, { account, invitation, session })
  if (unproven) throw unproven
  if (organization.suspendedAt) throw suspendedProblem(organization, account.id)

  const actor = { userId: account.id, organization, epoch: account.epoch, role: membership.role, customRole: membership.customRole }
  const companions = await tx.memberships.companions(organization.id, account.id)
  const accepted = await consumeInvitation(context, { ...invitation, version: session.invitationVersion }, account.id)
  if (membership.status === 'deactivated') await passOn(context, actor, await heirOf(tx, mine, { userId: account.id, deactivatedBy: membership.statusBy }))
  else await refuseBlockedMove(context, actor, companions)
  const epoch = await closePreviousOrganization(context, actor, companions, 'moved')
  await startMembership(context, { organization: target, userId: account.id, role: accepted, reason: 'accepted', epoch, invitation: accepted })
  await tx.invitationSessions.end(session.id)
  const { cookie } = await startBrowserSession(context, { ...account, epoch }, target.id, { methods: session.methods, authenticatedAt: session.createdAt })
  return { cookie }
}

/** The usual plan. Nothing of their own blocks a deactivated member (S24, S26). */
export async function planAsDeactivated(context: Context, { sessionId }: { sessionId: SessionId }): Promise<MovePlan> {
  const found = await again(context, sessionId)
  const plan = await planOf(context, found, found.invitation)
  const unproven = plan.problem === null ? await unprovenProblem(context, found) : null
  return unproven ? { ...plan, possible: false, problem: { code: unproven.code, detail: unproven.message } } : plan
}

/**
 * Without a session there is nothing to confirm. A sign-in link is emailed, so it proves the inbox, and so does the link that sets a password (S8). While passwords are off, a person
 * whom a provider signs in gets neither (F23).
 */
async function unprovenProblem(
  { tx, passwords }: Pick<Context, 'tx' | 'passwords'>,
  { account, invitation, session }: Pick<Answering, 'account' | 'invitation' | 'session'>,
): Promise<Problem | null> {
  if (session.methods.includes('email') || !(await needsInbox(tx, invitation, account))) return null
  const next = passwords
    ? 'Set a password with “Forgot your password?” on the sign-in page, then sign in with it.'
    : 'A sign-in with a provider is not enough to accept it. Ask its sender for an invite link, or ask to be reactivated.'
  return new Problem('insufficient_user_authentication', `This invitation was sent by email. ${next}`)
}

/** "Use another account" ends the session without an answer. */
export async function endAnswering({ tx }: Context, { sessionId }: { sessionId: SessionId }): Promise<void> {
  await tx.invitationSessions.end(sessionId)
}

export async function declineAsDeactivated(context: Context, { sessionId }: { sessionId: SessionId }): Promise<{ state: 'declined' }> {
  const { invitation, session } = await again(context, sessionId)
  const fault = invitationFault(invitation, await context.tx.now())
  if (fault) throw new Problem(fault)
  const declined = await finishDeclined(context, { ...invitation, version: session.invitationVersion }, session.userId)
  await context.tx.invitationSessions.end(session.id)
  return declined
}
