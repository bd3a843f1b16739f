import { confirmsByEmail } from '../accounts/confirm-by-email.ts'
import { requireOwnProof } from '../command/recent.ts'
import type { Account } from '../model/account.ts'
import type { Invitation } from '../model/invitation.ts'
import type { LiveState } from '../model/live.ts'
import type { Tx } from '../store.ts'

type Ways = Pick<Tx, 'accounts' | 'passkeys' | 'authenticators'>

/**
 * The link of an email invitation does not prove control of the inbox, and neither does a provider. True for a person who has nothing but an emailed code to confirm with: only a
 * provider signs them in, or nothing does since a restore, while a refresh token stayed valid (S8). Any other way in was added by an emailed code or link.
 */
export async function needsInbox(tx: Ways, { kind }: Pick<Invitation, 'kind'>, { id }: Pick<Account, 'id'>): Promise<boolean> {
  return kind === 'email' && (await confirmsByEmail(tx, id))
}

/** A sign-up or sign-in by email within the last ten minutes is enough. @throws Problem insufficient_user_authentication */
export async function requireInbox(
  tx: Tx,
  invitation: Pick<Invitation, 'kind'>,
  live: Pick<LiveState, 'account' | 'session' | 'organization' | 'now'>,
): Promise<void> {
  if (await needsInbox(tx, invitation, live.account)) await requireOwnProof(tx, live, 'invitations:accept')
}
