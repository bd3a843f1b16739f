import type { FactorPolicy } from '@muster/contract/authentication.ts'
import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { Problem } from './problem.ts'

/** Personal while its founder is the only person who was ever a member. The first accept by another person ends that permanently (S2). */
export interface Organization {
  id: OrganizationId
  name: string
  founderId: UserId
  personal: boolean
  plan: string
  suspendedAt: Date | null
  createdAt: Date
  factorPolicy: OrganizationPolicy
}

/** What the organization requires of the sign-ins of its members (F13). */
export interface OrganizationPolicy {
  policy: FactorPolicy
  /** When it takes force. Null: `policy` is `none`. */
  from: Date | null
  /** In force until then. */
  before: FactorPolicy
  /** False: a member's browser is not remembered (F11). */
  rememberedDevices: boolean
  floor: PolicyFloor
}

/** What the operator requires of the members of every organization, whatever their own policy is. */
export interface PolicyFloor {
  policy: FactorPolicy
  /** When it takes force. Null: at once. */
  from: Date | null
}

export const noFloor: PolicyFloor = { policy: 'none', from: null }

export const purposes = ['technical', 'billing'] as const
export type Purpose = (typeof purposes)[number]

/** A member, or an email address that need not have an account. */
export type Contact = { userId: UserId; username: string; email: null } | { userId: null; username: null; email: string }

export interface Details {
  technical: Contact | null
  billing: Contact | null
  address: string | null
}

/** A former name redirects reads. Changes are refused with the new name (S42). @throws Problem organization_renamed */
export function requireCurrentName({ organization: { name }, former }: { organization: Organization; former: boolean }): void {
  if (former) throw new Problem('organization_renamed', `It is now called ${name}.`, { extensions: { name } })
}
