import type { RememberedDeviceId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { Account } from '../model/account.ts'
import { newId } from '../model/id.ts'
import { newOpaqueToken, parseToken } from '../model/opaque-token.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'

// A browser in which a person asked not to be asked for the second factor again (F11). It replaces the factor after a right password and nothing else: the session
// that it opens began with a password, so it is not a recent sign-in (F15).

export const REMEMBERED_SECONDS = 30 * 86_400

/** The accounts in one cookie, most recent first. A limit keeps requests short. */
const ACCOUNTS_PER_BROWSER = 4
/** The devices of one account. The least recently used one makes room. */
const DEVICES_PER_ACCOUNT = 20

const tokensIn = (cookie: string): string[] => cookie.split('.', ACCOUNTS_PER_BROWSER).filter((token) => parseToken('muster_rd', token) !== null)

/** For a command that has checked the second factor under the lock on the account. @returns the value of the cookie, which keeps those of other accounts */
export async function rememberDevice({ tx, principal, record }: Context, { id: userId, epoch }: Account, cookie = ''): Promise<string> {
  const token = newOpaqueToken('muster_rd')
  const { address, userAgent } = principal.origin
  const id = newId('rememberedDevice')
  await tx.rememberedDevices.insert(
    { id, tokenHash: digest(token), userId, epoch, address, userAgent, lifetimeSeconds: REMEMBERED_SECONDS },
    { keep: DEVICES_PER_ACCOUNT },
  )
  await record({ type: 'remembered_device.added', target: id, userId })
  return [token, ...tokensIn(cookie)].slice(0, ACCOUNTS_PER_BROWSER).join('.')
}

/** For a command that has checked the password under the lock on the account: true if this browser need not give the second factor. */
export async function useRememberedDevice({ tx, principal, record }: Context, userId: UserId, cookie = ''): Promise<boolean> {
  const tokens = tokensIn(cookie)
  const used = tokens.length === 0 ? null : await tx.rememberedDevices.use(tokens.map(digest), userId, principal.origin)
  if (used) await record({ type: 'remembered_device.used', target: used, userId })
  return used !== null
}

/** Whether the organization of the person lets a browser be remembered, for the page that offers it. */
export async function mayBeRemembered({ memberships, organizations }: Pick<Tx, 'memberships' | 'organizations'>, userId: UserId): Promise<boolean> {
  const membership = await memberships.current(userId)
  const found = membership && (await organizations.find(membership.organizationId))
  return found?.organization.factorPolicy.rememberedDevices ?? true
}

/** @throws Problem remembered_device_not_found */
export async function forgetDevice({ account, tx, record }: Context, { id }: { id: RememberedDeviceId }): Promise<void> {
  const { account: owner } = await account({ unregistered: true })
  if (!(await tx.rememberedDevices.end(id, owner.id))) throw new Problem('remembered_device_not_found')
  await record({ type: 'remembered_device.forgotten', target: id, userId: owner.id })
}

/** @returns how many there were */
export async function forgetAllDevices({ account, tx, record }: Context): Promise<number> {
  const { account: owner } = await account({ unregistered: true })
  const forgotten = await tx.rememberedDevices.endAllOf(owner.id)
  for (const target of forgotten) await record({ type: 'remembered_device.forgotten', target, userId: owner.id })
  return forgotten.length
}
