import type { UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

type Read = Pick<Tx, 'accounts' | 'passkeys' | 'identities'>

/**
 * Whether the account can sign in without an emailed link. A provider that the operator has switched off is no way in, nor is a password while passwords are off (F23), nor a
 * passkey that was restored from a backup and not used since (F2).
 */
export async function hasWayIn({ accounts, passkeys, identities }: Read, issuers: readonly string[], userId: UserId): Promise<boolean> {
  const [account, keys, links] = await Promise.all([accounts.find(userId), passkeys.list(userId), identities.list(userId)])
  return Boolean(account?.passwordHash) || keys.some(({ verifiesUser }) => verifiesUser) || links.some(({ issuer }) => issuers.includes(issuer))
}

/** After a removal, in its transaction: refuses it if the account has no other way in. @throws Problem last_way_in */
export async function refuseLastWayIn({ tx, issuers, passwords }: Pick<Context, 'tx' | 'issuers' | 'passwords'>, userId: UserId): Promise<void> {
  if (await hasWayIn(tx, issuers, userId)) return
  if (passwords) throw new Problem('last_way_in')
  const next = 'Add a passkey or another provider first.'
  throw new Problem('last_way_in', `Without this, you could not sign in any more. ${next}`, { extensions: { next } })
}

/**
 * While passwords are off: removes the stored password of an account that has no way in. Otherwise its only way in would be the password, and the next start of the server would be
 * refused (F23).
 */
export async function removeLastPassword({ tx, issuers, passwords }: Pick<Context, 'tx' | 'issuers' | 'passwords'>, userId: UserId): Promise<void> {
  if (!passwords && !(await hasWayIn(tx, issuers, userId))) await tx.accounts.setPassword(userId, null)
}
