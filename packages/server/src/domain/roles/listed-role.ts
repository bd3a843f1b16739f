import type { OrganizationId, RoleId } from '@muster/contract/ids.ts'
import { type BuiltInRole, builtInRoles, type Permission, permissions } from '@muster/contract/permissions.ts'
import { permissionsOfRole } from '../apis/api.ts'
import { mayDo } from '../command/authorize.ts'
import type { Rights } from '../model/live.ts'
import { builtIn, type CustomRole, roleHas } from '../model/role.ts'
import type { Tx } from '../store.ts'
import { roleNotFound } from './find-role.ts'
import type { HolderKind } from './store.ts'

/** A role as a list shows it: built in, or of the organization. */
export interface ListedRole {
  /** Of a built-in role, its name. */
  id: RoleId | BuiltInRole
  name: string
  description: string
  /** Of Muster's own API and of the platform's APIs. */
  permissions: readonly string[]
  holders: number
  /** Null: built in. */
  custom: Pick<CustomRole, 'revision' | 'createdAt' | 'changedAt'> | null
}

const descriptions: Record<BuiltInRole, string> = {
  admin: 'Can do everything, such as managing members, roles and settings.',
  member: 'Can use the organization and work with its resources.',
  viewer: 'Can see the organization, its members and its resources, and change nothing.',
}

/** The kinds of holders that a caller sees: members as in the list of members, and the others for those who may list them. */
export const visibleHolders = (viewer: Rights): HolderKind[] => [
  'user',
  ...(mayDo(viewer, 'service-accounts:read') ? (['service_account'] as const) : []),
  ...(mayDo(viewer, 'invitations:read') ? (['invitation'] as const) : []),
]

/** All roles of an organization: the built-in ones, and its own in order of their names. */
export async function listRoles(tx: Pick<Tx, 'apis' | 'roles'>, organizationId: OrganizationId, kinds: readonly HolderKind[]): Promise<ListedRole[]> {
  const [apis, custom, counts] = await Promise.all([tx.apis.list(), tx.roles.list(organizationId), tx.roles.holderCounts(organizationId, kinds)])
  const builtInOnes = builtInRoles.map((role): ListedRole => {
    const held = builtIn(role)
    const own = (Object.keys(permissions) as Permission[]).filter((permission) => roleHas(held, permission))
    const atApis = apis.flatMap((api) => permissionsOfRole(api, held))
    return { id: role, name: role, description: descriptions[role], permissions: [...own, ...atApis], holders: counts.get(role) ?? 0, custom: null }
  })
  return [...builtInOnes, ...custom.map((role) => ({ ...role, holders: counts.get(role.id) ?? 0, custom: role }))]
}

/**
 * A role of the list, by name or id.
 * @throws Problem role_not_found with the names that exist
 */
export async function listedRoleOf(
  tx: Pick<Tx, 'apis' | 'roles'>,
  organizationId: OrganizationId,
  kinds: readonly HolderKind[],
  reference: string,
): Promise<ListedRole> {
  const all = await listRoles(tx, organizationId, kinds)
  const role = all.find(({ id, name }) => id === reference || name.toLowerCase() === reference.toLowerCase())
  if (!role) throw await roleNotFound(tx, organizationId)
  return role
}
