import type { UserId } from '@muster/contract/ids.ts'
import type { Accounts } from './accounts.ts'
import type { Context } from './execute.ts'
import { Problem } from './problem.ts'
import type { Account } from './user.ts'

/**
 * The password once more, from somebody who is signed in: what a stolen session must not be enough for (C16). Tries are counted, for whoever has
 * the session could guess without end.
 * @returns the account as it was when it was proven
 * @throws Problem password_wrong or too_many_attempts
 */
export async function provePassword({ store, limits, hasher }: Accounts, { userId, password }: { userId: UserId; password: string }): Promise<Account> {
  await limits.spend('password proof by account', userId)
  const account = await store.reading.accounts.find(userId)
  if (!account || !(await hasher.verify(account.passwordHash, password))) throw new Problem('password_wrong')
  await limits.clear('password proof by account', userId)
  return account
}

/** Under the lock on the account: what was proven is good still. @throws Problem password_wrong */
export async function provenAccount(context: Context, provenHash: string): ReturnType<Context['account']> {
  const standing = await context.account({ unregistered: true })
  if (standing.account.passwordHash !== provenHash) throw new Problem('password_wrong')
  return standing
}
