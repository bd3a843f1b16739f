import type { Context } from '../command/context.ts'
import type { Accounts } from '../command/services.ts'
import { refundUnlessFailed, spendEach } from '../command/spend.ts'
import type { Account } from '../model/account.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'

/**
 * Checks the password of a signed-in person: a stolen session must not be enough for this change (C16). Tries are counted by session. So a thief can neither
 * guess without limit nor use up the tries of the owner's other sessions.
 * @returns the account as it was when the password was checked
 */
export async function provePassword(
  { store, limits, hasher }: Accounts,
  { userId, sessionId, password }: Pick<UserPrincipal, 'userId' | 'sessionId'> & { password: string },
): Promise<Account> {
  const spent = await spendEach(limits, [['password proof by session', sessionId]])
  return refundUnlessFailed(['password_wrong'], spent, async () => {
    const account = await store.reading.accounts.find(userId)
    if (!account || !(await hasher.verify(account.passwordHash, password))) throw new Problem('password_wrong')
    return account
  })
}

/** Under the lock on the account: the password has not changed since it was checked. @throws Problem password_wrong */
export async function accountProvenBy(context: Context, provenHash: string): ReturnType<Context['account']> {
  const standing = await context.account({ unregistered: true })
  const account = await context.tx.accounts.find(standing.account.id)
  if (account?.passwordHash !== provenHash) throw new Problem('password_wrong')
  return standing
}
