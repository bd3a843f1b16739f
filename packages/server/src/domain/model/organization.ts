import type { OrganizationId, UserId } from '@muster/contract/ids.ts'

/** Personal while its founder is the only person who ever was a member; the first other accept ends that for good (S2). */
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

/** Whom to ask: a member, or an address that need not be anybody's here. */
export type Contact = { userId: UserId; username: string; email: null } | { userId: null; username: null; email: string }

export interface Details {
  technical: Contact | null
  billing: Contact | null
  address: string | null
}
