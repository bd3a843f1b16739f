import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { emailAddress } from '../model/email.ts'
import { type Purpose, purposes } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

export interface ChangeDetails {
  organization: string
  /** A username, a user id or an email address. Null removes the contact; undefined keeps it. */
  technical?: string | null | undefined
  billing?: string | null | undefined
  address?: string | null | undefined
}

/** Changes the technical and billing contacts and the postal address. Deactivated members are told to ask the technical contact (S35). */
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
  // The field names only: the audit log keeps personal data only where it must (S38).
  if (fields.length > 0) await record({ type: 'organization.contacts_changed', target: organization.id, organizationId: organization.id, fields })
}

/** @throws Problem contact_invalid for a person who is not an active member, email_invalid for an invalid address */
async function contactFrom(tx: Tx, organizationId: OrganizationId, reference: string): Promise<{ userId: UserId } | { email: string }> {
  if (reference.includes('@')) return { email: emailAddress(reference).typed }
  const member = await tx.memberships.member(organizationId, reference)
  if (member?.status !== 'active') throw new Problem('contact_invalid', `${reference.slice(0, 60)} is not an active member.`)
  return { userId: member.userId }
}

/** Several lines without invisible characters. Null if empty. */
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
