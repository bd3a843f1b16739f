import type { FactorPolicy } from '@muster/contract/authentication.ts'
import type { JoinReason, LeaveReason } from '@muster/contract/events.ts'
import type { ApiKeyId, OrganizationId, RefreshTokenId, SessionId, UserId } from '@muster/contract/ids.ts'
import type { KeyPolicy, MembershipStatus } from '@muster/contract/permissions.ts'
import type { Companions, Member, Membership, TargetMember } from '../model/membership.ts'
import type { Details, Organization, OrganizationPolicy, Purpose } from '../model/organization.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { HeldRole } from '../model/role.ts'
import type { MemberFilter } from './directory.ts'

/** An organization in the operator's list (O13). */
export type ListedOrganization = Pick<Organization, 'id' | 'name' | 'personal' | 'plan' | 'suspendedAt' | 'createdAt'> & {
  suspendedReason: string | null
  activeMembers: number
  deactivatedMembers: number
}

export interface OrganizationSearch extends PageRequest {
  /** The beginning of a name, or of an id. */
  search?: string | undefined
  suspended?: boolean | undefined
}

export interface OrganizationStore {
  insert(organization: { id: OrganizationId; name: string; founderId: UserId; plan: string }): Promise<void>
  setFactorPolicy(id: OrganizationId, policy: OrganizationPolicy): Promise<void>
  /** Which keys it allows (F15). */
  keyPolicy(id: OrganizationId): Promise<KeyPolicy>
  setKeyPolicy(id: OrganizationId, keys: KeyPolicy): Promise<void>
  /** By id, by name or by a former name; `former` marks the last case. */
  find(reference: string): Promise<{ organization: Organization; former: boolean } | null>
  /** Locks in the order of ids, so that two callers with the same organizations do not deadlock. Returns those that exist. */
  lock(ids: readonly OrganizationId[]): Promise<Organization[]>
  /**
   * Finds an organization by id or by a present or former name, and locks it, in one statement. Others can hold a shared lock at the same time, but not while
   * somebody waits for an exclusive one.
   */
  lockNamed(reference: string, mode: 'shared' | 'exclusive'): Promise<OrganizationId | null>
  /** The personal organization of its founder, dormant or not. */
  personalOf(userId: UserId): Promise<Organization | null>
  /** Compare and set: false if its name is no longer `from`. */
  rename(id: OrganizationId, from: string, to: string): Promise<boolean>
  /** Makes it shared. False if it was already. */
  share(id: OrganizationId): Promise<boolean>
  /** The times of its renames within this many days, oldest first. */
  renamesWithin(id: OrganizationId, days: number): Promise<Date[]>
  setPlan(id: OrganizationId, plan: string): Promise<void>
  /** Null if it is already suspended. The version only increases. */
  suspend(id: OrganizationId, reason: string | null): Promise<{ version: number; at: Date } | null>
  /** Returns the version, or null if it is not suspended. */
  resume(id: OrganizationId): Promise<number | null>
  suspensionReason(id: OrganizationId): Promise<string | null>
  details(id: OrganizationId): Promise<Details>
  /** Whom a member can ask: the address of the technical contact, and the usernames of other active members: technical contact, founder, longest-serving admin. */
  contactsFor(
    organization: Pick<Organization, 'id' | 'founderId'>,
    asking: UserId,
  ): Promise<{ email: string | null; technical: string | null; founder: string | null; admin: string | null }>
  setContact(id: OrganizationId, purpose: Purpose, contact: { userId: UserId } | { email: string } | null): Promise<void>
  /** Returns the purposes that the member was the contact for. */
  clearContactsOf(id: OrganizationId, userId: UserId): Promise<Purpose[]>
  setAddress(id: OrganizationId, address: string | null): Promise<void>
  /** All of the installation, the newest first. With a search, in the order of their names. */
  page(asked: OrganizationSearch): Promise<Page<ListedOrganization>>
}

/** What a change of the status has written. */
export type StatusChange = Pick<Member, 'status' | 'statusAt' | 'statusBy' | 'statusByName' | 'statusReason' | 'changedAt'>

/** A member who has no factor that a policy accepts. */
export interface UnreadyMember extends HeldRole {
  userId: UserId
  username: string
  app: boolean
}

