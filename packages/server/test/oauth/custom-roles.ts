import type { OrganizationId, RoleId } from '@muster/contract/ids.ts'
import { newId } from '@muster/server/domain/model/id.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import type { RevocationReport } from '@muster/server/domain/signals/receiver.ts'
import type { Human, Muster } from '@muster/testkit/muster.ts'

export interface CustomRoles {
  create(name: string, permissions: readonly string[]): Promise<RoleId>
  /** Edits a role, and waits for all receivers, at most so long. */
  edit(id: RoleId, permissions: readonly string[], seconds?: number): Promise<RevocationReport | null>
  /** Gives a role, built in or custom, and waits for all receivers. */
  give(user: string, role: string): Promise<void>
}

/** The roles of the organization of this admin. */
export function customRoles(muster: Muster, admin: Human): CustomRoles {
  const { execute, store, awaitRevocations } = muster.server.services
  const organizationId = async (): Promise<OrganizationId> => (await store.reading.organizations.find(admin.name))?.organization.id as OrganizationId
  return {
    async create(name, permissions) {
      const role = { id: newId('role'), organizationId: await organizationId(), name, description: '', permissions }
      await store.reading.roles.insert(role)
      return role.id
    },
    async edit(id, permissions, seconds = 5) {
      const origin = { ...systemPrincipal.origin, ended: [] as bigint[] }
      const organization = await organizationId()
      await execute(
        async ({ tx, record }) => {
          await tx.organizations.lock([organization])
          const before = await tx.roles.find(organization, id)
          if (!before) throw new Error('There is no such role.')
          const { name, description } = before
          const after = await tx.roles.change({ id, organizationId: organization, name, description, permissions })
          const revision = after?.revision as number
          const added = permissions.filter((one) => !before.permissions.includes(one))
          const removed = before.permissions.filter((one) => !permissions.includes(one))
          const listed = { name, description, permissions: [...permissions], revision, added, removed }
          await record({ type: 'role.changed', target: id, organizationId: organization, ...listed })
        },
        { kind: 'system', origin },
        undefined,
      )
      return awaitRevocations(origin.ended, { everyone: seconds * 1_000 })
    },
    async give(user, role) {
      const path = `/v1/organizations/${admin.name}/members/${user}`
      const { status, body } = await muster.call('PATCH', path, { token: admin.token, headers: { prefer: 'wait=5' }, body: { role } })
      if (status !== 200) throw new Error(JSON.stringify(body))
    },
  }
}
