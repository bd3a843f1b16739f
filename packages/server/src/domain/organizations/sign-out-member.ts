import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { finishAllSessions } from '../credentials/session.ts'
import type { Member } from '../model/membership.ts'
import { Problem } from '../model/problem.ts'
import { type MemberReference, memberOf } from './membership.ts'
import { enterAsOperator } from './operator.ts'

export interface SignedOut {
  member: Member
  /** How many sessions were alive until now. */
  ended: number
}

/**
 * Ends every session of a member: browsers, CLI logins, applications, refresh tokens, and the access tokens that came from them. An admin does it for
 * a lost laptop; so does the operator. The member keeps their status, their password and their keys, and can sign in again (S32).
 */
export async function signMemberOut(context: Context, { organization: reference, user }: MemberReference): Promise<SignedOut> {
  const { tx, principal, attempt, awaitEnded } = context
  attempt({ member: user })
  const byOperator = principal.kind === 'operator'
  const { organizationId, actorId } = byOperator ? await asOperator(context, reference) : await asAdmin(context, reference)
  const member = await memberOf(context, organizationId, user)
  if (member.userId === actorId) throw new Problem('self_action', 'To end your own sessions: muster session end --others.')
  // Deactivating ended what there was. The session that answers an invitation of another organization is not the admin's to end (S26).
  if (member.status === 'deactivated') {
    await awaitEnded('user', [member.userId])
    return { member, ended: 0 }
  }
  // Locked first: a session that is just being started from one of these must not outlive it.
  await tx.accounts.lock(member.userId)
  return { member, ended: await finishAllSessions(context, member.userId, null, byOperator ? 'signed_out_by_operator' : 'signed_out_by_admin') }
}

interface Entered {
  organizationId: OrganizationId
  actorId: UserId | null
}

async function asOperator(context: Context, reference: string): Promise<Entered> {
  return { organizationId: (await enterAsOperator(context, reference)).id, actorId: null }
}

async function asAdmin({ enter }: Context, reference: string): Promise<Entered> {
  const { actor, organization } = await enter(reference, 'members:sign-out')
  return { organizationId: organization.id, actorId: actor.userId }
}
