import type { UserId } from '@muster/contract/ids.ts'
import type { Organization } from '../model/organization.ts'
import type { Tx } from '../store.ts'

/** The email address of a contact, which may be a username or an address. */
export async function emailOfContact({ accounts }: Pick<Tx, 'accounts'>, contact: string): Promise<string | null> {
  return contact.includes('@') ? contact : ((await accounts.findByUsername(contact))?.email ?? null)
}

/** The person for a deactivated member to ask (S35): the technical contact; otherwise the founder, if active; otherwise the longest-serving admin. */
export async function contactOf(
  { organizations }: Pick<Tx, 'organizations'>,
  organization: Pick<Organization, 'id' | 'founderId'>,
  asking: UserId,
): Promise<string | null> {
  const { email, technical, founder, admin } = await organizations.contactsFor(organization, asking)
  return email ?? technical ?? founder ?? admin
}
