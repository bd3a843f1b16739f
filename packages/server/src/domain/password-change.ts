import type { Accounts } from './accounts.ts'
import { finishAllKeys } from './api-key.ts'
import type { Context } from './execute.ts'
import { refuseBadPassword } from './password.ts'
import type { UserPrincipal } from './principal.ts'
import { provenAccount, provePassword } from './proof.ts'
import { finishAllSessions } from './session.ts'
import type { ListedKey } from './stores/api-key-store.ts'

export interface ChangePassword {
  currentPassword: string
  newPassword: string
  /** Keys are kept unless it is asked for: they are for machines, and have nothing of the password (S32). */
  endKeys?: boolean | undefined
}

export interface ChangedPassword {
  endedSessions: number
  endedKeys: number
  /** Those that go on working. */
  keys: ListedKey[]
}

/** Sets another password and ends every other session and refresh token; the one that asks goes on (S32). The owner is told by mail (C16). */
export async function changePassword(
  accounts: Accounts,
  principal: UserPrincipal,
  { currentPassword, newPassword, endKeys = false }: ChangePassword,
): Promise<ChangedPassword> {
  const account = await provePassword(accounts, { userId: principal.userId, password: currentPassword })
  await refuseBadPassword(newPassword, [account.email, account.givenName, account.familyName, account.username ?? ''])
  const passwordHash = await accounts.hasher.hash(newPassword)
  return accounts.execute(setPassword, principal, { provenHash: account.passwordHash, passwordHash, endKeys })
}

async function setPassword(
  context: Context,
  { provenHash, passwordHash, endKeys }: { provenHash: string; passwordHash: string; endKeys: boolean },
): Promise<ChangedPassword> {
  const { tx, principal, record } = context
  const { account, live } = await provenAccount(context, provenHash)
  await tx.accounts.setPasswordHash(account.id, passwordHash)
  const endedSessions = await finishAllSessions(context, account.id, live.session.id, 'password_changed')
  // A link of before, and an address that waits for its code, were asked for by whoever knew the old password.
  await tx.passwordResets.endAllOf(account.id)
  await tx.emailChanges.end(account.id)
  const endedKeys = endKeys ? await finishAllKeys(context, account.id, 'password_changed') : 0
  await record({ type: 'password.changed', target: account.id, endedSessions, endedKeys })
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'password_changed', userId: account.id, at, address: principal.origin.address } })
  const { items: keys } = await tx.apiKeys.pageAlive({ userId: account.id }, { limit: 100 })
  return { endedSessions, endedKeys, keys }
}
