import type { UserId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Context } from '../command/context.ts'
import type { Accounts } from '../command/services.ts'
import { spendEach } from '../command/spend.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import { inboxCode } from './code-email.ts'
import { noteConfirmation } from './confirm.ts'
import type { ConfirmationCode } from './store.ts'

// An account without a password, a passkey and an authenticator app has nothing to confirm with, so its owner gets a code by email (F15).

export const CONFIRMATION_SECONDS = 600
const TRIES = 5

export const confirmationCode = (keys: SecretKeys, { sessionId, codeNumber, keyGeneration }: Omit<ConfirmationCode, 'expiresAt'>): string =>
  inboxCode(keys.of(keyGeneration), 'confirmation-code', 6, sessionId, codeNumber)

/** Whether the account has nothing else to confirm with. For any other account, control of the inbox proves too little. */
export async function confirmsByEmail({ accounts, passkeys, authenticators }: Pick<Tx, 'accounts' | 'passkeys' | 'authenticators'>, userId: UserId) {
  const [account, list, hasApp] = await Promise.all([accounts.find(userId), passkeys.list(userId), authenticators.has(userId)])
  return account !== null && account.passwordHash === null && list.length === 0 && !hasApp
}

/** Whether a code was sent to this session that can still be entered. */
export async function awaitsCode({ confirmationCodes }: Pick<Tx, 'confirmationCodes'>, { sessionId }: Pick<UserPrincipal, 'sessionId'>): Promise<boolean> {
  const code = await confirmationCodes.find(sessionId)
  return code !== null && !code.expired && code.codeTries < TRIES
}

/** @throws Problem factor_required or too_many_attempts */
export async function sendConfirmationCode({ limits, execute }: Pick<Accounts, 'limits' | 'execute'>, principal: UserPrincipal): Promise<void> {
  await limits.spend('emailed confirmation by session', principal.sessionId)
  await execute(openConfirmation, principal, undefined)
}

async function openConfirmation(context: Context): Promise<void> {
  const { tx } = context
  const { account, live } = await context.account({ unregistered: true })
  await requireNothingElse(context, account.id)
  const { codeNumber: number } = await tx.confirmationCodes.renew(live.session.id, CONFIRMATION_SECONDS)
  await tx.jobs.send({ name: 'mail', data: { template: 'confirmation_code', sessionId: live.session.id, number } })
}

async function requireNothingElse({ tx, passwords }: Pick<Context, 'tx' | 'passwords'>, userId: UserId): Promise<void> {
  if (!(await confirmsByEmail(tx, userId)))
    throw new Problem('factor_required', `Confirm with ${passwords ? 'your password, ' : ''}your authenticator app or a passkey.`)
}

/** @throws Problem code_wrong, code_expired, code_exhausted, factor_required or too_many_attempts */
export async function confirmByEmail(
  { limits, execute }: Pick<Accounts, 'limits' | 'execute'>,
  principal: UserPrincipal,
  { code }: { code: string },
): Promise<void> {
  await spendEach(limits, [['emailed confirmation try by session', principal.sessionId]])
  const refused = await execute(tryCode, principal, { code: code.replace(/[\s-]/g, '') })
  if (refused !== null) throw new Problem(refused)
}

/** A wrong try is returned and not thrown, because an error would roll its count back. */
async function tryCode(context: Context, { code }: { code: string }): Promise<ProblemCode | null> {
  const { tx, keys } = context
  const { account, live } = await context.account({ unregistered: true })
  await requireNothingElse(context, account.id)
  const open = await tx.confirmationCodes.countTry(live.session.id, TRIES)
  if (!open) return (await tx.confirmationCodes.find(live.session.id))?.expired ? 'code_expired' : 'code_exhausted'
  if (!sameBytes(Buffer.from(code), Buffer.from(confirmationCode(keys, open)))) return open.codeTries < TRIES ? 'code_wrong' : 'code_exhausted'
  await tx.confirmationCodes.end(live.session.id)
  await noteConfirmation(context, live, ['email'])
  return null
}
