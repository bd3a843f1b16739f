import type { RecentAction } from '@muster/contract/authentication.ts'
import type { Context } from '../command/context.ts'
import { isPasswordEnough, isRecent, requireOwnProof, requireRecent } from '../command/recent.ts'
import type { Accounts } from '../command/services.ts'
import { refundUnlessFailed, spendEach } from '../command/spend.ts'
import type { Account } from '../model/account.ts'
import type { LiveState } from '../model/live.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

interface ProvePassword extends Pick<UserPrincipal, 'userId' | 'sessionId'> {
  password: string
  /** The change. For it, an account without a password requires a recent sign-in instead. Undefined for a confirmation, which has no such change. */
  action?: RecentAction
}

/**
 * Checks the password of a signed-in person: a stolen session must not be enough for this change (C16). Tries are counted by session. So a thief can neither
 * guess without limit nor use up the tries of the owner's other sessions.
 * @returns the account as it was when the password was checked
 */
export async function provePassword({ store, limits, hasher }: Accounts, { userId, sessionId, password, action }: ProvePassword): Promise<Account> {
  const spent = await spendEach(limits, [['password proof by session', sessionId]])
  return refundUnlessFailed(['password_wrong'], spent, async () => {
    const account = await store.reading.accounts.find(userId)
    if (!account) throw new Problem('password_wrong')
    if (account.passwordHash === null && action) {
      const live = await store.reading.sessions.liveState(sessionId, null)
      if (!live) throw new Problem('password_wrong')
      await requireOwnProof(store.reading, live, action)
      return account
    }
    if (!(await hasher.verify(account.passwordHash, password))) throw new Problem('password_wrong')
    return account
  })
}

/** Under the lock on the account: the password has not changed since it was checked, or there is still none. @throws Problem password_wrong */
export async function accountProvenBy(context: Context, provenHash: string | null): ReturnType<Context['account']> {
  const standing = await context.account({ unregistered: true })
  const account = await context.tx.accounts.find(standing.account.id)
  if (account?.passwordHash !== provenHash) throw new Problem('password_wrong')
  return standing
}

/** The same for a change of the password or the address, for which the password alone may not be enough, or there is none (F15). */
export async function accountChangedBy(context: Context, provenHash: string | null, action: RecentAction): ReturnType<Context['account']> {
  const standing = await accountProvenBy(context, provenHash)
  if (provenHash === null) await requireOwnProof(context.tx, standing.live, action)
  else if (!(await isPasswordEnough(context.tx, standing.live))) await requireRecent(context.tx, standing.live, action)
  return standing
}

/** Whether the person has to confirm who they are before such a change is possible, for its page (F17). */
export const isConfirmationNeeded = async (tx: Pick<Tx, 'accounts' | 'authenticators' | 'clients'>, live: LiveState): Promise<boolean> =>
  !(await isPasswordEnough(tx, live)) && !(await isRecent(tx, live))
