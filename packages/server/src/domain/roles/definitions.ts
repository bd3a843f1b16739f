import { isId, type RoleId } from '@muster/contract/ids.ts'
import { permissionsOfRole } from '../apis/api.ts'
import type { Tx } from '../store.ts'

/** What a custom role allows at one API now. */
export interface RoleDefinition {
  id: RoleId
  revision: number
  permissions: readonly string[]
}

/**
 * For the API that the client belongs to (P10). A role that allows nothing there is missing, like one that does not exist, so a client learns of no role
 * of other APIs.
 */
export async function roleDefinitions(
  { clients, apis, roles }: Pick<Tx, 'clients' | 'apis' | 'roles'>,
  { clientId, ids }: { clientId: string; ids: readonly string[] },
): Promise<RoleDefinition[]> {
  const apiId = (await clients.find(clientId))?.apiId ?? null
  const api = apiId === null ? null : await apis.find(apiId)
  if (!api) return []
  const existing = await roles.findMany(ids.filter((id): id is RoleId => isId('role', id)))
  return existing
    .map((role) => ({ id: role.id, revision: role.revision, permissions: permissionsOfRole(api, { role: 'custom', customRole: role }) }))
    .filter(({ permissions }) => permissions.length > 0)
}
