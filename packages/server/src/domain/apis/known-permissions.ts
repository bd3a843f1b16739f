import { isPermission, type Permission, permissions } from '@muster/contract/permissions.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import { permissionNames } from './api.ts'

/**
 * A scope may name the permissions of Muster's own API and of the platform's APIs (P1).
 * @param isOffered whether the caller can choose a permission of Muster's own API
 * @throws Problem permission_unknown, with the names to choose from
 */
export async function requireKnownPermissions(
  { apis }: Pick<Tx, 'apis'>,
  names: readonly string[],
  isOffered: (permission: Permission) => boolean = () => true,
): Promise<void> {
  if (names.every(isPermission)) return
  const catalogues = permissionNames(await apis.list())
  const unknown = names.filter((name) => !isPermission(name) && !catalogues.includes(name))
  if (unknown.length === 0) return
  const known = [...Object.keys(permissions).filter((name) => isPermission(name) && isOffered(name)), ...catalogues]
  const detail = `There is no permission ${unknown.join(', ')}. These exist: ${known.join(', ')}.`
  throw new Problem('permission_unknown', detail, { extensions: { unknown, permissions: known } })
}
