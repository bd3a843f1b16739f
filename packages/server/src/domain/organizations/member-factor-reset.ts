import type { Context } from '../command/context.ts'
import { requireRecentCaller } from '../command/recent.ts'
import { completeReset, stopReset, tellMember } from '../factors/reset.ts'
import type { FactorReset } from '../factors/store.ts'
import { newId } from '../model/id.ts'
import type { TargetMember } from '../model/membership.ts'
import type { Organization } from '../model/organization.ts'
import { Problem } from '../model/problem.ts'
import type { MemberReference } from './membership.ts'

// An admin resets the factors of a member who has lost them (F12). A single admin could take over an account in this way, so everybody concerned can see it for a
// day, and stop it, unless a second admin confirms. The last admin is never another's member here: the admin who asks is an active one.

/** Visible to the member and to all admins for this long. */
const VISIBLE_SECONDS = 86_400

/** @throws Problem self_action, session_required or factor_reset_pending */
export async function requestFactorReset(context: Context, reference: MemberReference): Promise<FactorReset> {
  const { tx, record } = context
  const { organization, actor, target } = await enterForReset(context, reference)
  if (target.userId === actor.userId) throw ownReset()
  await requireRecentCaller(context, 'members:reset-factors')
  const { userId } = target
  const reset = await tx.factorResets.insert({
    id: newId('factorReset'),
    userId,
    organizationId: organization.id,
    requestedBy: actor.userId,
    delaySeconds: VISIBLE_SECONDS,
  })
  if (!reset) throw new Problem('factor_reset_pending')
  await record({ type: 'factors.reset_requested', target: userId, userId, organizationId: organization.id, inForceAt: reset.inForceAt.toISOString() })
  await tellMember(tx, reset.id, 'requested')
  return reset
}

/** By another admin than the one who asked: it takes force at once. @throws Problem self_action, factor_reset_same_admin or factor_reset_not_found */
export async function confirmFactorReset(context: Context, reference: MemberReference): Promise<FactorReset> {
  const { tx, record } = context
  const { organization, actor, target } = await enterForReset(context, reference)
  const { userId } = target
  if (userId === actor.userId) throw ownReset()
  await requireRecentCaller(context, 'members:reset-factors')
  await tx.accounts.lock(userId)
  const reset = await tx.factorResets.confirm(userId, organization.id, actor.userId)
  if (!reset) throw new Problem((await tx.factorResets.findOpen(userId)) ? 'factor_reset_same_admin' : 'factor_reset_not_found')
  await record({ type: 'factors.reset_confirmed', target: userId, userId, organizationId: organization.id, requestedBy: reset.requestedBy })
  await completeReset(context, userId)
  return reset
}

/** By any admin, also the one who asked, and the member if they are one. @throws Problem factor_reset_not_found */
export async function cancelFactorReset(context: Context, reference: MemberReference): Promise<FactorReset> {
  const { tx } = context
  const { organization, target } = await enterForReset(context, reference)
  await tx.accounts.lock(target.userId)
  const reset = await tx.factorResets.findOpen(target.userId)
  if (reset?.organizationId !== organization.id) throw new Problem('factor_reset_not_found')
  await stopReset(context, reset)
  return reset
}

/** A key acts for machines, and a reset is between people. */
async function enterForReset(
  context: Context,
  { organization: reference, user }: MemberReference,
): Promise<{ organization: Organization; actor: { userId: TargetMember['userId'] }; target: TargetMember }> {
  const { principal, attempt, enterForMember } = context
  attempt({ member: user })
  const entered = await enterForMember(reference, 'members:reset-factors', user)
  if (principal.kind !== 'user') throw new Problem('session_required')
  return entered
}

const ownReset = (): Problem => new Problem('self_action', undefined, { extensions: { next: 'Change how you sign in under Security, or ask another admin.' } })
