import { isDelegable, isPermission } from '@muster/contract/permissions.ts'
import { type Api, permissionsOfRole } from '../apis/api.ts'
import { requireKnownPermissions } from '../apis/known-permissions.ts'
import { KEYS_PER_SERVICE_ACCOUNT, KEYS_PER_USER } from '../credentials/api-key.ts'
import type { Rights } from '../model/live.ts'
import type { Member } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import { type HeldRole, nameOfRole, roleHas } from '../model/role.ts'
import type { ServiceAccount } from '../model/service-account.ts'
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
  /** The holder's valid keys in this organization, and whether each allows it. */
  keys: { id: string; description: string; allowed: boolean }[]
}

/** A member, or a service account that has not been removed. */
export type Holder = { kind: 'member'; name: string; held: Member } | { kind: 'service_account'; name: string; held: ServiceAccount }

/** Who can give a permission that the role lacks. */
function wayToGet({ kind, name, held: { role } }: Holder, permission: string, api: Api | null): string {
  if (isPermission(permission) && !isDelegable(permission)) {
    if (kind === 'service_account') return 'Only the role admin can have it, and a service account is never an admin.'
    if (role === 'custom') return `Only the role admin can have it. An admin can make ${name} an admin.`
  }
  if (role !== 'custom') return `An admin can change the role${api ? `, and the operator can grant it to ${role}s` : ''}.`
  return `An admin can add it to the role, or give ${name} another role.`
}

/** Whether the holder is accepted at all: two steps for a person, and one for a service account, which cannot be suspended or deactivated. */
function standingSteps({ kind, name, held }: Holder, organization: string): AccessStep[] {
  if (kind === 'service_account') return [{ step: 'membership', passed: true, detail: `${name} is a service account of ${organization}.` }]
  return [
    held.suspendedAt === null
      ? { step: 'person', passed: true, detail: `The account of ${name} is not suspended.` }
      : { step: 'person', passed: false, detail: `The account of ${name} is suspended. The operator of this cloud can resume it.` },
    held.status === 'active'
      ? { step: 'membership', passed: true, detail: `${name} is an active member.` }
      : held.status === 'deactivated'
        ? { step: 'membership', passed: false, detail: `${name} is deactivated. An admin can reactivate them.` }
        : { step: 'membership', passed: false, detail: `${name} has left. An admin can invite them.` },
  ]
}

const keysOf = async ({ apiKeys }: Pick<Tx, 'apiKeys'>, { kind, held }: Holder) => {
  if (kind === 'service_account') return apiKeys.pageAlive({ serviceAccountId: held.id }, { limit: KEYS_PER_SERVICE_ACCOUNT })
  return held.status === 'left' ? { items: [] } : apiKeys.pageAlive({ userId: held.userId }, { limit: KEYS_PER_USER })
}

/** A member, or a service account of this name or id. It may have the name of somebody who has left. */
export async function findHolder(
  { memberships, serviceAccounts }: Pick<Tx, 'memberships' | 'serviceAccounts'>,
  { id }: Pick<Organization, 'id'>,
  reference: string,
): Promise<Holder | null> {
  const member = await memberships.member(id, reference)
  const account = member && member.status !== 'left' ? null : await serviceAccounts.find(id, reference)
  if (account && account.endedAt === null) return { kind: 'service_account', name: account.name, held: account }
  return member && { kind: 'member', name: member.username, held: member }
}

/**
 * Why a member or a service account may do something, or why not (P22).
 * @param credential of a holder that asks about itself: its scope counts too
 * @throws Problem permission_unknown
 */
export async function explainAccess(
  tx: Pick<Tx, 'apis' | 'apiKeys' | 'organizations'>,
  {
    organization,
    holder,
    permission,
    credential,
  }: { organization: Organization; holder: Holder; permission: string; credential: Pick<Rights, 'scope'> | null },
): Promise<Access> {
  await requireKnownPermissions(tx, [permission])
  const api = isPermission(permission) ? null : ((await tx.apis.list()).find(({ permissions }) => permissions.some(({ name }) => name === permission)) ?? null)
  const role: HeldRole = holder.held
  const hasRole = isPermission(permission) ? roleHas(role, permission) : api !== null && permissionsOfRole(api, role).includes(permission)
  const where = api ? ` at ${api.name}` : ''
  const steps: AccessStep[] = [
    organization.suspendedAt === null
      ? { step: 'organization', passed: true, detail: `The organization ${organization.name} is not suspended.` }
      : { step: 'organization', passed: false, detail: `The organization ${organization.name} is suspended. The operator of this cloud can resume it.` },
    ...standingSteps(holder, organization.name),
    hasRole
      ? { step: 'role', passed: true, detail: `The role ${nameOfRole(role)} has ${permission}${where}.` }
      : {
          step: 'role',
          passed: false,
          detail: `The role ${nameOfRole(role)} does not have ${permission}${where}. ${wayToGet(holder, permission, api)}`,
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
  const { items } = await keysOf(tx, holder)
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
