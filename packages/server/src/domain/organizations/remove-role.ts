import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { HOLDERS_COUNTED } from '@muster/contract/permissions.ts'
import type { Context } from '../command/context.ts'
import { giveRoleToMachine, serviceAccountOf } from '../credentials/service-account.ts'
import { Problem } from '../model/problem.ts'
import { type CustomRole, type HeldRole, roleOfEvent } from '../model/role.ts'
import { customRoleOf, type RoleReference } from '../roles/custom-role.ts'
import { findRole } from '../roles/find-role.ts'
import { requireMayGrant, requireRoleKnown } from '../roles/grant.ts'
import { visibleHolders } from '../roles/listed-role.ts'
import { holderKinds, type RoleHolder } from '../roles/store.ts'
import { giveRole } from './change-role.ts'
import { memberOf } from './membership.ts'

const HOLDERS_SHOWN = 5

export interface RemoveRole extends RoleReference {
  /** The role that its holders get, by name or id. Without it, a role that somebody holds is not removed. */
  moveTo?: string | undefined
  /** Holders that move in this call, so that none holds the lock of the organization for long. */
  atMost: number
}

/**
 * Removes a role of the organization, once nobody holds it (P9). With `moveTo`, its holders get another role first. The call that has moved the last of them removes the
 * role in the same transaction; the calls before only move, and the role stays.
 * @throws Problem role_in_use with the first holders
 */
export async function removeRole(
  context: Context,
  { organization: reference, role: named, moveTo, atMost }: RemoveRole,
): Promise<{ role: CustomRole; moved: number; isLast: boolean }> {
  const { tx, enter, record } = context
  const { actor, organization } = await enter(reference, 'members:role')
  const role = await customRoleOf(tx, organization.id, named)
  const to = moveTo === undefined ? null : await findRole(tx, organization.id, moveTo)
  if (to?.role === 'admin' || to?.customRole?.id === role.id)
    throw new Problem('invalid_request', `Holders of ${role.name} can get another role that is not admin.`, {
      extensions: { errors: [{ field: 'move_to', message: 'must be another role, and not admin' }] },
    })
  const { items, nextCursor } = await tx.roles.holders(organization.id, role.id, { kinds: holderKinds, limit: atMost })
  if (items.length > 0 && to === null) throw await inUse(context, organization.id, role, visibleHolders(actor))
  if (items.length > 0 && to !== null) {
    await requireMayGrant(tx, actor, to)
    await requireRoleKnown(tx, to)
    for (const holder of items) await move(context, { organizationId: organization.id, holder, role: to, admin: actor.userId })
  }
  if (nextCursor !== null) return { role, moved: items.length, isLast: false }
  await tx.roles.remove(role.id)
  await record({ type: 'role.removed', target: role.id, organizationId: organization.id, name: role.name })
  return { role, moved: items.length, isLast: true }
}

/** Also of callers who may not list service accounts or invitations: the number says that there are more. */
async function inUse({ tx }: Context, organizationId: OrganizationId, role: CustomRole, visible: readonly RoleHolder['kind'][]): Promise<Problem> {
  const { items } = await tx.roles.holders(organizationId, role.id, { kinds: visible, limit: HOLDERS_SHOWN })
  const count = (await tx.roles.holderCounts(organizationId, holderKinds)).get(role.id) ?? 0
  const named = items.map(({ kind, name }) => (name === null ? 'an invitation' : `${words[kind]}${name}`))
  const others = count - items.length
  const detail = `Held by ${[...named, ...(others > 0 ? [`${count >= HOLDERS_COUNTED ? 'at least ' : ''}${others} more`] : [])].join(', ')}.`
  return new Problem('role_in_use', detail, { extensions: { holders: items, count } })
}

const words: Record<RoleHolder['kind'], string> = { user: '', service_account: 'the service account ', invitation: 'the invitation of ' }

async function move(
  context: Context,
  { organizationId, holder: { kind, id }, role, admin }: { organizationId: OrganizationId; holder: RoleHolder; role: HeldRole; admin: UserId },
): Promise<void> {
  const { tx, record } = context
  if (kind === 'user') await giveRole(context, { organizationId, target: await memberOf(context, organizationId, id), role, admin })
  else if (kind === 'service_account') await giveRoleToMachine(context, { account: await serviceAccountOf(context, organizationId, id), role, admin })
  // The invitations of a member who has just moved may be revoked.
  else if (await tx.invitations.setRole(id, role)) await record({ type: 'invitation.role_changed', target: id, organizationId, ...roleOfEvent(role) })
}
