import type { Context } from '../command/context.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { requireMayGrant } from '../roles/grant.ts'
import { invitationOf, invitationPath, requireOpen } from './invitation.ts'
import type { InvitationReference, Invites } from './invite-by-email.ts'

/** Returns the link of an email invitation, to be delivered by hand. The link is derived, not stored, and the audit log names the admin who copied it (S18). */
export async function copyInvitationLink(context: Context, { organization: reference, id }: InvitationReference): Promise<{ path: string; expiresAt: string }> {
  const { tx, keys, record } = context
  const { actor, organization } = await context.enterShared(reference, 'invitations:create')
  const invitation = await invitationOf(tx, organization.id, id)
  await requireMayGrant(tx, actor, invitation)
  await requireOpen(tx, invitation)
  if (invitation.kind === 'secret') throw new Problem('invitation_without_link')
  await record({ type: 'invitation.link_copied', target: invitation.id, organizationId: organization.id })
  return { path: invitationPath(keys, invitation), expiresAt: invitation.expiresAt.toISOString() }
}

/** As `copyInvitationLink`, within the sender's limit. */
export async function copyLinkWithinLimit(
  { limits, execute }: Pick<Invites, 'limits' | 'execute'>,
  principal: Principal,
  reference: InvitationReference,
): ReturnType<typeof copyInvitationLink> {
  await limits.spend('invitation link by sender', principalId(principal))
  return execute(copyInvitationLink, principal, reference)
}
