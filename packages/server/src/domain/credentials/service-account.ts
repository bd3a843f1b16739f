import type { OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import { isBelowMember } from '@muster/contract/permissions.ts'
import type { Context } from '../command/context.ts'
import { requirePolicy } from '../command/factor-policy.ts'
import { requireRecentCaller } from '../command/recent.ts'
import { newId } from '../model/id.ts'
import type { Actor } from '../model/live.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { givenRoleOfEvent, type HeldRole, isSameRole, roleHas, roleOfEvent } from '../model/role.ts'
import { strongestAuthentication } from '../model/session.ts'
import { type HandedOver, handOver } from '../resources/resource.ts'
import { findRole } from '../roles/find-role.ts'
import { requireMayGrant, requireRoleKnown } from '../roles/grant.ts'
import type { Tx } from '../store.ts'
import { type CreatedKey, issueKey, oneLine } from './api-key.ts'
import { type KeyTerms, scopeOfNewKey } from './key-scope.ts'
import type { ListedServiceAccount } from './store.ts'

const SERVICE_ACCOUNTS_PER_ORGANIZATION = 100

export interface ServiceAccountReference {
  organization: string
  /** A name or an id. */
  serviceAccount: string
}

/** Names that the audit log uses for other actors. */
const namesOfOthers: ReadonlySet<string> = new Set<Principal['kind']>(['operator', 'system', 'anonymous'])

/** The same rule as for an application's name, because tables, commands and the audit log show it. */
function refuseBadMachineName(name: string): void {
  if (namesOfOthers.has(name)) throw new Problem('name_reserved')
  if (!/^[a-z0-9][a-z0-9_-]{1,28}[a-z0-9]$/.test(name) || name.startsWith('sva_') || name.startsWith('usr_')) throw new Problem('service_account_name_invalid')
}

export async function createServiceAccount(
  { tx, enter, record }: Context,
  {
    organization: reference,
    name,
    description = '',
    role: asked = 'member',
  }: { organization: string; name: string; description?: string | undefined; role?: string | undefined },
): Promise<ListedServiceAccount> {
  const { actor, organization } = await enter(reference, 'service-accounts:manage')
  refuseBadMachineName(name)
  await refuseNameOfMember(tx, organization.id, name)
  const said = description === '' ? '' : oneLine(description)
  if ((await tx.serviceAccounts.countAlive(organization.id)) >= SERVICE_ACCOUNTS_PER_ORGANIZATION) throw new Problem('service_account_limit')
  const role = await roleForMachine(tx, actor, asked)
  const id = newId('serviceAccount')
  if (!(await tx.serviceAccounts.insert({ id, organizationId: organization.id, name, description: said, createdBy: actor.userId, ...role }))) throw taken(name)
  await record({ type: 'service_account.created', target: id, organizationId: organization.id, name, ...roleOfEvent(role) })
  return serviceAccountOf({ tx }, organization.id, id)
}

export interface ChangedServiceAccount {
  account: ListedServiceAccount
  /** The resources that passed to the admin, because the new role cannot remove them (P9). */
  handedOver: HandedOver[]
}

export async function changeServiceAccount(
  context: Context,
  {
    organization: reference,
    serviceAccount,
    ...change
  }: ServiceAccountReference & { name?: string | undefined; description?: string | undefined; role?: string | undefined },
): Promise<ChangedServiceAccount> {
  const { tx, enter, record } = context
  const { actor, organization } = await enter(reference, 'service-accounts:manage')
  const before = await serviceAccountOf({ tx }, organization.id, serviceAccount)
  const { account: found, handedOver } =
    change.role === undefined
      ? { account: before, handedOver: [] }
      : await giveRoleToMachine(context, { account: before, role: await roleForMachine(tx, actor, change.role), admin: actor.userId })
  const name = change.name ?? found.name
  if (name !== found.name) {
    refuseBadMachineName(name)
    await refuseNameOfMember(tx, organization.id, name)
  }
  const description = change.description === undefined ? found.description : change.description === '' ? '' : oneLine(change.description)
  if (name === found.name && description === found.description) return { account: found, handedOver }
  if (!(await tx.serviceAccounts.change(found.id, { name, description }))) throw taken(name)
  await record({ type: 'service_account.changed', target: found.id, organizationId: organization.id, name })
  return { account: { ...found, name, description }, handedOver }
}

/** A service account holds any role but admin (P9). */
async function roleForMachine(tx: Tx, actor: Actor, asked: string): Promise<HeldRole> {
  const role = await findRole(tx, actor.organization.id, asked)
  if (role.role === 'admin') throw new Problem('service_account_not_admin')
  await requireMayGrant(tx, actor, role)
  await requireRoleKnown(tx, role)
  return role
}

/** As for a member: the new role counts at once. The resources of a service account that can no longer remove them pass to the admin (P9). The caller has checked the role. */
export async function giveRoleToMachine(
  context: Context,
  { account: before, role, admin }: { account: ListedServiceAccount; role: HeldRole; admin: UserId },
): Promise<ChangedServiceAccount> {
  const { tx, record, awaitEnded } = context
  const { id: target, organizationId } = before
  if (isSameRole(role, before)) {
    await awaitEnded('role', [target])
    return { account: before, handedOver: [] }
  }
  const lower = isBelowMember(role) && !isBelowMember(before)
  const { version, epoch } = await tx.serviceAccounts.setRole(target, role, { lower })
  await record({
    type: 'service_account.role_changed',
    target,
    organizationId,
    ...givenRoleOfEvent(role),
    epoch,
    version,
    ...(lower && { lowered: true }),
  })
  const handedOver = roleHas(role, 'resources:remove') ? [] : await handOver(context, { organizationId, from: target, to: admin, reason: 'role_changed' })
  return { account: { ...before, ...role, roleVersion: version, epoch }, handedOver }
}

/** A resource owner can be given by name, and the name would mean the member. */
async function refuseNameOfMember({ memberships }: Pick<Tx, 'memberships'>, organizationId: OrganizationId, name: string): Promise<void> {
  const member = await memberships.member(organizationId, name)
  if (member && member.status !== 'left') throw new Problem('name_taken', `${name} is a member of this organization.`)
}

const taken = (name: string): Problem => new Problem('name_taken', `There is a service account called ${name} in this organization.`)

export interface RemovedServiceAccount {
  id: ServiceAccountId
  name: string
  endedKeys: number
  handedOver: HandedOver[]
}

/** Removes a service account. Its keys end by the epoch, and its resources pass to the admin who removes it, as a member's do (S28). The row stays. */
export async function removeServiceAccount(context: Context, input: ServiceAccountReference): Promise<RemovedServiceAccount> {
  const { tx, enter, record } = context
  const { actor, organization } = await enter(input.organization, 'service-accounts:manage')
  const { id, name } = await serviceAccountOf({ tx }, organization.id, input.serviceAccount)
  const endedKeys = await tx.apiKeys.countAlive({ serviceAccountId: id })
  const epoch = await tx.serviceAccounts.end(id)
  await record({ type: 'service_account.removed', target: id, organizationId: organization.id, epoch })
  const handedOver = await handOver(context, { organizationId: organization.id, from: id, to: actor.userId, reason: 'service_account_removed' })
  return { id, name, endedKeys, handedOver }
}

/** Creates a key of a service account. It is shown once, to the admin who creates it (S37). */
export async function createServiceAccountKey(
  context: Context,
  { organization: reference, serviceAccount, description, ...terms }: ServiceAccountReference & KeyTerms & { description: string },
): Promise<CreatedKey> {
  const { tx, principal, enter } = context
  const { actor, organization } = await enter(reference, 'service-accounts:manage')
  if (principal.kind !== 'user') throw new Problem('session_required')
  const account = await serviceAccountOf({ tx }, organization.id, serviceAccount)
  const { id, epoch } = account
  const live = await requireRecentCaller(context, 'keys:create')
  if (!live) throw new Problem('session_required')
  requirePolicy(live)
  await requireMayGrant(tx, actor, account)
  const scope = await scopeOfNewKey(tx, terms, { creator: actor, holder: account })
  const { methods } = strongestAuthentication(live.session)
  const holder = { kind: 'service_account', id } as const
  return issueKey(context, { ...terms, scope, holder, organizationId: organization.id, epoch, description, createdBy: actor.userId, methods })
}

/** For an organization whose last member has left: the keys of its service accounts end, and the accounts stay for the next admin (S23). */
export async function endServiceAccountKeys({ tx, record }: Context, organizationId: OrganizationId): Promise<void> {
  for (const { id, epoch } of await tx.serviceAccounts.endKeysOfAll(organizationId)) {
    await record({ type: 'service_account.keys_ended', target: id, organizationId, epoch })
  }
}

/**
 * A service account by name or id.
 * @throws Problem service_account_not_found, also for a removed one
 */
export async function serviceAccountOf({ tx }: Pick<Context, 'tx'>, organizationId: OrganizationId, reference: string): Promise<ListedServiceAccount> {
  const found = await tx.serviceAccounts.find(organizationId, reference)
  if (!found || found.endedAt) throw new Problem('service_account_not_found')
  return found
}
