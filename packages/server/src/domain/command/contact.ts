import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { emailAddress } from '../model/email.ts'
import { Problem } from '../model/problem.ts'
import type { Organization } from '../organizations/organization.ts'
import type { Tx } from '../store.ts'
import type { Context } from './execute.ts'

export const purposes = ['technical', 'billing'] as const
export type Purpose = (typeof purposes)[number]

/** Whom to ask: a member, or an address that need not be anybody's here. */
export type Contact = { userId: UserId; username: string; email: null } | { userId: null; username: null; email: string }

export interface Details {
  technical: Contact | null
  billing: Contact | null
  address: string | null
}

export interface ChangeDetails {
  organization: string
  /** A username, a user id, or an email address; null for none. What is left out stays. */
  technical?: string | null | undefined
  billing?: string | null | undefined
  address?: string | null | undefined
}

/** The technical and billing contact, and where letters go. The technical one is whom a deactivated person is told to ask (S35). */
export async function changeDetails(context: Context, { organization: reference, ...change }: ChangeDetails): Promise<void> {
  const { tx, enter, record } = context
  const { organization } = await enter(reference, 'organization:contacts')
  const fields: string[] = []
  const contacts: { purpose: Purpose; contact: { userId: UserId } | { email: string } | null }[] = []
  for (const purpose of purposes) {
    const reference = change[purpose]
    if (reference === undefined) continue
    contacts.push({ purpose, contact: reference === null ? null : await contactFrom(tx, organization.id, reference) })
  }
  for (const { purpose, contact } of contacts) {
    await tx.organizations.setContact(organization.id, purpose, contact)
    fields.push(`${purpose}_contact`)
  }
  if (change.address !== undefined) {
    await tx.organizations.setAddress(organization.id, change.address === null ? null : postalAddress(change.address))
    fields.push('address')
  }
  // Which fields, not what stands in them: the record keeps no personal data where it need not (S38).
  if (fields.length > 0) await record({ type: 'organization.contacts_changed', target: organization.id, organizationId: organization.id, fields })
}

/** @throws Problem contact_invalid for somebody who is not an active member, email_invalid for an address that is none */
async function contactFrom(tx: Tx, organizationId: OrganizationId, reference: string): Promise<{ userId: UserId } | { email: string }> {
  if (reference.includes('@')) return { email: emailAddress(reference).typed }
  const member = await tx.memberships.member(organizationId, reference)
  if (member?.status !== 'active') throw new Problem('contact_invalid', `${reference.slice(0, 60)} is not an active member.`)
  return { userId: member.userId }
}

/** Several lines, nothing that cannot be seen. An empty one is none. */
function postalAddress(text: string): string | null {
  const lines = text
    .normalize('NFC')
    .split(/\r\n|[\r\n]/)
    .map((line) => line.trim())
    .join('\n')
    .trim()
  if (lines.length > 1_000 || /[\p{Cc}\p{Cf}\p{Cs}]/u.test(lines.replaceAll('\n', '')))
    throw new Problem('invalid_request', 'The address contains invisible characters.')
  return lines === '' ? null : lines
}

/** The address of a contact that is a username or an address. */
export async function emailOfContact({ accounts }: Pick<Tx, 'accounts'>, contact: string): Promise<string | null> {
  return contact.includes('@') ? contact : ((await accounts.findByUsername(contact))?.email ?? null)
}

/** Whom a deactivated person asks (S35): the technical contact; until one is set and there, the founder, else the longest-serving admin. */
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
