import type { OrganizationId, RoleId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import type { CustomRole } from './role.ts'

/** Who holds a custom role, or is invited to it. */
export interface RoleHolder {
  kind: 'user' | 'service_account' | 'invitation'
  id: UserId | ServiceAccountId | string
  /** A username, the name of a service account, or the address of an invitation. Null: an invitation for nobody in particular. */
  name: string | null
}

export interface RoleStore {
  /** All custom roles of the organization, in order of their names. There are at most 50. */
  list(organizationId: OrganizationId): Promise<CustomRole[]>
  /** @param reference an id, or a name */
  find(organizationId: OrganizationId, reference: string): Promise<CustomRole | null>
  /** Those of these ids that exist, of any organization. */
  findMany(ids: readonly RoleId[]): Promise<CustomRole[]>
  /** False if the name is taken. */
  insert(role: Pick<CustomRole, 'id' | 'organizationId' | 'name' | 'description' | 'permissions'>): Promise<boolean>
  /** Raises the revision if the permissions change. Null if the name is taken. Called under the lock on the organization. */
  change(role: Pick<CustomRole, 'id' | 'organizationId' | 'name' | 'description' | 'permissions'>): Promise<CustomRole | null>
  /** Called under the lock on the organization, when nobody holds it. */
  remove(id: RoleId): Promise<void>
  /** The names of the running server processes that know the roles admin and member only. */
  processesWithoutRoles(): Promise<string[]>
  /** Members, active or deactivated, service accounts and open invitations that have the role: the first of them. */
  holders(id: RoleId, limit: number): Promise<RoleHolder[]>
}
