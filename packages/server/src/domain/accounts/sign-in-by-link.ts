import type { PasswordResetId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import { countSignIn } from '../command/counts.ts'
import type { Accounts } from '../command/services.ts'
import { hasWayIn } from '../factors/last-way-in.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { lockedAccount, openFor, refusingSuspended, type SignedIn } from './open-session.ts'
import { resetOfToken } from './password-reset.ts'
import { openOrAsk } from './second-factor.ts'
import type { HalfSignedIn, SignIn } from './sign-in.ts'

// While passwords are off, the link of a password reset signs in a person whose account has no way in: after a reset of their factors, or because they left a sign-up
// before its passkey (F23). Where a password may be set, the same inbox is enough to set one.

export interface SignInByLink extends Pick<SignIn, 'replaces' | 'answering'> {
  token: string
}

/**
 * Uses the link up. An authenticator app is still asked for. The link proves the inbox, so no code of a reset is asked for after it (F12).
 * @throws Problem reset_link_invalid; account_suspended, user_deactivated and organization_suspended only with a valid link (S35)
 */
export async function signInByLink(accounts: Accounts, principal: Principal, { token, replaces, answering }: SignInByLink): Promise<SignedIn | HalfSignedIn> {
  const { store, keys, limits, execute } = accounts
  return countSignIn(async () => {
    const { reset } = await resetOfToken(store.reading, keys, token)
    await limits.spend('password reset try by link', reset.id)
    return execute(openByLink, principal, { id: reset.id, replaces, answering })
  })
}

async function openByLink(
  context: Context,
  { id, ...opening }: { id: PasswordResetId } & Pick<SignIn, 'replaces' | 'answering'>,
): Promise<SignedIn | HalfSignedIn> {
  const { tx, ways, passwords } = context
  const userId = passwords ? null : await tx.passwordResets.consume(id)
  const proven = userId && (await lockedAccount(context, userId))
  if (!proven || (await hasWayIn(tx, ways, userId))) throw new Problem('reset_link_invalid')
  if (!proven.needsCode) return openOrAsk(context, proven, { ...opening, first: ['email'] })
  await tx.factorResets.useCode(userId)
  return openFor(context, refusingSuspended(proven), { ...opening, methods: ['email'] })
}
