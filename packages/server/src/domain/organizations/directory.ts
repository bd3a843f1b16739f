import { type MembershipStatus, type Role, roleMay } from '@muster/contract/permissions.ts'
import { emailAddress } from '../model/email.ts'

/** Which members of an organization are wanted. */
export interface MemberFilter {
  status?: MembershipStatus | undefined
  role?: Role | undefined
  search?: MemberSearch | undefined
}

export interface MemberSearch {
  /** As names and canonical addresses are written: NFC, lower case, the domain of a whole address in its ASCII form. */
  text: string
  /** Whether addresses are looked at. */
  inEmails: boolean
}

/** A text of this length or longer is looked for anywhere in a name, a shorter one at its beginning. */
export const ANYWHERE_FROM = 3

/**
 * What a caller asks for, as far as their role sees: whoever may not see addresses must not find out about them by searching (S4), and the
 * address of somebody who left is no matter of this organization any more.
 */
export function memberFilter(role: Role, asked: { q?: string | undefined; status?: MembershipStatus | undefined; role?: Role | undefined }): MemberFilter {
  const text = canonical(asked.q?.normalize('NFC').toLowerCase().trim() ?? '')
  return {
    status: asked.status,
    role: asked.role,
    search: text === '' ? undefined : { text, inEmails: roleMay(role, 'members:read-email') && asked.status !== 'left' },
  }
}

/** Of a part of an international domain nothing is found: only whole does it have an ASCII form. */
function canonical(text: string): string {
  try {
    return emailAddress(text).canonical
  } catch {
    return text
  }
}
