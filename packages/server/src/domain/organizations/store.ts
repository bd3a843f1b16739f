import type { JoinReason, LeaveReason } from '@muster/contract/events.ts'
import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { MembershipStatus, Role } from '@muster/contract/permissions.ts'
import type { Member, Membership } from '../model/membership.ts'
import type { Details, Organization, Purpose } from '../model/organization.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { MemberFilter } from './directory.ts'

export interface OrganizationStore {
  insert(organization: { id: OrganizationId; name: string; founderId: UserId; plan: string }): Promise<void>
  /** By id, by name, or by a name it had; `former` says that it was the last. */
  find(reference: string): Promise<{ organization: Organization; former: boolean } | null>
  /** Locks in the order of ids, so that two callers with the same organizations cannot wait for each other. Answers with those that exist. */
  lock(ids: readonly OrganizationId[]): Promise<Organization[]>
  /** The personal organization of its founder, dormant or not. */
  personalOf(userId: UserId): Promise<Organization | null>
  /** Compare and set: false when it is not called `from` any more. */
  rename(id: OrganizationId, from: string, to: string): Promise<boolean>
  /** Ends its being personal. False when it was not. */
  share(id: OrganizationId): Promise<boolean>
  /** When it was renamed within the last so many days, oldest first. */
  renamesWithin(id: OrganizationId, days: number): Promise<Date[]>
  setPlan(id: OrganizationId, plan: string): Promise<void>
  /** Null when it is suspended already. The version only grows. */
  suspend(id: OrganizationId, reason: string | null): Promise<{ version: number; at: Date } | null>
  /** Answers with the version; null when it is not suspended. */
  resume(id: OrganizationId): Promise<number | null>
  suspensionReason(id: OrganizationId): Promise<string | null>
  details(id: OrganizationId): Promise<Details>
  setContact(id: OrganizationId, purpose: Purpose, contact: { userId: UserId } | { email: string } | null): Promise<void>
  /** Answers with what they were the contact for. */
  clearContactsOf(id: OrganizationId, userId: UserId): Promise<Purpose[]>
  setAddress(id: OrganizationId, address: string | null): Promise<void>
}

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

export interface NameStore {
  /** False when anybody holds it. */
  take(name: string, holder: { userId: UserId }): Promise<boolean>
  /** False when anybody else holds it. The founder's username is theirs to name an organization by; a name the organization held before is its own still. */
  takeForOrganization(name: string, organizationId: OrganizationId, founderId: UserId): Promise<boolean>
  holder(name: string): Promise<{ userId: UserId | null; organizationId: OrganizationId | null } | null>
}
