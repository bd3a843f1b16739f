import type { OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import { type Permission, type Role, roleMay } from '@muster/contract/permissions.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Membership } from './membership.ts'
import type { Organization } from './organization.ts'
import type { UserPrincipal } from './principal.ts'
import { Problem } from './problem.ts'
import type { Session } from './session.ts'
import type { Tx } from './store.ts'
import type { Account } from './user.ts'

/** Everything that decides whether a person's credential is good at this moment, read together. */
export interface LiveState {
  now: Date
  session: Session
  tokenRevoked: boolean
  account: Account
  membership: (Membership & { status: 'active' | 'deactivated' }) | null
  organization: Organization | null
}

/**
 * Why a credential that is genuine and in time is refused all the same, or null. The order is part of the contract (S36, steps 2 to 6),
 * so that each caller learns the one thing that helps. Step 7, the missing username, is asked for separately: a few calls need none.
 */
export function refusalOf(live: LiveState | null, credential: Pick<UserPrincipal, 'epoch' | 'organizationId'>): ProblemCode | null {
  if (!live) return 'invalid_token'
  const { session, account, membership, organization, now } = live
  if (session.endedAt || live.tokenRevoked) return 'token_revoked'
  if (session.expiresAt <= now) return 'token_expired'
  if (membership?.status === 'deactivated') return 'user_deactivated'
  if (organization?.suspendedAt) return 'organization_suspended'
  if (session.epoch !== account.epoch || credential.epoch !== account.epoch) {
    return credential.organizationId !== null && credential.organizationId !== organization?.id ? 'membership_left' : 'token_revoked'
  }
  return null
}

/** @throws Problem for the first reason that applies, with what S35 tells a deactivated person */
export async function requireStanding(tx: Tx, principal: UserPrincipal): Promise<LiveState> {
  const live = await tx.sessions.liveState(principal.sessionId, principal.token?.jti ?? null)
  const refusal = refusalOf(live, principal)
  if (refusal === 'user_deactivated' && live) throw await deactivated(tx, live)
  if (refusal) throw new Problem(refusal)
  return live as LiveState
}

/** The 401 that says why: the organization, since when, and whom to ask (S35). */
export async function deactivated(tx: Tx, { membership, organization }: Pick<LiveState, 'membership' | 'organization'>): Promise<Problem> {
  if (!membership || !organization) return new Problem('user_deactivated')
  const [contact] = await tx.memberships.activeAdmins(organization.id)
  const since = membership.statusAt
  const whom = contact ? ` Ask ${contact.username} to reactivate it.` : ''
  return new Problem('user_deactivated', `Your account was deactivated in ${organization.name} on ${since.toISOString().slice(0, 10)}.${whom}`, {
    extensions: { organization: { id: organization.id, name: organization.name }, deactivated_at: since.toISOString(), contact: contact?.username ?? null },
  })
}

/** A person in their organization, as they are now. */
export interface Actor {
  userId: UserId
  username: string
  sessionId: SessionId
  organization: Organization
  role: Role
}

/** @throws Problem user_not_registered (S55) */
export function actorOf({ account, membership, organization, session }: LiveState): Actor {
  if (account.username === null || !membership || !organization) throw new Problem('user_not_registered')
  return { userId: account.id, username: account.username, sessionId: session.id, organization, role: membership.role }
}

/** Whose organization it is not, for them it does not exist (B01). @throws Problem organization_not_found or forbidden */
export function authorize(actor: Actor, organizationId: OrganizationId, permission: Permission): void {
  if (actor.organization.id !== organizationId) throw new Problem('organization_not_found')
  if (!roleMay(actor.role, permission))
    throw new Problem('forbidden', `This needs the role admin in ${actor.organization.name}.`, { extensions: { permission } })
}
