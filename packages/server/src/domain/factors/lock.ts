import { randomBytes } from 'node:crypto'
import { isId, type UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { base62, formatToken, parseToken } from '../model/opaque-token.ts'
import { type RootKey, type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import type { Authenticator } from './store.ts'

// After too many wrong codes, an authenticator app is locked. Another factor unlocks it, and so does a link that is emailed to its owner (F7).

/** Wrong codes without a correct one in between. */
export const LOCKED_AFTER = 50

/** For a person who has proved another factor, or is signed in. */
export const LOCKED = 'Your authenticator app is locked after 50 wrong codes. Use a recovery code, a passkey or an emailed link.'

const UNLOCK_SECONDS = 86_400

export const isLocked = ({ failures }: Pick<Authenticator, 'failures'>): boolean => failures >= LOCKED_AFTER

export async function hasLockedApp({ authenticators }: Pick<Tx, 'authenticators'>, userId: UserId): Promise<boolean> {
  const app = await authenticators.find(userId)
  return app !== null && isLocked(app)
}

/** For a command that has locked the account. The link is derived when the email is sent. `unlock_link`: the person asked for it. */
export async function sendUnlockLink({ tx, principal }: Context, userId: UserId, change: 'authenticator_locked' | 'unlock_link'): Promise<void> {
  await tx.authenticators.openUnlock(userId, base62(randomBytes(16)), UNLOCK_SECONDS)
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'factor', change, userId, at, address: principal.origin.address } })
}

type Unlockable = Pick<Authenticator, 'userId' | 'unlockId'>

const linkMac = (key: RootKey, userId: UserId, unlockId: string): string => base62(key.mac('authenticator-unlock', userId, unlockId)).padStart(43, '0')

/** The secret part of the link. It is not stored. Null without a valid link. */
export const unlockLinkToken = ({ lasting }: SecretKeys, { userId, unlockId }: Unlockable): string | null =>
  unlockId && formatToken('muster_au', `${userId.slice(4)}_${linkMac(lasting, userId, unlockId)}`)

/** The app that a link unlocks. Changes nothing. Null if the link is not valid. */
export async function appOfUnlockLink(
  { authenticators }: Pick<Tx, 'authenticators'>,
  { everyLasting }: SecretKeys,
  token: string,
): Promise<(Authenticator & { unlockId: string }) | null> {
  const [suffix = '', mac = ''] = parseToken('muster_au', token.trim())?.split('_') ?? []
  const userId = `usr_${suffix}`
  const app = isId('user', userId) ? await authenticators.find(userId) : null
  const { unlockId = null } = app ?? {}
  if (!app || unlockId === null || !everyLasting.some((key) => sameBytes(Buffer.from(mac), Buffer.from(linkMac(key, app.userId, unlockId))))) return null
  return { ...app, unlockId }
}

/** By the link in the email. It unlocks the app and does nothing else, so a thief of the inbox gains tries and no access. False if the link is not valid. */
export async function unlockByLink({ tx, keys, record }: Context, { token }: { token: string }): Promise<boolean> {
  const app = await appOfUnlockLink(tx, keys, token)
  if (!app) return false
  const { userId, unlockId } = app
  await tx.accounts.lock(userId)
  if (!(await tx.authenticators.unlock(userId, unlockId))) return false
  await record({ type: 'authenticator.unlocked', target: userId, userId })
  return true
}
