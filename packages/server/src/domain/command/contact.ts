import type { UserId } from '@muster/contract/ids.ts'
import type { Organization } from '../model/organization.ts'
import type { Tx } from '../store.ts'

/** The email address of a contact, which may be a username or an address. */
export async function emailOfContact({ accounts }: Pick<Tx, 'accounts'>, contact: string): Promise<string | null> {
  return contact.includes('@') ? contact : ((await accounts.findByUsername(contact))?.email ?? null)
}

/** The person for a deactivated member to ask (S35): the technical contact; otherwise the founder, if active; otherwise the longest-serving admin. */
export async function contactOf(
  { organizations, memberships }: Pick<Tx, 'organizations' | 'memberships'>,
  organization: Pick<Organization, 'id' | 'founderId'>,
  asking: UserId,
): Promise<string | null> {
  const { technical } = await organizations.details(organization.id)
  if (technical?.email) return technical.email
  for (const userId of [technical?.userId, organization.founderId]) {
    if (!userId || userId === asking) continue
    const member = await memberships.member(organization.id, userId)
    if (member?.status === 'active') return member.username
  }
  const [admin] = (await memberships.activeAdmins(organization.id)).filter((one) => one.userId !== asking)
  return admin?.username ?? null
}
