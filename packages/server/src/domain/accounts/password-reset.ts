import { isId, type PasswordResetId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { Accounts } from '../command/services.ts'
import { spendAmongStrangers } from '../command/spend.ts'
import { hasWayIn } from '../factors/last-way-in.ts'
import type { Account } from '../model/account.ts'
import { emailAddress } from '../model/email.ts'
import { newId } from '../model/id.ts'
import { networkOf } from '../model/network.ts'
import { base62, formatToken, parseToken } from '../model/opaque-token.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type RootKey, type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import { knownDeviceOf, noDeviceAccount } from './known-device.ts'
import { refuseBadPassword, requirePasswords } from './password.ts'
import { type ReplacedPassword, replacePassword } from './password-change.ts'
import type { PasswordReset } from './store.ts'

export const RESET_SECONDS = 1_800

/** Nothing secret is stored. The token is derived from the id by an HMAC when the email is sent. */
export const passwordResetToken = (keys: SecretKeys, { id, keyGeneration }: Pick<PasswordReset, 'id' | 'keyGeneration'>): string =>
  formatToken('muster_pr', `${id.slice(4)}_${tokenMac(keys.of(keyGeneration), id)}`)

const tokenMac = (key: RootKey, id: PasswordResetId): string => base62(key.mac('password-reset', id)).padStart(43, '0')

/** Sends a link if the address has an account. Only the job that sends it checks that, so response, work and time are the same for all addresses (C06). */
export async function requestPasswordReset(
  accounts: Accounts,
  principal: Principal,
  { email, devices }: { email: string; devices?: string | undefined },
): Promise<{ email: string }> {
  const { typed, canonical } = emailAddress(email)
  await spendReset(accounts, principal, { emailCanonical: canonical, devices })
  await accounts.execute(openReset, principal, { emailCanonical: canonical })
  return { email: typed }
}

/** A known device has its own count, so that strangers cannot use up the owner's emails (0031). */
async function spendReset(
  { store, limits, keys }: Accounts,
  { origin }: Principal,
  { emailCanonical, devices }: { emailCanonical: string; devices: string | undefined },
): Promise<void> {
  const account = devices === undefined ? null : await store.reading.accounts.findByEmail(emailCanonical)
  const device = knownDeviceOf(keys, account ?? noDeviceAccount, devices)
  if (account && device !== null) return limits.spend('password reset by known device', `${account.id} ${device}`)
  const key = `${networkOf(origin.address)} ${emailCanonical}`
  await spendAmongStrangers(limits, {
    own: [
      ['password reset by address', origin.address],
      ['password reset by email and network', key],
    ],
    together: ['password reset by email', emailCanonical],
    beyond: ['password reset by email and network beyond', key],
  })
}

async function openReset({ tx, principal }: Context, { emailCanonical }: { emailCanonical: string }): Promise<void> {
  const id = newId('passwordReset')
  const { address, requestId } = principal.origin
  await tx.passwordResets.insert({ id, emailCanonical, address, requestId, lifetimeSeconds: RESET_SECONDS })
  await tx.jobs.send({ name: 'mail', data: { template: 'password_reset', passwordResetId: id } })
}

/**
 * Runs when the email is sent: finds the account and ends earlier links to the same address. Null if there is no account, or the link has expired. While passwords are off, the link
 * works only for an account without another way in (F23).
 */
export async function addressReset(context: Context, { id }: { id: PasswordResetId }): Promise<{ account: Account; isUsable: boolean } | null> {
  const { tx, record, ways, passwords } = context
  const reset = await tx.passwordResets.find(id)
  const account = reset?.open ? await tx.accounts.findByEmail(reset.emailCanonical) : null
  if (!account) return null
  // A retried email finds the account assigned already.
  if (await tx.passwordResets.assign(id, account.id)) await record({ type: 'password.reset_requested', target: account.id, passwordResetId: id })
  return { account, isUsable: passwords || !(await hasWayIn(tx, ways, account.id)) }
}

/** The account behind a link. Does not use the link up (S17). @throws Problem reset_link_invalid */
export async function resetOfToken(tx: Tx, keys: SecretKeys, token: string): Promise<{ reset: PasswordReset; account: Account }> {
  const [suffix = '', mac = ''] = parseToken('muster_pr', token.trim())?.split('_') ?? []
  const id = `pwr_${suffix}`
  const reset = isId('passwordReset', id) ? await tx.passwordResets.find(id) : null
  if (!reset?.open || !reset.userId) throw new Problem('reset_link_invalid')
  const key = keys.find(reset.keyGeneration)
  if (!key || !sameBytes(Buffer.from(mac), Buffer.from(tokenMac(key, reset.id)))) throw new Problem('reset_link_invalid')
  const account = await tx.accounts.find(reset.userId)
  if (!account) throw new Problem('reset_link_invalid')
  return { reset, account }
}

/**
 * Sets the password and ends every earlier session and refresh token, and on request the keys (S32). It neither signs the person in nor reactivates a member
 * (C13). The link proves control of the inbox, so its browser becomes a known device: strangers who guess at the password cannot keep the owner from signing in
 * with it.
 */
export async function resetPassword(
  accounts: Accounts,
  principal: Principal,
  { token, password, endKeys = false }: { token: string; password: string; endKeys?: boolean },
): Promise<ReplacedPassword> {
  const { store, keys, hasher, strength, limits, execute } = accounts
  requirePasswords(accounts)
  const { reset, account } = await resetOfToken(store.reading, keys, token)
  await refuseBadPassword({ strength }, password, [account.email, account.givenName, account.familyName, account.username ?? ''])
  await limits.spend('password reset try by link', reset.id)
  const passwordHash = await hasher.hash(password)
  return execute(consumeReset, principal, { id: reset.id, passwordHash, endKeys })
}

async function consumeReset(
  context: Context,
  { id, passwordHash, endKeys }: { id: PasswordResetId; passwordHash: string; endKeys: boolean },
): Promise<ReplacedPassword> {
  const userId = await context.tx.passwordResets.consume(id)
  if (!userId) throw new Problem('reset_link_invalid')
  // Locked, so that a concurrent sign-in with the old password either comes first, and is ended here, or fails.
  await context.tx.accounts.lock(userId)
  return replacePassword(context, userId, { passwordHash, endKeys, keeping: null, reason: 'password_reset' })
}
