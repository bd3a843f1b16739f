import type { SessionId, UserId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { countSignIn } from '../command/counts.ts'
import { recordFailedSignIn } from '../command/refused-attempts.ts'
import type { Accounts } from '../command/services.ts'
import { refundUnlessFailed } from '../command/spend.ts'
import type { Account } from '../model/account.ts'
import { emailAddress } from '../model/email.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import { lockedAccount, type ProvenAccount, refuseTerminal, type SignedIn } from './open-session.ts'
import { requirePasswords } from './password.ts'
import { spendGuess } from './password-guess.ts'
import { openOrAsk } from './second-factor.ts'
import { sendSignInCode } from './sign-in-code.ts'

export interface SignIn {
  /** An email address or a username (S45). */
  identifier: string
  password: string
  /** The browser's previous session, if any. A sign-in always creates a new session. */
  replaces: SessionId | null
  /** The user code of the terminal that this sign-in is for. A refusal reaches the terminal at once. */
  userCode?: string | null | undefined
  /** The token of the invitation that this sign-in is for. A deactivated person may answer it, and do nothing else (S26). */
  answering?: string | undefined
  /** The browser's known-device cookie. */
  devices?: string | undefined
  /** The browser's cookie of remembered browsers (F11). */
  remembered?: string | undefined
}

/** The password was right, and a second factor is missing. */
export interface HalfSignedIn {
  /** The value of the cookie for the page of the second factor (F5). */
  pending: string
  /** A code is sent by email, and is asked for instead of a factor (F12). */
  needsCode: boolean
}

/**
 * Signs a browser in. For an unknown name, a hash is computed all the same and attempts are counted alike, so that neither the response nor its time reveals
 * whether an account exists (C06).
 * @throws Problem wrong_credentials; account_suspended, user_deactivated and organization_suspended only with the right password (S35)
 */
export async function signIn(
  accounts: Accounts,
  principal: Principal,
  { identifier, password, replaces, userCode, answering, devices, remembered }: SignIn,
): Promise<SignedIn | HalfSignedIn> {
  return withProvenPassword(accounts, principal, { identifier, password, devices }, async (proof) => {
    try {
      const opened = await accounts.execute(openSession, principal, { ...proof, replaces, answering, remembered })
      if ('pending' in opened && opened.needsCode) {
        await accounts.limits.spend('sign-in code by account', proof.userId)
        await accounts.execute(sendSignInCode, principal, { tokenHash: digest(opened.pending) })
      }
      return opened
    } catch (error) {
      await refuseTerminal(accounts, principal, { error, userCode, userId: proof.userId })
      throw error
    }
  })
}

/** A right password, and the account as it was when the password was checked. The command that locks the account compares again. */
export interface Proof {
  userId: UserId
  provenHash: string
  /** The same password, hashed with the current parameters. Null if the stored hash is current. */
  rehashed: string | null
}

/**
 * Part of every sign-in with a password: counts the attempt, compares the password, and calls `open`.
 * @throws Problem wrong_credentials, too_many_attempts or passwords_off
 */
export const withProvenPassword = <T>(...attempt: Parameters<typeof openWithPassword<T>>): Promise<T> => countSignIn(() => openWithPassword(...attempt))

async function openWithPassword<T>(
  accounts: Pick<Accounts, 'store' | 'limits' | 'hasher' | 'keys' | 'passwords'>,
  principal: Principal,
  { identifier, password, devices }: Pick<SignIn, 'identifier' | 'password' | 'devices'>,
  open: (proof: Proof) => Promise<T>,
): Promise<T> {
  const { store, limits, hasher } = accounts
  requirePasswords(accounts)
  const { account, name } = await whoIs(store.reading, identifier)
  const spent = await spendGuess(accounts, { name, account, address: principal.origin.address, devices })
  // Only a wrong password costs a try. A right one, a later refusal, or a busy server does not.
  return refundUnlessFailed(['wrong_credentials'], spent, async () => {
    const isRight = await hasher.verify(account?.passwordHash ?? null, password)
    if (!account?.passwordHash || !isRight) {
      recordFailedSignIn({ store, limits }, principal, account?.id ?? null).catch(() => {}) // a failure to record changes nothing: the sign-in is refused in any case
      throw new Problem('wrong_credentials')
    }
    const rehashed = hasher.isOutdated(account.passwordHash) ? await hasher.hash(password) : null
    return open({ userId: account.id, provenHash: account.passwordHash, rehashed })
  })
}

async function whoIs(tx: Tx, identifier: string): Promise<{ account: Account | null; name: string }> {
  const text = identifier.trim()
  const canonical = text.includes('@') ? canonicalOrNull(text) : null
  const name = text.toLowerCase()
  const account = canonical === null ? await tx.accounts.findByUsername(name) : await tx.accounts.findByEmail(canonical)
  return { account, name: canonical ?? name }
}

function canonicalOrNull(text: string): string | null {
  try {
    return emailAddress(text).canonical
  } catch {
    return null
  }
}

type OpenSession = Proof & Pick<SignIn, 'replaces' | 'answering' | 'remembered'>

async function openSession(context: Context, { replaces, answering, remembered, ...proof }: OpenSession): Promise<SignedIn | HalfSignedIn> {
  const proven = await provenAccount(context, proof)
  return openOrAsk(context, proven, { first: ['pwd'], remembered, replaces, answering })
}

/** Locks the account. Its password must still be the one that was checked. A newer hash is stored. @throws Problem wrong_credentials */
export async function provenAccount(context: Context, { userId, provenHash, rehashed }: Proof): Promise<ProvenAccount> {
  const proven = await lockedAccount(context, userId)
  // The password was changed after it was checked.
  if (proven?.account.passwordHash !== provenHash) throw new Problem('wrong_credentials')
  if (rehashed !== null) await context.tx.accounts.rehash(userId, rehashed)
  return proven
}
