import type { SessionId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { Accounts } from '../command/services.ts'
import { finishAllKeys } from '../credentials/api-key.ts'
import { finishAllSessions, noteSignIn } from '../credentials/session.ts'
import type { ListedKey } from '../credentials/store.ts'
import type { UserPrincipal } from '../model/principal.ts'
import type { DeviceAccount } from './known-device.ts'
import { refuseBadPassword, requirePasswords } from './password.ts'
import { accountChangedBy, provePassword } from './prove-password.ts'

export interface ChangePassword {
  /** Not used for an account without a password. */
  currentPassword: string
  newPassword: string
  /** Keys are kept unless this is true: they belong to machines and do not depend on the password (S32). */
  endKeys?: boolean | undefined
}

export interface ChangedPassword extends ReplacedPassword {
  /** The keys that stay valid. */
  keys: ListedKey[]
}

/** Sets a new or the first password, and ends every session and refresh token except the caller's (S32). The owner gets an email (C16). */
export async function changePassword(
  accounts: Accounts,
  principal: UserPrincipal,
  { currentPassword, newPassword, endKeys = false }: ChangePassword,
): Promise<ChangedPassword> {
  requirePasswords(accounts)
  const account = await provePassword(accounts, { ...principal, password: currentPassword, action: 'password:change' })
  await refuseBadPassword(accounts, newPassword, [account.email, account.givenName, account.familyName, account.username ?? ''])
  const passwordHash = await accounts.hasher.hash(newPassword)
  return accounts.execute(setPassword, principal, { provenHash: account.passwordHash, passwordHash, endKeys })
}

async function setPassword(
  context: Context,
  { provenHash, passwordHash, endKeys }: { provenHash: string | null; passwordHash: string; endKeys: boolean },
): Promise<ChangedPassword> {
  const { account, live } = await accountChangedBy(context, provenHash, 'password:change')
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
  /** The caller's session, which stays. Null for a reset. */
  keeping: SessionId | null
  reason: 'password_changed' | 'password_reset'
}

/** For a command that has locked the account and checked the caller: ends everything obtained with the old password (S32). The owner gets an email. */
export async function replacePassword(context: Context, userId: UserId, { passwordHash, endKeys, keeping, reason }: NewPassword): Promise<ReplacedPassword> {
  const { tx, principal, record } = context
  // Someone with the old password may have registered devices and networks. Only this browser stays known.
  const passwordVersion = await tx.accounts.setPassword(userId, passwordHash)
  await tx.accounts.forgetNetworks(userId)
  await noteSignIn(context, userId)
  const endedSessions = await finishAllSessions(context, userId, keeping, reason)
  // Reset links and a pending email change were requested by someone who knew the old password.
  await tx.passwordResets.endAllOf(userId)
  await tx.emailChanges.end(userId)
  await tx.pendingSignIns.endAllOf(userId)
  const endedKeys = endKeys ? await finishAllKeys(context, userId, reason) : 0
  await record({ type: reason === 'password_reset' ? 'password.reset' : 'password.changed', target: userId, endedSessions, endedKeys })
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'password_changed', userId, at, address: principal.origin.address } })
  return { endedSessions, endedKeys, device: { id: userId, passwordVersion } }
}
