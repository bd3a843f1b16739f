import type { UserId } from '@muster/contract/ids.ts'
import { isBarred, type ProblemCode } from '@muster/contract/problems.ts'
import type { Context } from '../command/context.ts'
import { REMEMBERED } from '../command/factor-policy.ts'
import { recordRefusedAttempt, recordWrongFactor } from '../command/refused-attempts.ts'
import type { Accounts } from '../command/services.ts'
import { refundUnlessFailed, spendEach } from '../command/spend.ts'
import { takeCode } from '../factors/authenticator.ts'
import { hasLockedApp, LOCKED, sendUnlockLink } from '../factors/lock.ts'
import { rememberDevice, useRememberedDevice } from '../factors/remembered-device.ts'
import type { PendingSignIn } from '../factors/store.ts'
import { type CheckedPasskey, type Checking, checkAssertion, takePasskey, vouchForPasskey } from '../factors/use-passkey.ts'
import type { Account } from '../model/account.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import { lockedAccount, openFor, type ProvenAccount, refuseTerminal, refusingSuspended, type SignedIn } from './open-session.ts'
import type { HalfSignedIn, SignIn } from './sign-in.ts'
import { takeSignInCode } from './sign-in-code.ts'

// The second step of a sign-in by password or with a provider, for an account with an authenticator app (F1, F5). Between the two steps there is a row of its own, whose cookie opens
// the page of the second factor and nothing else.

export const PENDING_SECONDS = 600
export const PENDING_TRIES = 5

/** For a command that has checked the first factor under the lock on the account. @returns the value of the cookie */
export async function openPendingSignIn(
  { tx }: Context,
  { id, epoch, passwordVersion }: Account,
  { first, provider = null }: Pick<Opening, 'first' | 'provider'>,
): Promise<string> {
  const token = newOpaqueToken('muster_ps')
  await tx.pendingSignIns.insert({ tokenHash: digest(token), userId: id, epoch, passwordVersion, methods: first, provider, lifetimeSeconds: PENDING_SECONDS })
  return token
}

interface Opening extends Pick<SignIn, 'replaces' | 'answering'> {
  /** The cookie of remembered browsers, after a password (F11). */
  remembered?: string | undefined
  /** How the person has proved who they are so far. */
  first: readonly string[]
  /** The id of the provider that named them. */
  provider?: string | null
}

/** After the first factor, under the lock on the account: asks for the second one, unless this browser is remembered. A status is told only after it. */
export async function openOrAsk(context: Context, proven: ProvenAccount, { first, remembered, ...opening }: Opening): Promise<SignedIn | HalfSignedIn> {
  const { account, needsSecondFactor, needsCode, mayBeRemembered } = proven
  const isRemembered = needsSecondFactor && !needsCode && mayBeRemembered && (await useRememberedDevice(context, account.id, remembered))
  if (needsSecondFactor && !isRemembered) return { pending: await openPendingSignIn(context, account, { first, provider: opening.provider }), needsCode }
  return openFor(context, refusingSuspended(proven), { ...opening, methods: isRemembered ? [...first, REMEMBERED] : first })
}

/** Whose sign-in it is. Null if it has ended. */
export const pendingSignInOf = ({ pendingSignIns }: Pick<Tx, 'pendingSignIns'>, token: string) => pendingSignIns.find(digest(token), PENDING_TRIES)

export interface SecondFactor extends Pick<SignIn, 'replaces' | 'userCode' | 'answering'> {
  /** The value of the cookie. */
  token: string
  /** A code of the authenticator app or a recovery code, or the response of the browser for a passkey, as JSON. */
  given: { code: string } | { response: string }
  /** The browser's cookie of remembered browsers, if the person asked to be remembered (F11). */
  remember?: { cookie: string | undefined } | undefined
}

export interface FullySignedIn extends SignedIn {
  /** The new value of the cookie of remembered browsers. Null if the person did not ask for it. */
  remembered: string | null
}

/**
 * Completes the sign-in. The status of the person is told only now (S35).
 * @throws Problem factor_wrong, passkey_refused, passkey_expired, passkey_copied, sign_in_ended or too_many_attempts; account_suspended, user_deactivated,
 *   organization_suspended
 */
export async function completeSignIn(
  accounts: Checking & Pick<Accounts, 'execute' | 'limits'>,
  principal: Principal,
  { token, given, remember, replaces, userCode, answering }: SecondFactor,
): Promise<FullySignedIn> {
  const pending = await pendingSignInOf(accounts.store.reading, token)
  if (!pending) throw new Problem('sign_in_ended')
  const { userId } = pending
  const spent = await spendEach(accounts.limits, [['second factor by account', userId]])
  return refundUnlessFailed(['factor_wrong', 'sign_in_ended', 'passkey_refused'], spent, async () => {
    const factor = 'code' in given ? given : await checkAssertion(accounts, given.response, { purpose: 'factor', browser: token })
    if ('passkey' in factor && factor.passkey.userId !== userId) throw new Problem('passkey_refused')
    const outcome = await accounts.execute(tryFactor, principal, { tokenHash: digest(token), factor, remember, replaces, answering })
    if ('refused' in outcome) {
      if (outcome.refused === 'factor_wrong') await recordWrongFactor(accounts, principal, userId).catch(() => {}) // refused in any case
      throw new Problem(outcome.refused, outcome.detail)
    }
    if ('barred' in outcome) {
      await recordRefusedAttempt(accounts, principal, { attempted: 'session:start' }, outcome.barred)
      await refuseTerminal(accounts, principal, { error: outcome.barred, userCode, userId })
      throw outcome.barred
    }
    return outcome
  })
}

