import type { Context } from '../command/context.ts'
import { type RemovedFactors, removeFactors } from '../factors/reset.ts'
import { Problem } from '../model/problem.ts'
import { personOf } from './suspend-person.ts'

export interface ResetFactors extends RemovedFactors {
  id: string
  email: string
}

/**
 * The operator removes the passkeys, the authenticator app, the recovery codes and the linked providers of a person who has lost them, or who has been locked out by somebody else's.
 * All their sessions end. Their password alone is enough to sign in then, so the operator must know who asks. The owner gets an email.
 */
export async function resetFactors(context: Context, { user }: { user: string }): Promise<ResetFactors> {
  const { tx, principal, record } = context
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const { id, email } = await personOf(tx, user)
  await tx.accounts.lock(id)
  const removed = await removeFactors(context, id, 'signed_out_by_operator')
  await tx.factorResets.settle(id)
  await record({ type: 'factors.reset', target: id, userId: id, ...removed })
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'factor', change: 'factors_reset', userId: id, at, address: principal.origin.address } })
  return { id, email, ...removed }
}
