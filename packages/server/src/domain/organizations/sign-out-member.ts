import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { requireRecentCaller } from '../command/recent.ts'
import { finishAllSessions } from '../credentials/session.ts'
import type { Member } from '../model/membership.ts'
import { Problem } from '../model/problem.ts'
import { type MemberReference, memberOf } from './membership.ts'
import { enterAsOperator } from './operator.ts'

export interface SignedOut {
  member: Member
  /** The number of sessions that ended. */
  ended: number
}

/**
 * Ends every session of a member: browsers, CLI logins, applications and refresh tokens, with their access tokens. An admin does this after a lost laptop, for
 * example; the operator can do it too. The member keeps their status, password and keys, and can sign in again (S32).
 */
export async function signMemberOut(context: Context, { organization: reference, user }: MemberReference): Promise<SignedOut> {
  const { tx, principal, attempt, awaitEnded } = context
  attempt({ member: user })
  const byOperator = principal.kind === 'operator'
  const { organizationId, actorId } = byOperator ? await asOperator(context, reference) : await asAdmin(context, reference)
  const member = await memberOf(context, organizationId, user)
  if (member.userId === actorId)
    throw new Problem('self_action', undefined, { extensions: { next: 'End your own sessions instead.', command: 'muster session end --others' } })
  // The deactivation ended all sessions. An admin cannot end the session that answers another organization's invitation (S26).
  if (member.status === 'deactivated') {
    await awaitEnded('user', [member.userId])
    return { member, ended: 0 }
  }
  // Locked first, so that a session that is being started from one of these does not outlive it.
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

async function asAdmin(context: Context, reference: string): Promise<Entered> {
  const { actor, organization } = await context.enter(reference, 'members:sign-out')
  await requireRecentCaller(context, 'members:sign-out')
  return { organizationId: organization.id, actorId: actor.userId }
}