interface TryFactor extends Pick<SecondFactor, 'remember' | 'replaces' | 'answering'> {
  tokenHash: Uint8Array
  factor: { code: string } | CheckedPasskey
}

/** A refusal is returned and not thrown, because an error would roll back the count of a wrong factor, and the use of a code of a barred person. */
async function tryFactor(
  context: Context,
  { tokenHash, factor, remember, replaces, answering }: TryFactor,
): Promise<FullySignedIn | { refused: ProblemCode; detail?: string } | { barred: Problem }> {
  const { tx } = context
  const known = await tx.pendingSignIns.find(tokenHash, PENDING_TRIES)
  const proven = known && (await lockedAccount(context, known.userId))
  const pending = proven && (await tx.pendingSignIns.countTry(tokenHash, PENDING_TRIES))
  const isOff = !context.passwords && pending?.methods.includes('pwd') // switched off since the password was entered (F23)
  if (!proven || !pending || isOff) return { refused: 'sign_in_ended' }
  const { account } = proven
  const taken = proven.needsCode ? await takeEmailedCode(context, account, tokenHash, factor) : await takeFactor(context, account.id, factor, pending)
  if (taken.copied) return { refused: 'passkey_copied' }
  if (taken.methods === null) return wrongFactor(context, proven, pending)
  await tx.pendingSignIns.end(tokenHash)
  try {
    const signedIn = await openFor(context, refusingSuspended(proven), {
      replaces,
      answering,
      methods: [...pending.methods, ...taken.methods],
      provider: pending.provider,
    })
    return {
      ...signedIn,
      remembered: remember && proven.mayBeRemembered && !proven.needsCode && !signedIn.limited ? await rememberDevice(context, account, remember.cookie) : null,
    }
  } catch (error) {
    if (error instanceof Problem && isBarred(error.code)) return { barred: error }
    throw error
  }
}

interface Taken {
  /** Null if it was wrong. */
  methods: string[] | null
  copied: boolean
}

const takeFactor = async (context: Context, userId: UserId, factor: TryFactor['factor'], pending: PendingSignIn): Promise<Taken> =>
  'code' in factor ? { methods: await takeCode(context, userId, factor.code), copied: false } : takeOwnPasskey(context, factor, pending)

const takeEmailedCode = async (context: Context, account: Account, tokenHash: Uint8Array, factor: TryFactor['factor']): Promise<Taken> => ({
  methods: 'code' in factor ? await takeSignInCode(context, account, { tokenHash, typed: factor.code }) : null,
  copied: false,
})

async function wrongFactor(
  { tx }: Context,
  { account, needsCode }: ProvenAccount,
  { tries }: PendingSignIn,
): Promise<{ refused: ProblemCode; detail?: string }> {
  if (tries >= PENDING_TRIES) return { refused: 'sign_in_ended' }
  if (needsCode) return { refused: 'factor_wrong', detail: 'This code is not valid. Enter the code from the newest email.' }
  if (await hasLockedApp(tx, account.id)) return { refused: 'factor_wrong', detail: LOCKED }
  return { refused: 'factor_wrong' }
}

/**
 * Another factor came before, so the passkey counts as a second factor even if its authenticator did not check its user. After a password or a sign-in link, it may be enough
 * from now on (F2).
 */
async function takeOwnPasskey(context: Context, checked: CheckedPasskey, { methods: first }: PendingSignIn): Promise<{ copied: boolean; methods: string[] }> {
  const { copied, methods } = await takePasskey(context, checked)
  if (!copied && checked.used.userVerified && vouchForPasskey(first)) await context.tx.passkeys.noteVerified(checked.passkey.id)
  return { copied, methods: [...new Set([...methods, 'mfa'])] }
}

/**
 * Emails the link that unlocks the authenticator app again, to the owner of a sign-in that waits for its second factor (F7). An app that is not locked gets no link.
 * @throws Problem sign_in_ended or too_many_attempts
 */
export async function resendUnlockLink(
  { store, limits, execute }: Pick<Accounts, 'store' | 'limits' | 'execute'>,
  principal: Principal,
  { token }: { token: string },
): Promise<void> {
  const pending = await pendingSignInOf(store.reading, token)
  if (!pending) throw new Problem('sign_in_ended')
  if (!(await hasLockedApp(store.reading, pending.userId))) return
  await limits.spend('unlock email by account', pending.userId)
  await execute(sendLinkOf, principal, { token })
}

async function sendLinkOf(context: Context, { token }: { token: string }): Promise<void> {
  const { tx } = context
  const known = await pendingSignInOf(tx, token)
  const account = known && (await tx.accounts.lock(known.userId))
  if (!account || !(await pendingSignInOf(tx, token))) throw new Problem('sign_in_ended')
  if (await hasLockedApp(tx, account.id)) await sendUnlockLink(context, account.id, 'unlock_link')
}
