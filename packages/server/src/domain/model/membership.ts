import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { MembershipStatus, Role } from '@muster/contract/permissions.ts'

/** Ties one user to one organization. */
export interface Membership {
  organizationId: OrganizationId
  userId: UserId
  role: Role
  roleVersion: number
  status: MembershipStatus
  joinedAt: Date
  endedAt: Date | null
  endedReason: string | null
  statusAt: Date
  /** Who changed the status last, as the record names them, and why they said. */
  statusBy: string | null
  statusReason: string | null
}

export type Member = Membership & {
  username: string
  givenName: string
  familyName: string
  email: string
  statusByName: string | null
  /** When a session of theirs for this organization was last used. */
  lastSeenAt: Date | null
  /** Of the account: it stays when the member moves. */
  createdAt: Date
  /** When their role, status, names, username or address last changed. */
  changedAt: Date
}

export type CurrentMembership = Membership & { status: 'active' | 'deactivated' }
