import type { UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { Problem } from '../model/problem.ts'

/**
 * After a removal, in its transaction: refuses it if the account has no other way in. A provider that the operator has switched off is none.
 * @throws Problem last_way_in
 */
export async function refuseLastWayIn({ tx, issuers }: Pick<Context, 'tx' | 'issuers'>, userId: UserId): Promise<void> {
  const [account, passkeys, identities] = await Promise.all([tx.accounts.find(userId), tx.passkeys.list(userId), tx.identities.list(userId)])
  const isLeft = account?.passwordHash || passkeys.length > 0 || identities.some(({ issuer }) => issuers.includes(issuer))
  if (!isLeft) throw new Problem('last_way_in')
}
