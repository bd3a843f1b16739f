import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { MembershipStatus } from '@muster/contract/permissions.ts'
import type { HeldRole } from './role.ts'

/** Ties one user to one organization. */
export interface Membership extends HeldRole {
  organizationId: OrganizationId
  userId: UserId
  roleVersion: number
  status: MembershipStatus
  joinedAt: Date
  endedAt: Date | null
  endedReason: string | null
  statusAt: Date
  /** The last actor to change the status, as the audit log names them, and their reason. */
  statusBy: string | null
  statusReason: string | null
}

export type Member = Membership & {
  username: string
  givenName: string
  familyName: string
  email: string
  statusByName: string | null
  /** When the member last used a session for this organization. */
  lastSeenAt: Date | null
  /** When the account was created. It does not change when the member moves. */
  createdAt: Date
  /** When the role, status, names, username or address last changed. */
  changedAt: Date
  /** The operator refuses this person since then (O14). */
  suspendedAt: Date | null
}

export type CurrentMembership = Membership & { status: 'active' | 'deactivated' }

/** A member as read by a command that changes them, under the lock on the organization. `epoch` is that of the account. */
export type TargetMember = Member & Companions & { epoch: number }

/** What decides whether a member may go (S29). */
export interface Companions {
  /** The member is an active admin: not deactivated, and not suspended by the operator. */
  isAdmin: boolean
  /** There is another active admin. */
  otherAdmin: boolean
  /** There is another member, active or deactivated. */
  others: boolean
}
