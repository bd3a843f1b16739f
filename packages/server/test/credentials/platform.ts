import type { MachineScope } from '@muster/contract/permissions.ts'
import { registerClient } from '@muster/server/domain/credentials/client.ts'
import { createServiceAccount } from '@muster/server/domain/credentials/service-account.ts'
import type { Principal } from '@muster/server/domain/model/principal.ts'
import type { ServiceAccount } from '@muster/server/domain/model/service-account.ts'
import type { Person, World } from '@muster/testkit/world.ts'

const origin = { address: '127.0.0.1', userAgent: 'test', requestId: 'test' }

export const operator: Principal = { kind: 'operator', name: 'root', tokenId: null, origin }

/** The principal that the access token of a platform's own client gives. */
export async function aPlatform(world: World, scopes: MachineScope[]): Promise<Extract<Principal, { kind: 'client' }>> {
  const { client } = await world.execute(registerClient, operator, { name: 'Platform', grants: ['client_credentials'], scopes })
  return { kind: 'client', clientId: client.id, scopes: new Set(scopes), origin }
}

export const aServiceAccount = (world: World, admin: Person, organization: string, name: string): Promise<ServiceAccount> =>
  world.execute(createServiceAccount, admin.principal, { organization, name, description: '' })
