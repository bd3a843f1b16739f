import type { Context } from '../command/context.ts'
import { requireRecent } from '../command/recent.ts'
import { Problem } from '../model/problem.ts'
import { endAtFactorChange } from './change.ts'

/**
 * For a person with passkeys and no authenticator app, whose password alone would sign in (F1). With an app, a second factor is asked for in any case.
 * @throws Problem insufficient_user_authentication, or factor_missing without a passkey
 */
export async function setAlwaysSecondFactor(context: Context, { always }: { always: boolean }): Promise<void> {
  const { tx, record } = context
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(tx, live, 'factors:change')
  const held = await tx.authenticators.held(account.id)
  if (always && !held.passkey) throw new Problem('factor_missing')
  if (held.always === always) return
  await tx.authenticators.setAlways(account.id, always)
  await endAtFactorChange(tx, account.id)
  await record({ type: 'second_factor.always_changed', target: account.id, userId: account.id, always })
}
