import { isDelegable, isPermission } from '@muster/contract/permissions.ts'
import { type Api, permissionsOfRole } from '../apis/api.ts'
import { requireKnownPermissions } from '../apis/known-permissions.ts'
import { KEYS_PER_USER } from '../credentials/api-key.ts'
import type { Rights } from '../model/live.ts'
import type { Member } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import { nameOfRole, roleHas } from '../model/role.ts'
import type { Tx } from '../store.ts'

/** One thing that a permission depends on, in the order in which they are checked. */
export interface AccessStep {
  step: 'organization' | 'person' | 'membership' | 'role' | 'scope'
  passed: boolean
  /** A sentence for a person, with the next step if it did not pass. */
  detail: string
}

export interface Access {
  /** The name of the API of the platform. Null: Muster's own. */
  api: string | null
  allowed: boolean
  steps: AccessStep[]
  /** The member's valid keys in this organization, and whether each allows it. */
  keys: { id: string; description: string; allowed: boolean }[]
}

/** Who can give a member a permission that their role lacks. */
function wayToGet({ role, username }: Member, permission: string, api: Api | null): string {
  if (role !== 'custom') return `An admin can change the role${api ? `, and the operator can grant it to ${role}s` : ''}.`
  if (isPermission(permission) && !isDelegable(permission)) return `Only the role admin can have it. An admin can make ${username} an admin.`
  return `An admin can add it to the role, or give ${username} another role.`
}

/**
 * Why a member may do something, or why not (P22).
 * @param credential of a member who asks about themselves: its scope counts too
 * @throws Problem permission_unknown
 */
export async function explainAccess(
  tx: Pick<Tx, 'apis' | 'apiKeys' | 'organizations'>,
  {
    organization,
    member,
    permission,
    credential,
  }: { organization: Organization; member: Member; permission: string; credential: Pick<Rights, 'scope'> | null },
): Promise<Access> {
  await requireKnownPermissions(tx, [permission])
  const api = isPermission(permission) ? null : ((await tx.apis.list()).find(({ permissions }) => permissions.some(({ name }) => name === permission)) ?? null)
  const hasRole = isPermission(permission) ? roleHas(member, permission) : api !== null && permissionsOfRole(api, member).includes(permission)
  const where = api ? ` at ${api.name}` : ''
  const steps: AccessStep[] = [
    organization.suspendedAt === null
      ? { step: 'organization', passed: true, detail: `${organization.name} is not suspended.` }
      : { step: 'organization', passed: false, detail: `${organization.name} is suspended. The operator of this cloud can resume it.` },
    member.suspendedAt === null
      ? { step: 'person', passed: true, detail: `${member.username} is not suspended.` }
      : { step: 'person', passed: false, detail: `${member.username} is suspended. The operator of this cloud can resume the account.` },
    member.status === 'active'
      ? { step: 'membership', passed: true, detail: `${member.username} is an active member.` }
      : member.status === 'deactivated'
        ? { step: 'membership', passed: false, detail: `${member.username} is deactivated. An admin can reactivate them.` }
        : { step: 'membership', passed: false, detail: `${member.username} has left. An admin can invite them.` },
    hasRole
      ? { step: 'role', passed: true, detail: `The role ${nameOfRole(member)} has ${permission}${where}.` }
      : {
          step: 'role',
          passed: false,
          detail: `The role ${nameOfRole(member)} does not have ${permission}${where}. ${wayToGet(member, permission, api)}`,
        },
  ]
  const scope = credential?.scope ?? null
  if (scope !== null)
    steps.push(
      scope.has(permission)
        ? { step: 'scope', passed: true, detail: `The scope of this credential names ${permission}.` }
        : { step: 'scope', passed: false, detail: `The scope of this credential does not name ${permission}. Create a key that names it.` },
    )
  const mayDoIt = steps.every(({ step, passed }) => passed || step === 'scope')
  const { items } = member.status === 'left' ? { items: [] } : await tx.apiKeys.pageAlive({ userId: member.userId }, { limit: KEYS_PER_USER })
  const onlyScoped = (await tx.organizations.keyPolicy(organization.id)) === 'scoped'
  const keys = items
    .filter(({ organizationId }) => organizationId === organization.id)
    .map(({ id, description, scope: named }) => ({
      id,
      description,
      allowed: mayDoIt && (named === null ? !onlyScoped : named.includes(permission)),
    }))
  return { api: api?.name ?? null, allowed: steps.every(({ passed }) => passed), steps, keys }
}
