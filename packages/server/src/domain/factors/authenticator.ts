import { acrOf } from '@muster/contract/authentication.ts'
import type { UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { requireRecent } from '../command/recent.ts'
import { Problem } from '../model/problem.ts'
import type { SecretKeys } from '../model/secret-keys.ts'
import { authenticationsOf } from '../model/session.ts'
import { endAtFactorChange } from './change.ts'
import { requireReady } from './demanded.ts'
import { isLocked, LOCKED_AFTER, sendUnlockLink } from './lock.ts'
import { recoveryCodeOf, replaceRecoveryCodes, takeRecoveryCode } from './recovery-code.ts'
import type { Authenticator } from './store.ts'
import { totpStep } from './totp.ts'

/** The owner is told when this many codes in a row were wrong, and each time again. */
const TOLD_EVERY = 5

/**
 * Adds an authenticator app to the caller's account, after it has made a right code. From now on, a sign-in by password requires a second factor.
 * @returns the recovery codes, which are shown once
 * @throws Problem factor_wrong, authenticator_exists or insufficient_user_authentication
 */
export async function addAuthenticator(context: Context, { secret, code }: { secret: string; code: string }): Promise<string[]> {
  const { tx, keys, principal, record } = context
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(tx, live, 'factors:change')
  const step = totpStep(secret, digitsOf(code) ?? '', await tx.now())
  if (step === null) throw new Problem('factor_wrong', 'This code is not valid. Enter the newest code that the app shows.')
  const keyGeneration = await tx.rootKeys.lockNewest()
  const sealed = keys.of(keyGeneration).seal('authenticator', account.id, secret)
  const isNew = await tx.authenticators.insert({ userId: account.id, secret: sealed, keyGeneration, lastStep: step, address: principal.origin.address })
  if (!isNew) throw new Problem('authenticator_exists')
  await endAtFactorChange(tx, account.id)
  // The code is a proof by the app, which removing it requires from now on.
  const byPasskey = authenticationsOf(live.session).some(({ methods }) => acrOf(methods) === 'phr')
  if (!byPasskey) await tx.sessions.confirm(live.session.id, { methods: ['otp', 'mfa'] })
  await record({ type: 'authenticator.added', target: account.id, userId: account.id })
  await tellOwner(context, account.id, 'authenticator_added')
  return replaceRecoveryCodes(context, account.id)
}

/** Removes the authenticator app with its recovery codes. @throws Problem authenticator_not_found or insufficient_user_authentication */
export async function removeAuthenticator(context: Context): Promise<void> {
  const { account, live } = await context.account({ unregistered: true })
  await requireRecent(context.tx, live, 'factors:change')
  if (!(await context.tx.authenticators.remove(account.id))) throw new Problem('authenticator_not_found')
  await requireReady(context.tx, live)
  await context.tx.authenticators.setRecoveryCodes(account.id, [])
  await endAtFactorChange(context.tx, account.id)
  await context.record({ type: 'authenticator.removed', target: account.id, userId: account.id })
  await tellOwner(context, account.id, 'authenticator_removed')
}

const digitsOf = (typed: string): string | null => /^\d{6}$/.exec(typed.replace(/\s/g, ''))?.[0] ?? null

/**
 * Under the lock on the account: accepts a code of the authenticator app, or a recovery code. A failure is returned and not thrown, because an error would roll
 * back its count.
 * @returns how the person proved who they are (RFC 8176), or null
 */
export async function takeCode(context: Context, userId: UserId, typed: string): Promise<string[] | null> {
  const recovery = recoveryCodeOf(typed)
  if (recovery !== null) return (await takeRecoveryCode(context, userId, recovery)) ? ['otp', 'mfa'] : null
  const { tx, keys } = context
  const authenticator = await tx.authenticators.find(userId)
  const code = digitsOf(typed)
  if (!authenticator || code === null || isLocked(authenticator)) return null
  const secret = opened(keys, authenticator)
  const step = secret === null ? null : totpStep(secret, code, await tx.now())
  if (step !== null && (await tx.authenticators.accept(userId, step))) return ['otp', 'mfa']
  await noteFailure(context, userId)
  return null
}

/** Null for a damaged secret. The second factor is asked for all the same, and a recovery code or a passkey is accepted. */
function opened(keys: SecretKeys, { userId, secret, keyGeneration }: Authenticator): string | null {
  const key = keys.of(keyGeneration)
  try {
    return key.open('authenticator', userId, secret)
  } catch {
    return null
  }
}

async function noteFailure(context: Context, userId: UserId): Promise<void> {
  const failures = await context.tx.authenticators.noteFailure(userId)
  if (failures === LOCKED_AFTER) {
    await context.record({ type: 'authenticator.locked', target: userId, userId })
    await sendUnlockLink(context, userId, 'authenticator_locked')
  } else if (failures % TOLD_EVERY === 0) await tellOwner(context, userId, 'wrong_codes')
}

type Change = 'authenticator_added' | 'authenticator_removed' | 'wrong_codes'

async function tellOwner({ tx, principal }: Context, userId: UserId, change: Change): Promise<void> {
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'factor', change, userId, at, address: principal.origin.address } })
}
