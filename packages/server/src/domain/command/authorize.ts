import type { OrganizationId } from '@muster/contract/ids.ts'
import { isDelegable, isPermission, type Permission, permissions } from '@muster/contract/permissions.ts'
import type { Actor, LiveKey, LiveState, Rights, SessionActor, UserActor } from '../model/live.ts'
import type { Membership } from '../model/membership.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { nameOfRole, roleHas } from '../model/role.ts'
import type { Tx } from '../store.ts'

/** @throws Problem user_not_registered (S55) */
export function actorOf(live: LiveState): SessionActor {
  return { ...userActor(live, null), sessionId: live.session.id }
}

/** @throws Problem user_not_registered (S55) */
export function actorOfKey({ key, holder, organization }: LiveKey): Actor {
  const scope = key.scope && new Set(key.scope)
  if (holder.kind === 'user') return userActor({ account: holder.account, membership: holder.membership, organization }, scope)
  const { serviceAccount } = holder
  if (!organization) throw new Problem('invalid_token')
  return {
    kind: 'service_account',
    id: serviceAccount.id,
    name: serviceAccount.name,
    organization,
    role: serviceAccount.role,
    customRole: serviceAccount.customRole,
    scope,
  }
}

function userActor({ account, membership, organization }: Pick<LiveState, 'account' | 'membership' | 'organization'>, scope: UserActor['scope']): UserActor {
  if (account.username === null || !membership || !organization) throw new Problem('user_not_registered')
  return {
    kind: 'user',
    id: account.id,
    userId: account.id,
    username: account.username,
    organization,
    role: membership.role,
    customRole: membership.customRole,
    scope,
  }
}

/** Whether the actor may do this: by their role now, and by the scope of their key (P12). Every decision about rights is made here. */
export const mayDo = (rights: Rights, permission: Permission): boolean => roleHas(rights, permission) && (rights.scope === null || rights.scope.has(permission))

/** The permissions of Muster's own API that the actor has now. */
export const ownPermissionsOf = (rights: Rights): Permission[] => (Object.keys(permissions) as Permission[]).filter((name) => mayDo(rights, name))

/** What a key may do at Muster's own API, as introspection and forward auth say it. `api`: everything that its holder may do. */
export const scopeOf = (actor: Rights): string =>
  actor.scope === null ? 'api' : [...actor.scope].filter((name) => isPermission(name) && mayDo(actor, name)).join(' ')

/** @throws Problem forbidden if the role does not allow it, or insufficient_scope if the scope of the key does not (P12) */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!roleHas(actor, permission)) throw new Problem('forbidden', whyForbidden(actor, permission), { extensions: { permission } })
  requireInScope(actor, permission)
}

/** For what everybody may do, whatever their role. @throws Problem insufficient_scope if the scope of the key does not name it (P12) */
export function requireInScope(actor: Actor, permission: Permission): void {
  if (actor.scope !== null && !actor.scope.has(permission)) throw outOfScope(actor, [permission])
}

/** Names the permission, and who can give it (P23). */
function whyForbidden({ organization, ...held }: Actor, permission: Permission): string {
  const lacks = `The role ${nameOfRole(held)} does not have ${permission}.`
  if (isDelegable(permission)) return `${lacks} An admin of ${organization.name} can give you another role.`
  return `${lacks} Only the role admin in ${organization.name} has it.`
}

/** On a route for clients. No admin can help. */
export const clientsOnly = (caller: string): Problem =>
  new Problem('forbidden', `Only clients can do this. ${caller}`, { extensions: { next: 'Use the token of a client.' } })

/** On a route that no client may use. */
export const peopleOnly = (): Problem =>
  new Problem('forbidden', 'Only people can do this. The token belongs to a client.', { extensions: { next: 'Use the token of a person.' } })

/** The next step depends on the caller: neither the operator nor a client has an organization. */
export function organizationNotFound({ kind }: Pick<Principal, 'kind'>): Problem {
  if (kind === 'operator')
    return new Problem('organization_not_found', undefined, { extensions: { next: 'Search for it.', command: 'muster server org list' } })
  if (kind === 'client') return new Problem('organization_not_found', undefined, { extensions: { next: 'Check its name or id.', command: undefined } })
  return new Problem('organization_not_found')
}

export function outOfScope(actor: Actor, missing: readonly string[]): Problem {
  const creator = actor.kind === 'user' ? actor.username : `An admin of ${actor.organization.name}`
  const detail = `The scope of this key lacks ${missing.join(', ')}. ${creator} can create a key that has ${missing.length === 1 ? 'it' : 'them'}.`
  return new Problem('insufficient_scope', detail, { extensions: { scope: missing.join(' '), permission: missing[0] } })
}

/** A service account can have the permission to invite, but an invitation is from a person (S19). @throws Problem forbidden */
export function requirePerson(actor: Actor): UserActor {
  if (actor.kind !== 'user') throw new Problem('forbidden', 'A service account cannot invite people.')
  return actor
}

/** To an actor of another organization, this one does not exist (B01). @throws Problem organization_not_found, forbidden or insufficient_scope */
export function authorize(actor: Actor, organizationId: OrganizationId, permission: Permission): void {
  if (actor.organization.id !== organizationId) throw new Problem('organization_not_found')
  requirePermission(actor, permission)
}

/** @throws Problem member_not_found, or membership_ended for a former member */
export function requireMember<M extends Pick<Membership, 'status'>>(member: M | null): M {
  if (!member) throw new Problem('member_not_found')
  if (member.status === 'left') throw new Problem('membership_ended')
  return member
}

/**
 * The client, with those scopes of its token that are registered now. A removed client's token may still be genuine.
 * @throws Problem token_revoked or insufficient_scope
 */
export async function requireClient(
  tx: Pick<Tx, 'clients'>,
  client: { clientId: string; scopes: ReadonlySet<string> },
  scope: string,
): Promise<{ name: string; scopes: ReadonlySet<string> }> {
  const registered = await tx.clients.rights(client.clientId)
  if (!registered) throw new Problem('token_revoked', 'This client is no longer registered.')
  if (!client.scopes.has(scope) || !registered.scopes.includes(scope))
    throw new Problem('insufficient_scope', `This requires a token with the scope "${scope}".`, { extensions: { scope } })
  return { name: registered.name, scopes: new Set([...client.scopes].filter((one) => registered.scopes.includes(one))) }
}
