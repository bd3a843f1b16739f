import type { OrganizationId, RoleId } from '@muster/contract/ids.ts'
import { type BuiltInRole, type Permission, type Role, roleMay } from '@muster/contract/permissions.ts'
import { roleInWords } from '@muster/contract/role-words.ts'

/** A role that an organization has made (P7). */
export interface CustomRole {
  id: RoleId
  organizationId: OrganizationId
  /** Unique in the organization, without regard to case. No built-in role has it. */
  name: string
  description: string
  /** 1, and one more with each change. */
  revision: number
  /** Names of permissions of Muster's own API and of the platform's APIs. */
  permissions: readonly string[]
  createdAt: Date
  changedAt: Date
}

export type HeldCustomRole = Pick<CustomRole, 'id' | 'name' | 'revision' | 'permissions'>

/** The role that a person or a service account holds, or is invited to. */
export interface HeldRole {
  role: Role
  /** Null for a built-in role. */
  customRole: HeldCustomRole | null
}

export const builtIn = (role: BuiltInRole): HeldRole => ({ role, customRole: null })

export const isSameRole = (one: HeldRole, other: HeldRole): boolean => one.role === other.role && one.customRole?.id === other.customRole?.id

/** In a sentence about a person: "an admin", or "a member with the role Deployer". */
export const inWords = ({ role, customRole }: HeldRole): string => roleInWords(role, customRole?.name)

/** As events name it. */
export const roleOfEvent = ({ role, customRole }: HeldRole): { role: Role; roleId?: RoleId; roleName?: string } => ({
  role,
  ...(customRole && { roleId: customRole.id, roleName: customRole.name }),
})

/** As an event names it that gives the role to somebody, who holds its present revision from then on. */
export const givenRoleOfEvent = (role: HeldRole): ReturnType<typeof roleOfEvent> & { roleRevision?: number } => ({
  ...roleOfEvent(role),
  ...(role.customRole && { roleRevision: role.customRole.revision }),
})

/** Whether a role has this permission of Muster's own API. */
export const roleHas = ({ role, customRole }: HeldRole, permission: Permission): boolean => roleMay(role, permission, customRole?.permissions ?? [])

/** The name of a role for a person: `admin`, or the name that its organization gave it. */
export const nameOfRole = ({ role, customRole }: HeldRole): string => customRole?.name ?? role
