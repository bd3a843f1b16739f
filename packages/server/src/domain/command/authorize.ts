import type { OrganizationId } from '@muster/contract/ids.ts'
import { type Permission, roleMay } from '@muster/contract/permissions.ts'
import type { Actor, LiveKey, LiveState, SessionActor, UserActor } from '../model/live.ts'
import type { Membership } from '../model/membership.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

/** @throws Problem user_not_registered (S55) */
export function actorOf(live: LiveState): SessionActor {
  return { ...userActor(live), sessionId: live.session.id }
}

/** @throws Problem user_not_registered (S55) */
export function actorOfKey({ holder, organization }: LiveKey): Actor {
  if (holder.kind === 'user') return userActor({ account: holder.account, membership: holder.membership, organization })
  const { serviceAccount } = holder
  if (!organization) throw new Problem('invalid_token')
  return { kind: 'service_account', id: serviceAccount.id, name: serviceAccount.name, organization, role: 'member' }
}

function userActor({ account, membership, organization }: Pick<LiveState, 'account' | 'membership' | 'organization'>): UserActor {
  if (account.username === null || !membership || !organization) throw new Problem('user_not_registered')
  return { kind: 'user', id: account.id, userId: account.id, username: account.username, organization, role: membership.role }
}

/** To an actor of another organization, this one does not exist (B01). @throws Problem organization_not_found or forbidden */
export function authorize(actor: Actor, organizationId: OrganizationId, permission: Permission): void {
  if (actor.organization.id !== organizationId) throw new Problem('organization_not_found')
  if (!roleMay(actor.role, permission))
    throw new Problem('forbidden', `This requires the role admin in ${actor.organization.name}.`, { extensions: { permission } })
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
  const registered = await tx.clients.find(client.clientId)
  if (!registered || registered.removedAt) throw new Problem('token_revoked', 'This client is no longer registered.')
  if (!client.scopes.has(scope) || !registered.scopes.includes(scope))
    throw new Problem('insufficient_scope', `This requires a token with the scope "${scope}".`, { extensions: { scope } })
  return { name: registered.name, scopes: new Set([...client.scopes].filter((one) => registered.scopes.includes(one))) }
}
