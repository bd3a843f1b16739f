import type { OrganizationId, UserId } from '@muster/contract/ids.ts'

/** Personal while its founder is the only person who was ever a member. The first accept by another person ends that permanently (S2). */
export interface Organization {
  id: OrganizationId
  name: string
  founderId: UserId
  personal: boolean
  plan: string
  suspendedAt: Date | null
  createdAt: Date
}

export const purposes = ['technical', 'billing'] as const
export type Purpose = (typeof purposes)[number]

/** A member, or an email address that need not have an account. */
export type Contact = { userId: UserId; username: string; email: null } | { userId: null; username: null; email: string }

export interface Details {
  technical: Contact | null
  billing: Contact | null
  address: string | null
}
