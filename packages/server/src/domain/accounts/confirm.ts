import type { Context } from '../command/context.ts'
import { isPasswordEnough, neededFor } from '../command/recent.ts'
import type { Accounts } from '../command/services.ts'
import { refundUnlessFailed, spendEach } from '../command/spend.ts'
import { takeCode } from '../factors/authenticator.ts'
import { hasLockedApp, LOCKED } from '../factors/lock.ts'
import { type CheckedPasskey, type Checking, checkAssertion, takePasskey, vouchForPasskey } from '../factors/use-passkey.ts'
import type { LiveState } from '../model/live.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { requirePasswords } from './password.ts'
import { accountProvenBy, provePassword } from './prove-password.ts'

/** Where the password is proof enough. @throws Problem password_wrong, factor_required, passwords_off or too_many_attempts */
export async function confirmByPassword(accounts: Accounts, principal: UserPrincipal, { password }: { password: string }): Promise<void> {
  requirePasswords(accounts)
  const { passwordHash } = await provePassword(accounts, { ...principal, password })
  if (passwordHash === null) throw new Problem('password_wrong', 'Your account has no password.')
  await accounts.execute(noteProof, principal, { passwordHash })
}

async function noteProof(context: Context, { passwordHash }: { passwordHash: string }): Promise<void> {
  const { live } = await accountProvenBy(context, passwordHash)
  if (!(await isPasswordEnough(context.tx, live))) throw new Problem('factor_required', 'Confirm with your authenticator app or a passkey.')
  await noteConfirmation(context, live, ['pwd'])
}

/** @throws Problem passkey_refused, passkey_expired or passkey_copied */
export async function confirmByPasskey(
  accounts: Checking & Pick<Accounts, 'execute' | 'limits'>,
  principal: UserPrincipal,
  { response }: { response: string },
): Promise<void> {
  const spent = await spendEach(accounts.limits, [['password proof by session', principal.sessionId]])
  await refundUnlessFailed(['passkey_refused'], spent, async () => {
    const checked = await checkAssertion(accounts, response, { purpose: 'confirm', browser: principal.sessionId })
    if (checked.passkey.userId !== principal.userId) throw new Problem('passkey_refused')
    const { copied } = await accounts.execute(noteAssertion, principal, checked)
    if (copied) throw new Problem('passkey_copied')
  })
}

async function noteAssertion(context: Context, checked: CheckedPasskey): Promise<{ copied: boolean }> {
  const { live } = await context.account({ unregistered: true })
  const { copied, methods } = await takePasskey(context, checked)
  if (copied) return { copied }
  await noteConfirmation(context, live, methods)
  // The session began with the password or a sign-in link, so the passkey has been used together with another proof. From now on it is enough to sign in (F2).
  const signIn = await context.tx.sessions.find(live.session.id)
  if (checked.used.userVerified && signIn && vouchForPasskey(signIn.methods)) await context.tx.passkeys.noteVerified(checked.passkey.id)
  return { copied }
}

/** By a code of the authenticator app, or a recovery code. @throws Problem factor_wrong or too_many_attempts */
export async function confirmByCode(
  { store, execute, limits }: Pick<Accounts, 'store' | 'execute' | 'limits'>,
  principal: UserPrincipal,
  { code }: { code: string },
): Promise<void> {
  const spent = await spendEach(limits, [['password proof by session', principal.sessionId]]) // a thief of a session uses up nobody's tries at sign-in
  await refundUnlessFailed(['factor_wrong'], spent, async () => {
    if (await execute(tryCode, principal, { code })) return
    throw new Problem('factor_wrong', (await hasLockedApp(store.reading, principal.userId)) ? LOCKED : undefined)
  })
}

async function tryCode(context: Context, { code }: { code: string }): Promise<boolean> {
  const { account, live } = await context.account({ unregistered: true })
  if ((await neededFor(context.tx, live)) === 'phr') throw new Problem('factor_required', 'Confirm with a passkey.')
  const methods = await takeCode(context, account.id, code)
  if (methods === null) return false
  await noteConfirmation(context, live, methods)
  return true
}

/** The sign-in of the session stays as it was, with its time. */
export async function noteConfirmation({ tx, record }: Context, { session }: LiveState, methods: readonly string[]): Promise<void> {
  const { id: target, userId, organizationId } = session
  await tx.sessions.confirm(target, { methods })
  await record({ type: 'session.confirmed', target, userId, organizationId, methods: [...methods] })
}
