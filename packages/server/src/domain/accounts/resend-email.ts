import type { EmailChangeId, InvitationId, PasswordResetId, SessionId, SignUpId } from '@muster/contract/ids.ts'
import type { Context } from '../command/context.ts'
import type { MailJob } from '../command/store.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

/** The operator sends an email again, with the same code or link (O13). */
export async function resendEmail({ tx, principal, record }: Context, { id }: { id: string }): Promise<{ address: string }> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const email = await tx.emails.find(id)
  if (!email) throw new Problem('email_not_found')
  if (email.state === 'retrying') throw new Problem('email_still_retrying', email.reason ?? undefined)
  if (!(await isCurrent(tx, email.job))) throw new Problem('email_outdated')
  await tx.jobs.send({ name: 'mail', data: email.job })
  await record({ type: 'email.resent', target: id, template: email.job.template })
  return { address: email.address }
}

/** The job checks this again when it sends the email. Here it lets the operator know. */
async function isCurrent(tx: Pick<Tx, 'signUps' | 'invitations' | 'passwordResets' | 'emailChanges' | 'confirmationCodes'>, job: MailJob): Promise<boolean> {
  switch (job.template) {
    case 'sign_up_code': {
      const signUp = await tx.signUps.find(job.signUpId as SignUpId)
      return signUp !== null && signUp.codeNumber === job.number && !signUp.codeExpired
    }
    case 'invitation': {
      const found = await tx.invitations.toMail(job.invitationId as InvitationId)
      return found !== null && found.invitation.version === job.version && found.invitation.state === 'open'
    }
    case 'password_reset':
      return (await tx.passwordResets.find(job.passwordResetId as PasswordResetId))?.open ?? false
    case 'email_change_code': {
      const change = await tx.emailChanges.find(job.emailChangeId as EmailChangeId)
      return change !== null && !change.ended && !change.expired
    }
    case 'confirmation_code': {
      const code = await tx.confirmationCodes.find(job.sessionId as SessionId)
      return code !== null && code.codeNumber === job.number && !code.expired
    }
    default:
      return true // a notice
  }
}
