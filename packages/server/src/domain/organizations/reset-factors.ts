import type { Context } from '../command/context.ts'
import { finishAllSessions } from '../credentials/session.ts'
import { Problem } from '../model/problem.ts'
import { personOf } from './suspend-person.ts'

export interface ResetFactors {
  id: string
  email: string
  passkeys: number
  authenticator: boolean
  endedSessions: number
}

/**
 * The operator removes the passkeys, the authenticator app and the recovery codes of a person who has lost them, or who has been locked out by somebody else's.
 * All their sessions end. Their password alone is enough to sign in then, so the operator must know who asks. The owner gets an email.
 */
export async function resetFactors(context: Context, { user }: { user: string }): Promise<ResetFactors> {
  const { tx, principal, record } = context
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const { id, email } = await personOf(tx, user)
  await tx.accounts.lock(id)
  const passkeys = await tx.passkeys.removeAllOf(id)
  const authenticator = await tx.authenticators.remove(id)
  await tx.authenticators.setRecoveryCodes(id, [])
  await tx.pendingSignIns.endAllOf(id)
  const endedSessions = await finishAllSessions(context, id, null, 'signed_out_by_operator')
  await record({ type: 'factors.reset', target: id, userId: id, passkeys, authenticator, endedSessions })
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'factor', change: 'factors_reset', userId: id, at, address: principal.origin.address } })
  return { id, email, passkeys, authenticator, endedSessions }
}
