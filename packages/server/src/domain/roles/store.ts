import type { InvitationId, OrganizationId, RoleId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import type { BuiltInRole } from '@muster/contract/permissions.ts'
import type { Page, PageRequest } from '../model/page.ts'
import type { CustomRole } from '../model/role.ts'

export const holderKinds = ['user', 'service_account', 'invitation'] as const
export type HolderKind = (typeof holderKinds)[number]

/** A member, active or deactivated, a service account or an open invitation that has a role. */
export type RoleHolder = {
  /** A username, the name of a service account, or the address of an invitation. Null: an invitation for nobody in particular. */
  name: string | null
} & ({ kind: 'user'; id: UserId } | { kind: 'service_account'; id: ServiceAccountId } | { kind: 'invitation'; id: InvitationId })

type WrittenRole = Pick<CustomRole, 'id' | 'organizationId' | 'name' | 'description' | 'permissions'>

export interface RoleStore {
  /** All custom roles of the organization, in order of their names. There are at most 50. */
  list(organizationId: OrganizationId): Promise<CustomRole[]>
  count(organizationId: OrganizationId): Promise<number>
  /** @param reference an id, or a name */
  find(organizationId: OrganizationId, reference: string): Promise<CustomRole | null>
  /** Those of these ids that exist, of any organization. */
  findMany(ids: readonly RoleId[]): Promise<CustomRole[]>
  /** Null if the name is taken. */
  insert(role: WrittenRole): Promise<CustomRole | null>
  /** Raises the revision. Null if the name is taken. Called under the lock on the organization. */
  change(role: WrittenRole): Promise<CustomRole | null>
  /** Called under the lock on the organization, when nobody holds it. The row stays. */
  remove(id: RoleId): Promise<void>
  /** The names of the running server processes that know the roles admin and member only. */
  processesWithoutRoles(): Promise<string[]>
  /** How many of these kinds hold each role, by the id of a custom role or the name of a built-in one. Counted up to HOLDERS_COUNTED for each kind. */
  holderCounts(organizationId: OrganizationId, kinds: readonly HolderKind[]): Promise<Map<RoleId | BuiltInRole, number>>
  /** In order of the kinds and ids. */
  holders(organizationId: OrganizationId, role: RoleId | BuiltInRole, asked: PageRequest & { kinds: readonly HolderKind[] }): Promise<Page<RoleHolder>>
  /** Takes these permissions out of custom roles of any organization, and raises their revisions: of at most so many roles. */
  dropPermissions(permissions: readonly string[], atMost: number): Promise<(CustomRole & { dropped: string[] })[]>
}
