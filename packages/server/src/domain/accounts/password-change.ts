import type { SessionId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { Accounts } from '../command/services.ts'
import { finishAllKeys } from '../credentials/api-key.ts'
import { finishAllSessions, noteSignIn } from '../credentials/session.ts'
import type { ListedKey } from '../credentials/store.ts'
import type { UserPrincipal } from '../model/principal.ts'
import type { DeviceAccount } from './known-device.ts'
import { refuseBadPassword } from './password.ts'
import { provenAccount, provePassword } from './prove-password.ts'

export interface ChangePassword {
  currentPassword: string
  newPassword: string
  /** Keys are kept unless it is asked for: they are for machines, and have nothing of the password (S32). */
  endKeys?: boolean | undefined
}

export interface ChangedPassword extends ReplacedPassword {
  /** Those that go on working. */
  keys: ListedKey[]
}

/** Sets another password and ends every other session and refresh token; the one that asks goes on (S32). The owner is told by mail (C16). */
export async function changePassword(
  accounts: Accounts,
  principal: UserPrincipal,
  { currentPassword, newPassword, endKeys = false }: ChangePassword,
): Promise<ChangedPassword> {
  const account = await provePassword(accounts, { ...principal, password: currentPassword })
  await refuseBadPassword(newPassword, [account.email, account.givenName, account.familyName, account.username ?? ''])
  const passwordHash = await accounts.hasher.hash(newPassword)
  return accounts.execute(setPassword, principal, { provenHash: account.passwordHash, passwordHash, endKeys })
}

async function setPassword(
  context: Context,
  { provenHash, passwordHash, endKeys }: { provenHash: string; passwordHash: string; endKeys: boolean },
): Promise<ChangedPassword> {
  const { account, live } = await provenAccount(context, provenHash)
  const changed = await replacePassword(context, account.id, { passwordHash, endKeys, keeping: live.session.id, reason: 'password_changed' })
  const { items: keys } = await context.tx.apiKeys.pageAlive({ userId: account.id }, { limit: 100 })
  return { ...changed, keys }
}

export interface ReplacedPassword {
  endedSessions: number
  endedKeys: number
  /** The browser that set the password becomes a known device of the account. */
  device: DeviceAccount
}

interface NewPassword {
  passwordHash: string
  endKeys: boolean
  /** The session that asks, if one does. */
  keeping: SessionId | null
  reason: 'password_changed' | 'password_reset'
}

/** Part of a command that has locked the account and made sure who it is: with the old password ends what was got by it (S32). The owner is told by mail. */
export async function replacePassword(context: Context, userId: UserId, { passwordHash, endKeys, keeping, reason }: NewPassword): Promise<ReplacedPassword> {
  const { tx, principal, record } = context
  // With the old password somebody may have made browsers and networks known: from now on only this one is.
  const passwordVersion = await tx.accounts.setPassword(userId, passwordHash)
  await tx.accounts.forgetNetworks(userId)
  await noteSignIn(context, userId)
  const endedSessions = await finishAllSessions(context, userId, keeping, reason)
  // A link of before, and an address that waits for its code, were asked for by whoever knew the old password.
  await tx.passwordResets.endAllOf(userId)
  await tx.emailChanges.end(userId)
  const endedKeys = endKeys ? await finishAllKeys(context, userId, reason) : 0
  await record({ type: reason === 'password_reset' ? 'password.reset' : 'password.changed', target: userId, endedSessions, endedKeys })
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'password_changed', userId, at, address: principal.origin.address } })
  return { endedSessions, endedKeys, device: { id: userId, passwordVersion } }
}
