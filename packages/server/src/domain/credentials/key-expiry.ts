import type { ApiKeyId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { Tx } from '../store.ts'
import type { ListedKey } from './store.ts'

/** Emails the people who answer for a key that expires within a week, once (P12). */
export async function announceExpiry({ tx }: Context, { id }: { id: ApiKeyId }): Promise<void> {
  if (!(await tx.apiKeys.markExpiryMailed(id))) return // by another process, or the key has ended
  const key = await tx.apiKeys.find(id)
  if (!key) return
  for (const userId of await peopleOf(tx, key)) await tx.jobs.send({ name: 'mail', data: { template: 'key_expires', keyId: id, userId } })
}

/** The holder; of a key of a service account its creator if they are an active admin, who can replace the key, and otherwise the admins of the organization. */
async function peopleOf({ memberships }: Pick<Tx, 'memberships'>, { userId, createdBy, organizationId }: ListedKey): Promise<UserId[]> {
  if (userId !== null) return [userId]
  const creator = await memberships.member(organizationId, createdBy)
  if (creator?.role === 'admin' && creator.status === 'active' && creator.suspendedAt === null) return [createdBy]
  return (await memberships.activeAdmins(organizationId)).filter(({ suspendedAt }) => suspendedAt === null).map((admin) => admin.userId)
}
