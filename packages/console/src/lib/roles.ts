import type { Role as RoleKind } from '@muster/contract/permissions.ts'
import { roleInWords } from '@muster/contract/role-words.ts'
import type { Schemas } from './api.ts'

export type Role = Schemas['Role']

/** The role of a member, an invitation or a service account, as the API names it. */
export interface HeldRole {
  role: RoleKind
  role_id?: string
  role_name?: string
}

const titleCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

/** "Admin", or the name of a role of the organization. */
export const roleName = ({ role, role_name: name }: HeldRole): string => name ?? titleCase(role)

/** The id by which requests and the list of roles name it. */
export const roleId = ({ role, role_id: id }: HeldRole): string => id ?? role

/** "an admin", or "a member with the role Deployer". */
export const describeRole = ({ role, role_name: name }: HeldRole): string => roleInWords(role, name)

/** A role of the list as the holders of it have it. */
export const held = ({ id, name, built_in: isBuiltIn }: Pick<Role, 'id' | 'name' | 'built_in'>): HeldRole =>
  isBuiltIn ? { role: id as RoleKind } : { role: 'custom', role_id: id, role_name: name }

/** "Admin", or the name of a role of the organization. */
export const titleOf = (role: Pick<Role, 'id' | 'name' | 'built_in'>): string => roleName(held(role))
