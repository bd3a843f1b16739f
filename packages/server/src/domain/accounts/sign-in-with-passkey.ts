import type { Context } from '../command/context.ts'
import { countSignIn } from '../command/counts.ts'
import type { Accounts } from '../command/services.ts'
import { refundUnlessFailed, spendEach } from '../command/spend.ts'
import { type CheckedPasskey, type Checking, checkAssertion, takePasskey } from '../factors/use-passkey.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { lockedAccount, openFor, refuseTerminal, refusingSuspended, type SignedIn } from './open-session.ts'
import type { SignIn } from './sign-in.ts'

export interface SignInWithPasskey extends Pick<SignIn, 'replaces' | 'userCode' | 'answering'> {
  /** The response of the browser, as JSON. */
  response: string
  /** The value of the browser's cookie, to which the challenge belongs. */
  browser: string
}

/**
 * Signs a browser in by a passkey alone. The authenticator must have checked its user: then the passkey is two factors (F1).
 * @throws Problem passkey_refused, passkey_unverified, passkey_expired, passkey_copied or too_many_attempts; account_suspended, user_deactivated and
 *   organization_suspended only with the right passkey (S35)
 */
export async function signInWithPasskey(
  accounts: Checking & Pick<Accounts, 'execute' | 'limits'>,
  principal: Principal,
  { response, browser, replaces, userCode, answering }: SignInWithPasskey,
): Promise<SignedIn> {
  return countSignIn(async () => {
    // Nobody guesses a signature. The limit bounds the work for refused ones, and is not that of passwords.
    const spent = await spendEach(accounts.limits, [['passkey by address', principal.origin.address]])
    return refundUnlessFailed(['passkey_refused', 'passkey_copied'], spent, async () => {
      const checked = await checkAssertion(accounts, response, { purpose: 'sign-in', browser })
      if (!checked.used.userVerified) throw new Problem('passkey_unverified')
      if (!checked.passkey.verifiesUser)
        throw new Problem('passkey_unverified', 'Since the server was restored from a backup, this passkey is not enough to sign in.')
      try {
        const opened = await accounts.execute(openWithPasskey, principal, { checked, replaces, answering })
        if (opened === 'copied') throw new Problem('passkey_copied')
        return opened
      } catch (error) {
        await refuseTerminal(accounts, principal, { error, userCode, userId: checked.passkey.userId })
        throw error
      }
    })
  })
}

async function openWithPasskey(
  context: Context,
  { checked, replaces, answering }: { checked: CheckedPasskey } & Pick<SignIn, 'replaces' | 'answering'>,
): Promise<SignedIn | 'copied'> {
  const proven = await lockedAccount(context, checked.passkey.userId)
  if (!proven) throw new Problem('passkey_refused')
  const { copied, methods } = await takePasskey(context, checked)
  if (copied) return 'copied'
  return openFor(context, refusingSuspended(proven), { replaces, answering, methods })
}
