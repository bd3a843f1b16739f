import type { UserId } from '@muster/contract/ids.ts'
import type { OtherWays } from '../accounts/store.ts'
import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

type Read = Pick<Tx, 'accounts' | 'passkeys' | 'identities'>

/**
 * Whether the account can sign in without a sign-in link: by a password while passwords are on (F23), a passkey where passkeys are possible, or a provider that is on. A passkey
 * that was restored from a backup and not used since is no way in (F2). The lists of `PeopleStore` count it all the same: its owner gets a link, and it is enough again after one use.
 */
export async function hasWayIn({ accounts, passkeys, identities }: Read, ways: OtherWays, userId: UserId): Promise<boolean> {
  const [account, keys, links] = await Promise.all([accounts.find(userId), passkeys.list(userId), identities.list(userId)])
  const hasPasskey = ways.passkeys && keys.some(({ verifiesUser }) => verifiesUser)
  return Boolean(account?.passwordHash) || hasPasskey || links.some(({ issuer }) => ways.issuers.includes(issuer))
}

/** After a removal, in its transaction: refuses it if the account has no other way in. @throws Problem last_way_in */
export async function refuseLastWayIn({ tx, ways, passwords }: Pick<Context, 'tx' | 'ways' | 'passwords'>, userId: UserId): Promise<void> {
  if (await hasWayIn(tx, ways, userId)) return
  if (passwords) throw new Problem('last_way_in')
  const next = 'Add a passkey or another provider first.'
  throw new Problem('last_way_in', `Without this, you could not sign in any more. ${next}`, { extensions: { next } })
}

/**
 * While passwords are off: removes the stored password of an account that has no way in. Otherwise its only way in would be the password, and the next start of the server would be
 * refused (F23).
 */
export async function removeLastPassword({ tx, ways, passwords }: Pick<Context, 'tx' | 'ways' | 'passwords'>, userId: UserId): Promise<void> {
  if (!passwords && !(await hasWayIn(tx, ways, userId))) await tx.accounts.setPassword(userId, null)
}
