import type { OrganizationId } from '@muster/contract/ids.ts'
import { builtInRoles } from '@muster/contract/permissions.ts'
import { Problem } from '../model/problem.ts'
import { builtIn, type HeldRole } from '../model/role.ts'
import type { Tx } from '../store.ts'

/**
 * A role that somebody names: a built-in one, or the id or the name of one that the organization has made (P7). The case of a name does not matter.
 * @throws Problem role_not_found, with the names that exist
 */
export async function findRole({ roles }: Pick<Tx, 'roles'>, organizationId: OrganizationId, reference: string): Promise<HeldRole> {
  const role = builtInRoles.find((name) => name === reference.toLowerCase())
  if (role) return builtIn(role)
  const found = await roles.find(organizationId, reference)
  if (found) {
    const { id, name, revision, permissions } = found
    return { role: 'custom', customRole: { id, name, revision, permissions } }
  }
  throw await roleNotFound({ roles }, organizationId)
}

/** With the names that exist. */
export async function roleNotFound({ roles }: Pick<Tx, 'roles'>, organizationId: OrganizationId): Promise<Problem> {
  const names = [...builtInRoles, ...(await roles.list(organizationId)).map(({ name }) => name)]
  return new Problem('role_not_found', `These exist: ${names.join(', ')}.`, { extensions: { roles: names } })
}
