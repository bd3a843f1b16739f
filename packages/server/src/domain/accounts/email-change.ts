import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Context } from '../command/context.ts'
import type { Accounts } from '../command/services.ts'
import { refuseBlockedDomain } from '../model/admission.ts'
import { emailAddress } from '../model/email.ts'
import { newId } from '../model/id.ts'
import type { UserPrincipal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type SecretKeys, sameBytes } from '../model/secret-keys.ts'
import { inboxCode, spendCodeEmail } from './code-email.ts'
import { accountChangedBy, provePassword } from './prove-password.ts'
import type { EmailChange } from './store.ts'

export const EMAIL_CODE_SECONDS = 600
export const EMAIL_CODE_TRIES = 5

export const emailChangeCode = (keys: SecretKeys, { id, codeDigits, keyGeneration }: Pick<EmailChange, 'id' | 'codeDigits' | 'keyGeneration'>): string =>
  inboxCode(keys.of(keyGeneration), 'email-change-code', codeDigits, id)

/**
 * Sends a code to the new address. Only the job that sends it checks whether the address has an account, so response, work and time are the same for all
 * addresses (C06).
 * @throws Problem password_wrong, insufficient_user_authentication, email_invalid, email_domain_blocked or email_unchanged
 */
export async function requestEmailChange(
  accounts: Accounts,
  principal: UserPrincipal,
  { password, email }: { password: string; email: string },
): Promise<EmailChange> {
  const { typed, canonical } = emailAddress(email)
  refuseBlockedDomain(accounts.admission, canonical)
  const account = await provePassword(accounts, { ...principal, password, action: 'email:change' })
  if (account.email === typed) throw new Problem('email_unchanged')
  await accounts.limits.spend('email change by account', principal.userId)
  const codeDigits = await spendCodeEmail(accounts.limits, principal, canonical)
  return accounts.execute(openChange, principal, { provenHash: account.passwordHash, email: typed, emailCanonical: canonical, codeDigits })
}

async function openChange(
  context: Context,
  { provenHash, email, emailCanonical, codeDigits }: { provenHash: string | null } & Pick<EmailChange, 'email' | 'emailCanonical' | 'codeDigits'>,
): Promise<EmailChange> {
  const { tx, record } = context
  const { account, live } = await accountChangedBy(context, provenHash, 'email:change')
  const id = newId('emailChange')
  const change = await tx.emailChanges.insert({
    id,
    userId: account.id,
    sessionId: live.session.id,
    email,
    emailCanonical,
    oldEmail: account.email,
    codeDigits,
    lifetimeSeconds: EMAIL_CODE_SECONDS,
  })
  await record({ type: 'email.change_requested', target: account.id, emailChangeId: id })
  await tx.jobs.send({ name: 'mail', data: { template: 'email_change_code', emailChangeId: id } })
  return change
}

/** Makes the new address the account's. The old address is notified (C16), and links that were sent to it become invalid. */
export async function verifyEmailChange(
  { limits, execute }: Pick<Accounts, 'limits' | 'execute'>,
  principal: UserPrincipal,
  { code }: { code: string },
): Promise<{ email: string }> {
  await limits.spend('email change try by session', principal.sessionId)
  const outcome = await execute(tryChange, principal, { code: code.replace(/[\s-]/g, '') })
  if ('refused' in outcome) throw new Problem(outcome.refused, outcome.detail)
  return outcome
}

type Outcome = { email: string } | { refused: ProblemCode; detail?: string }

/** A wrong try is returned and not thrown, because an error would roll its count back. */
async function tryChange(context: Context, { code }: { code: string }): Promise<Outcome> {
  const { tx, keys, principal, record } = context
  const { account, live } = await context.account({ unregistered: true })
  const open = await tx.emailChanges.open(account.id)
  if (open?.sessionId !== live.session.id) return { refused: 'email_change_not_found' }
  const change = await tx.emailChanges.countTry(open.id, EMAIL_CODE_TRIES)
  if (!change) return { refused: open.expired ? 'code_expired' : 'code_exhausted' }
  if (!sameBytes(Buffer.from(code), Buffer.from(emailChangeCode(keys, change)))) return wrong(change)

  const { id, email, emailCanonical } = change
  // Only the owner of the inbox gets this far, so the answer reveals nothing. A concurrent change to the same address waits here, and one of the two fails.
  const holder = await tx.accounts.findByEmail(emailCanonical)
  if (holder && holder.id !== account.id) return { refused: 'address_in_use' }
  if (!(await tx.accounts.setEmail(account.id, { email, emailCanonical }))) throw new Problem('address_in_use')
  await tx.emailChanges.end(account.id)
  await tx.passwordResets.endAllOf(account.id)
  await tx.authenticators.endUnlock(account.id)
  await record({ type: 'email.changed', target: account.id, emailChangeId: id })
  const at = (await tx.now()).toISOString()
  await tx.jobs.send({ name: 'mail', data: { template: 'email_changed', emailChangeId: id, at, address: principal.origin.address } })
  return { email }
}

function wrong({ codeTries }: EmailChange): Outcome {
  const left = EMAIL_CODE_TRIES - codeTries
  if (left === 0) return { refused: 'code_exhausted' }
  return { refused: 'code_wrong', detail: `The code is incorrect. ${left === 1 ? 'One try is' : `${left} tries are`} left.` }
}
