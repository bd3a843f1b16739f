import { isId, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { deactivationDetails } from '../command/refused-credential.ts'
import { RetryTransaction } from '../command/retry.ts'
import { removeLastPassword } from '../factors/last-way-in.ts'
import { revokeInvitations } from '../invitations/invitation.ts'
import type { Account } from '../model/account.ts'
import type { Membership } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

// The operator suspends one person (O14). It is a flag of the account, so membership, role, resources and service accounts stay, and no organization can lift it.

export interface Suspended {
  account: Account
  /** False if the person was already suspended, or is not. */
  changed: boolean
  /** The person's organization, if it has other members and nobody in it can act as its admin. */
  withoutAdmin: Pick<Organization, 'id' | 'name'>[]
}

/** An account by username or id. @throws Problem user_not_found */
export async function personOf({ accounts }: Pick<Tx, 'accounts'>, reference: string): Promise<Account> {
  const account = isId('user', reference) ? await accounts.find(reference) : await accounts.findByUsername(reference)
  if (!account) throw new Problem('user_not_found')
  return account
}

interface Entered {
  account: Account
  membership: Membership | null
  organization: Organization | null
}

/** Locks the person's organization, so that its active admins are counted after this, and then the account. */
async function enterPerson({ tx, principal }: Context, reference: string): Promise<Entered> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const { id } = await personOf(tx, reference)
  const before = await tx.memberships.current(id)
  const [organization = null] = before ? await tx.organizations.lock([before.organizationId]) : []
  const account = await tx.accounts.lock(id)
  const membership = await tx.memberships.current(id)
  if (!account) throw new Problem('user_not_found')
  // The person registered or moved before the locks were held.
  if (membership?.organizationId !== before?.organizationId) throw new RetryTransaction()
  return { account, membership, organization }
}

/** Refuses the person everywhere until they are resumed, and ends all their credentials. Suspending again changes nothing. */
export async function suspendPerson(context: Context, { user, reason = null }: { user: string; reason?: string | null | undefined }): Promise<Suspended> {
  const { tx, record } = context
  const { account, membership, organization } = await enterPerson(context, user)
  const suspended = await tx.accounts.suspend(account.id, reason)
  if (!suspended) {
    await context.awaitEnded('user', [account.id])
    return { account, changed: false, withoutAdmin: await organizationsWithoutAdmin(tx, membership, organization) }
  }
  const deactivated = membership?.status === 'deactivated'
  const details = deactivated && organization ? await deactivationDetails(tx, { membership, organization }) : undefined
  await record({ type: 'user.suspended', target: account.id, epoch: suspended.epoch, at: suspended.at.toISOString(), deactivated, reason }, details)
  if (organization) await revokeInvitationsBy(context, account.id, organization.id)
  return {
    account: { ...account, suspendedAt: suspended.at, epoch: suspended.epoch },
    changed: true,
    withoutAdmin: await organizationsWithoutAdmin(tx, membership, organization),
  }
}

/** Lets the person sign in again. No credential from before becomes valid (S33). */
export async function resumePerson(context: Context, { user }: { user: string }): Promise<Suspended> {
  const { tx, record } = context
  const { account, membership, organization } = await enterPerson(context, user)
  const changed = await tx.accounts.resume(account.id)
  if (changed) await removeLastPassword(context, account.id)
  if (changed) await record({ type: 'user.resumed', target: account.id, epoch: account.epoch, deactivated: membership?.status === 'deactivated' })
  else await context.awaitEnded('account', [account.id])
  return { account: { ...account, suspendedAt: null }, changed, withoutAdmin: await organizationsWithoutAdmin(tx, membership, organization) }
}

/** Their secrets and links would still work for someone who has copied them (S19). */
async function revokeInvitationsBy(context: Context, userId: UserId, organizationId: OrganizationId): Promise<void> {
  const revoked = await context.tx.invitations.revokeOpenBy(userId, organizationId)
  await revokeInvitations(context, organizationId, revoked, 'inviter_suspended')
}

/** Read under the lock on the organization. */
async function organizationsWithoutAdmin(
  { memberships }: Pick<Tx, 'memberships'>,
  membership: Membership | null,
  organization: Organization | null,
): Promise<Suspended['withoutAdmin']> {
  if (!membership || !organization) return []
  const { isAdmin, otherAdmin, others } = await memberships.companions(organization.id, membership.userId)
  return isAdmin || otherAdmin || !others ? [] : [{ id: organization.id, name: organization.name }]
}
