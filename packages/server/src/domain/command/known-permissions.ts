import { isPermission, permissions } from '@muster/contract/permissions.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

/** The permissions that a scope may name are those of Muster's own API. @throws Problem permission_unknown, with the names that exist */
export async function requireKnownPermissions(_tx: Tx, names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !isPermission(name))
  if (unknown.length === 0) return
  const known = Object.keys(permissions)
  const detail = `There is no permission ${unknown.join(', ')}. These exist: ${known.join(', ')}.`
  throw new Problem('permission_unknown', detail, { extensions: { unknown, permissions: known } })
}
