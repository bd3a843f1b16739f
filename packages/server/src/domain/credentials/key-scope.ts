import { isPermission } from '@muster/contract/permissions.ts'
import { mayDoAt } from '../apis/api.ts'
import { requireKnownPermissions } from '../apis/known-permissions.ts'
import { mayDo } from '../command/authorize.ts'
import type { Rights } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import { type HeldRole, nameOfRole } from '../model/role.ts'
import type { Tx } from '../store.ts'

export const KEY_DAYS = 90
export const KEY_DAYS_AT_MOST = 1_095

/** What a new key may do, and for how long (P12). */
export interface KeyTerms {
  /** The names of permissions. Null: everything that its holder may do. */
  scope: readonly string[] | null
  /** Null: until it is revoked. */
  expiresInDays: number | null
}

/** For keys that are created through a compatibility folder, whose clients know neither. */
export const UNLIMITED: KeyTerms = { scope: null, expiresInDays: null }

/**
 * The scope of a new key, in its stored form. Its creator cannot put in what they do not have (P12), nor what its holder does not have.
 * @throws Problem permission_unknown or permission_not_held
 */
export async function scopeOfNewKey(
  tx: Tx,
  { scope }: KeyTerms,
  { creator, holder }: { creator: Rights; holder: HeldRole },
): Promise<readonly string[] | null> {
  if (scope === null) return null
  const names = [...new Set(scope)].sort()
  if (!names.every(isPermission)) await tx.apis.share()
  await requireKnownPermissions(tx, names)
  const apis = names.every(isPermission) ? [] : await tx.apis.list()
  const has = (rights: Rights, name: string): boolean => (isPermission(name) ? mayDo(rights, name) : apis.some((api) => mayDoAt(api, rights, name)))
  const missing = names.filter((name) => !has(creator, name) || !has({ role: holder.role, customRole: holder.customRole, scope: null }, name))
  if (missing.length > 0)
    throw new Problem('permission_not_held', `The role ${nameOfRole(holder)} does not have ${missing.join(', ')}.`, { extensions: { missing } })
  return names
}
