import type { InvitationId } from '@muster/contract/ids.ts'
import { isBelowMember, isPermission, type Permission, permissions } from '@muster/contract/permissions.ts'
import { type Api, permissionsOfRole } from '../apis/api.ts'
import { mayDo, outOfScope } from '../command/authorize.ts'
import type { Invitation } from '../model/invitation.ts'
import type { Actor, Rights } from '../model/live.ts'
import type { Member } from '../model/membership.ts'
import { Problem } from '../model/problem.ts'
import { type HeldRole, nameOfRole, roleHas } from '../model/role.ts'
import type { Tx } from '../store.ts'

/**
 * What a role has and these rights do not, at Muster's own API and at the platform's (P8). A custom role also has the names that no API has now, because an API
 * may have them again.
 */
export function permissionsBeyond(rights: Rights, granted: HeldRole, apis: readonly Api[]): string[] {
  const own = (Object.keys(permissions) as Permission[]).filter((name) => roleHas(granted, name))
  const others =
    granted.role === 'custom'
      ? (granted.customRole?.permissions ?? []).filter((name) => !isPermission(name))
      : apis.flatMap((api) => permissionsOfRole(api, granted))
  return [...own.filter((name) => !mayDo(rights, name)), ...others.filter((name) => !hasAtApis(rights, name, apis))]
}

function hasAtApis({ scope, ...held }: Rights, name: string, apis: readonly Api[]): boolean {
  if (scope !== null && !scope.has(name)) return false
  return held.role === 'admin' || held.customRole?.permissions.includes(name) === true || apis.some((api) => permissionsOfRole(api, held).includes(name))
}

/**
 * Nobody gives a role that has a permission they lack: by their role, or by the scope of their key (P8).
 * @throws Problem role_exceeds_yours or insufficient_scope
 */
export async function requireMayGrant({ apis }: Pick<Tx, 'apis'>, actor: Actor, granted: HeldRole): Promise<void> {
  if (actor.role === 'admin' && actor.scope === null) return
  const all = await apis.list()
  const beyondRole = permissionsBeyond({ ...actor, scope: null }, granted, all)
  if (beyondRole.length > 0)
    throw new Problem('role_exceeds_yours', `The role ${nameOfRole(granted)} has ${beyondRole.join(', ')}, and the role ${nameOfRole(actor)} does not.`, {
      extensions: { missing: beyondRole },
    })
  const beyondScope = permissionsBeyond(actor, granted, all)
  if (beyondScope.length > 0) throw outOfScope(actor, beyondScope)
}

/**
 * An invitation counts only while its inviter could still make it (P8): they may have another role now, or their role may have been edited. That of the operator
 * is for an organization without members, and counts while it has none (S23).
 */
export async function isStillGiven(tx: Tx, invitation: Invitation): Promise<boolean> {
  return isStillGivenBy(tx, await tx.memberships.member(invitation.organizationId, invitation.createdBy), invitation)
}

/** It is not revoked for ever: it counts again when the role of the inviter covers it again. */
export const notGivenNow = (next = 'Ask an admin of the organization for a new one.'): Problem =>
  new Problem('invitation_revoked', 'The person who invited can no longer give this role. The invitation counts again if an admin changes that.', {
    extensions: { next },
  })

/** For a caller that has read the inviter. */
export async function isStillGivenBy(tx: Tx, inviter: Member | null, invitation: Invitation): Promise<boolean> {
  return (await whyNotGiven(tx, inviter, invitation)) === null
}

type GivenInvitation = Pick<Invitation, 'id' | 'organizationId' | 'state' | 'createdBy' | 'role' | 'customRole'>

async function whyNotGiven(tx: Pick<Tx, 'apis' | 'memberships'>, inviter: Member | null, invitation: GivenInvitation): Promise<string | null> {
  const name = inviter?.username ?? 'The person who invited'
  if (inviter?.status !== 'active') {
    const { active, deactivated } = await tx.memberships.counts(invitation.organizationId)
    return active + deactivated === 0 ? null : `${name} has no access to the organization.`
  }
  if (inviter.suspendedAt !== null) return `${name} has no access to the organization.`
  if (inviter.role === 'admin') return null
  const rights = { ...inviter, scope: null }
  if (!mayDo(rights, 'invitations:create')) return `${name} may no longer invite.`
  const beyond = permissionsBeyond(rights, invitation, await tx.apis.list())
  return beyond.length === 0 ? null : `${name} may no longer give the role ${nameOfRole(invitation)}.`
}

/** Why open invitations do not count now, in words, by their ids. Those that count are missing (P8). */
export async function whyOpenDoNotCount({ memberships, apis }: Tx, invitations: readonly GivenInvitation[]): Promise<ReadonlyMap<InvitationId, string>> {
  const open = invitations.filter(({ state }) => state === 'open')
  if (open.length === 0) return new Map()
  const inviters = await memberships.listed(open.map(({ organizationId, createdBy }) => ({ organizationId, userId: createdBy })))
  let all: Promise<Api[]> | undefined
  const list = (): Promise<Api[]> => {
    all ??= apis.list()
    return all
  }
  const reasons = new Map<InvitationId, string>()
  for (const invitation of open) {
    const inviter = inviters.find(({ organizationId, userId }) => organizationId === invitation.organizationId && userId === invitation.createdBy) ?? null
    const reason = await whyNotGiven({ memberships, apis: { ...apis, list } }, inviter, invitation)
    if (reason !== null) reasons.set(invitation.id, reason)
  }
  return reasons
}

/**
 * A server of the version before fails on a role below member, so none is given while one runs (P11).
 * @param options.toInvited the caller is an invited person, whom the processes of the server do not concern
 * @throws Problem upgrade_unfinished
 */
export async function requireRoleKnown({ roles }: Pick<Tx, 'roles'>, granted: Pick<HeldRole, 'role'>, { toInvited = false } = {}): Promise<void> {
  if (!isBelowMember(granted)) return
  const [name] = await roles.processesWithoutRoles()
  if (name === undefined) return
  throw new Problem('upgrade_unfinished', toInvited ? undefined : `${name} is a server of the version before, which knows the roles admin and member only.`)
}
