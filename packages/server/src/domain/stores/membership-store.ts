import type { JoinReason, LeaveReason } from '@muster/contract/events.ts'
import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { MembershipStatus, Role } from '@muster/contract/permissions.ts'
import type { MemberFilter } from '../directory.ts'
import type { Member, Membership } from '../membership.ts'
import type { Page, PageRequest } from './page.ts'

export interface MembershipStore {
  find(organizationId: OrganizationId, userId: UserId): Promise<Membership | null>
  current(userId: UserId): Promise<Membership | null>
  /** Active admins, longest-serving first. */
  activeAdmins(organizationId: OrganizationId): Promise<Member[]>
  /** Whether anyone besides this user is in it, active or deactivated. */
  othersRemain(organizationId: OrganizationId, userId: UserId): Promise<boolean>
  countActive(organizationId: OrganizationId): Promise<number>
  /** Of those that have not left. */
  counts(organizationId: OrganizationId): Promise<{ active: number; deactivated: number }>
  /** Makes the row, or revives the one that was left. */
  start(membership: { organizationId: OrganizationId; userId: UserId; role: Role; reason: JoinReason }): Promise<void>
  /** A row that is left from the beginning: the home of someone who registered into another organization (S5). */
  insertDormant(organizationId: OrganizationId, userId: UserId): Promise<void>
  /** Raises the user's epoch in the same statement and answers with it. */
  deactivate(organizationId: OrganizationId, userId: UserId, by: string, reason: string | null): Promise<number>
  /** The epoch stays: what is dead stays dead (S33). */
  reactivate(organizationId: OrganizationId, userId: UserId, by: string): Promise<void>
  /** Raises the user's epoch in the same statement and answers with it. */
  end(organizationId: OrganizationId, userId: UserId, reason: LeaveReason, by: string): Promise<number>
  /** Answers with the version of the role, which only grows. */
  setRole(organizationId: OrganizationId, userId: UserId, role: Role): Promise<number>
  member(organizationId: OrganizationId, reference: string): Promise<Member | null>
  /** How whoever has this address stands in this organization; null also when nobody has it. */
  statusOfAddress(organizationId: OrganizationId, emailCanonical: string): Promise<MembershipStatus | null>
  /** Newest first; without a status those that have not left. What a page costs does not grow with its depth. */
  page(organizationId: OrganizationId, page: MemberFilter & PageRequest): Promise<Page<Member>>
}