export interface MembershipStore {
  /** Active members who are not ready for the policy, by id. */
  unready(organizationId: OrganizationId, policy: FactorPolicy, page: PageRequest): Promise<Page<UnreadyMember>>
  find(organizationId: OrganizationId, userId: UserId): Promise<Membership | null>
  current(userId: UserId): Promise<Membership | null>
  /** Active admins, longest-serving first. Those that the operator has suspended come last. */
  activeAdmins(organizationId: OrganizationId): Promise<Member[]>
  companions(organizationId: OrganizationId, userId: UserId): Promise<Companions>
  countActive(organizationId: OrganizationId): Promise<number>
  /** Without former members. */
  counts(organizationId: OrganizationId): Promise<{ active: number; deactivated: number }>
  /** Inserts the membership, or restores an ended one. */
  start(membership: { organizationId: OrganizationId; userId: UserId; role: HeldRole; reason: JoinReason }): Promise<void>
  /** Inserts a membership that has ended from the beginning: the personal organization of a person who registers in another one (S5). */
  insertDormant(organizationId: OrganizationId, userId: UserId): Promise<void>
  /** Raises the user's epoch in the same statement. Returns the new epoch. */
  deactivate(organizationId: OrganizationId, userId: UserId, by: string, reason: string | null): Promise<{ epoch: number } & StatusChange>
  /** The epoch does not change: ended credentials stay invalid (S33). */
  reactivate(organizationId: OrganizationId, userId: UserId, by: string): Promise<StatusChange>
  /** Raises the user's epoch in the same statement. Returns the new epoch. */
  end(organizationId: OrganizationId, userId: UserId, reason: LeaveReason, by: string): Promise<number>
  /** Returns the version of the role, which only increases. */
  setRole(organizationId: OrganizationId, userId: UserId, role: HeldRole): Promise<number>
  /**
   * Sets a role below member, and raises the user's epoch in the same statement. Their sessions and keys go on: they get the new epoch too (P11). The caller has
   * locked the account.
   */
  lowerRole(organizationId: OrganizationId, userId: UserId, role: HeldRole): Promise<{ version: number; epoch: number }>
  /** Those of these people who are or were members of the organization. */
  listed(people: readonly Pick<Membership, 'organizationId' | 'userId'>[]): Promise<Member[]>
  member(organizationId: OrganizationId, reference: string): Promise<Member | null>
  /** The same for a command that changes the member, by the id or a name of the organization. */
  target(organization: string, reference: string): Promise<TargetMember | null>
  /** The status in this organization of the account with this address. Null also if there is no such account. */
  statusOfAddress(organizationId: OrganizationId, emailCanonical: string): Promise<MembershipStatus | null>
  /** Newest first; without a status, members who have not left. The cost of a page does not grow with its depth. */
  page(organizationId: OrganizationId, page: MemberFilter & PageRequest): Promise<Page<Member>>
}

/** A credential that was created in a session which had not proved what the organization requires (F13). */
export type UnreadyCredential = {
  /** Of a key its description. Null for a refresh token without a name. */
  name: string | null
  /** The name of the user or the service account. */
  holder: string
  createdAt: Date
  lastUsedAt: Date | null
} & ({ kind: 'key'; id: ApiKeyId } | { kind: 'refresh_token'; id: RefreshTokenId; sessionId: SessionId })

type RequiringPolicy = Exclude<FactorPolicy, 'none'>

export interface UnreadyCredentialStore {
  find(organizationId: OrganizationId, policy: RequiringPolicy, id: string): Promise<UnreadyCredential | null>
  /** The valid ones: refresh tokens first, then keys, each newest first. */
  page(organizationId: OrganizationId, policy: RequiringPolicy, page: PageRequest): Promise<Page<UnreadyCredential>>
}

export interface NameStore {
  /** False if the name is taken or held. */
  take(name: string, holder: { userId: UserId }): Promise<boolean>
  /** False if another holds it. An organization can take its founder's username and its own former names. */
  takeForOrganization(name: string, organizationId: OrganizationId, founderId: UserId): Promise<boolean>
  holder(name: string): Promise<{ userId: UserId | null; organizationId: OrganizationId | null } | null>
}
