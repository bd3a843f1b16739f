import type { OrganizationId } from '@muster/contract/ids.ts'
import { isDelegable, isPermission, roles } from '@muster/contract/permissions.ts'
import { requireKnownPermissions } from '../apis/known-permissions.ts'
import { mayDo } from '../command/authorize.ts'
import type { Context } from '../command/context.ts'
import type { Limits } from '../command/limits.ts'
import { newId } from '../model/id.ts'
import type { Actor } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import type { CustomRole } from '../model/role.ts'
import { visibleLine } from '../model/visible-line.ts'
import type { Tx } from '../store.ts'
import { roleNotFound } from './find-role.ts'
import { requireMayGrant } from './grant.ts'

export const ROLES_PER_ORGANIZATION = 50
export const PERMISSIONS_PER_ROLE = 200
const NAME_CHARACTERS = 40
const DESCRIPTION_CHARACTERS = 200

export interface RoleReference {
  organization: string
  /** The name or the id of a custom role. */
  role: string
}

export interface NewRole {
  name: string
  description: string
  /** Of Muster's own API those that are delegable, and any of the platform's APIs. */
  permissions: readonly string[]
}

/** Creates or changes a role. Verifiers keep an entry of each for a day, so each organization has a limit. */
export async function withinRoleLimit<T>({ limits }: { limits: Limits }, actor: Actor, change: () => Promise<T>): Promise<T> {
  // Somebody who may not is refused by the command, and uses up nothing of the admins' limit.
  if (mayDo(actor, 'members:role')) await limits.spend('role by organization', actor.organization.id)
  return change()
}

/** Creates a role of the organization (P7). */
export async function createRole(
  { tx, enter, record }: Context,
  { organization: reference, ...written }: NewRole & { organization: string },
): Promise<CustomRole> {
  const { actor, organization } = await enter(reference, 'members:role')
  const name = nameOf(written.name)
  const description = descriptionOf(written.description)
  const permissions = await validPermissions(tx, written.permissions)
  const id = newId('role')
  await requireMayGrant(tx, actor, { role: 'custom', customRole: { id, name, revision: 1, permissions } })
  if ((await tx.roles.count(organization.id)) >= ROLES_PER_ORGANIZATION)
    throw new Problem('role_limit', `An organization can have ${ROLES_PER_ORGANIZATION} roles of its own.`)
  const role = await tx.roles.insert({ id, organizationId: organization.id, name, description, permissions })
  if (!role) throw taken(name)
  await record({ type: 'role.created', target: id, organizationId: organization.id, name, description, permissions, revision: role.revision })
  return role
}

export type RoleChange = Partial<NewRole> & {
  /** The revision that the caller has read. */
  revision?: number | undefined
}

/**
 * Changes a role of the organization. What its holders may do changes at once, here and at the platform's APIs (P10). Their resources stay theirs, because an edit can be
 * taken back, and a transfer cannot.
 * @throws Problem role_outdated if the role has another revision than the caller has read
 */
export async function editRole(
  { tx, enter, record, awaitEnded }: Context,
  { organization: reference, role: named, ...change }: RoleReference & { [Field in keyof RoleChange]: RoleChange[Field] | undefined },
): Promise<CustomRole> {
  const { actor, organization } = await enter(reference, 'members:role')
  // Held before the role is read, so that no permission of it goes away meanwhile.
  await tx.apis.share()
  const before = await customRoleOf(tx, organization.id, named)
  const name = change.name === undefined ? before.name : nameOf(change.name)
  const description = change.description === undefined ? before.description : descriptionOf(change.description)
  const permissions = change.permissions === undefined ? before.permissions : await validPermissions(tx, change.permissions)
  const added = permissions.filter((permission) => !before.permissions.includes(permission))
  const removed = before.permissions.filter((permission) => !permissions.includes(permission))
  if (name === before.name && description === before.description && added.length + removed.length === 0) {
    await awaitEnded('role_definition', [before.id])
    return before
  }
  if (change.revision !== undefined && change.revision !== before.revision)
    throw new Problem('role_outdated', `It has the revision ${before.revision} now.`, { extensions: { revision: before.revision } })
  await requireMayGrant(tx, actor, { role: 'custom', customRole: { ...before, permissions: added } })
  const after = await tx.roles.change({ id: before.id, organizationId: organization.id, name, description, permissions })
  if (!after) throw taken(name)
  await record({
    type: 'role.changed',
    target: after.id,
    organizationId: organization.id,
    name,
    description,
    permissions: [...permissions],
    revision: after.revision,
    added,
    removed,
  })
  return after
}

/**
 * A custom role by name or id.
 * @throws Problem role_built_in, or role_not_found with the names that exist
 */
export async function customRoleOf(tx: Pick<Tx, 'roles'>, organizationId: OrganizationId, reference: string): Promise<CustomRole> {
  if (isReserved(reference)) throw new Problem('role_built_in', `${reference} is a built-in role.`)
  const role = await tx.roles.find(organizationId, reference)
  if (!role) throw await roleNotFound(tx, organizationId)
  return role
}

const isReserved = (name: string): boolean => (roles as readonly string[]).includes(name.toLowerCase())

/** @throws Problem role_name_invalid */
function nameOf(text: string): string {
  const name = visibleLine(text, NAME_CHARACTERS)
  if (name === null || isReserved(name) || name.toLowerCase().startsWith('role_')) throw new Problem('role_name_invalid')
  return name
}

/** @throws Problem description_invalid */
function descriptionOf(text: string): string {
  const description = text === '' ? '' : visibleLine(text, DESCRIPTION_CHARACTERS)
  if (description === null) throw new Problem('description_invalid')
  return description
}

/** In the order of their names. They exist until the transaction ends. @throws Problem permission_unknown or permission_not_delegable */
async function validPermissions(tx: Pick<Tx, 'apis'>, named: readonly string[]): Promise<string[]> {
  const names = [...new Set(named)].sort()
  await tx.apis.share()
  await requireKnownPermissions(tx, names, isDelegable)
  const withheld = names.filter((name) => isPermission(name) && !isDelegable(name))
  if (withheld.length > 0)
    throw new Problem('permission_not_delegable', `Only the role admin can have ${withheld.join(', ')}.`, { extensions: { permissions: withheld } })
  return names
}

const taken = (name: string): Problem => new Problem('name_taken', `There is a role named ${name} in this organization.`)
