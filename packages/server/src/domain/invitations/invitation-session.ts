import type { OrganizationId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { Account } from '../model/account.ts'
import { newId } from '../model/id.ts'
import type { Invitation } from '../model/invitation.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import { findByToken, requireAddress, requireOpen } from './invitation.ts'

export const INVITATION_SESSION_SECONDS = 900

/**
 * Part of a sign-in of a person who has proved who they are, by these methods (RFC 8176). Null if the token is for no invitation that this person may accept; the refusal then reveals nothing more (S35).
 */
export async function openInvitationSession(
  context: Context,
  account: Account,
  { organizationId, token, methods }: { organizationId: OrganizationId; token: string; methods: readonly string[] },
): Promise<{ cookie: string } | null> {
  const { tx, principal, record } = context
  const invitation = await invitationToAnswer(context, account, organizationId, token)
  if (!invitation) return null
  const cookie = newOpaqueToken('muster_is')
  await tx.invitationSessions.insert({
    id: newId('session'),
    userId: account.id,
    epoch: account.epoch,
    invitationId: invitation.id,
    invitationVersion: invitation.version,
    methods,
    tokenHash: digest(cookie),
    address: principal.origin.address,
    lifetimeSeconds: INVITATION_SESSION_SECONDS,
  })
  await record({ type: 'invitation.opened', target: invitation.id, userId: account.id })
  return { cookie }
}

/** An email invitation or invite link of another organization that is open and meant for this person. */
async function invitationToAnswer({ tx, keys }: Context, account: Account, organizationId: OrganizationId, token: string): Promise<Invitation | null> {
  try {
    const invitation = await findByToken(tx, keys, token)
    await requireOpen(tx, invitation)
    requireAddress(invitation, account)
    return invitation.kind === 'secret' || invitation.organizationId === organizationId ? null : invitation
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}
