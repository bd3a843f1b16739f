import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'

/** In one transaction, which keeps other changes of the APIs waiting. */
export const ROLES_AT_ONCE = 500

export interface DropFromRoles {
  permissions: readonly string[]
  /** Roles in this call. */
  atMost: number
}

/**
 * Takes permissions that a manifest removes out of the roles that have them, in all organizations: a permission that gets the same name later is then in none of them (P6).
 * Called until one call is the last.
 */
export async function dropFromRoles({ tx, principal, record }: Context, { permissions: names, atMost }: DropFromRoles): Promise<{ isLast: boolean }> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  await tx.apis.lock()
  const changed = await tx.roles.dropPermissions(names, atMost)
  for (const { id, organizationId, name, description, permissions, revision, dropped } of changed)
    await record({ type: 'role.changed', target: id, organizationId, name, description, permissions: [...permissions], revision, added: [], removed: dropped })
  return { isLast: changed.length < atMost }
}
