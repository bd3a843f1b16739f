/** Work for later, kept in the same transaction as the change it follows from (outbox). Data are ids, never secrets. */
export interface JobStore {
  send(job: Job): Promise<void>
}

export type Job = { name: 'mail'; data: MailJob } | { name: 'backchannel-logout'; data: LogoutJob }

/** Which mail to make; links and codes are made when it is sent. */
export type MailJob =
  | { template: 'sign_up_code'; signUpId: string; number: number } // or, to an address in use: you already have an account
  | { template: 'invitation'; invitationId: string; version: number }
  | { template: 'password_reset'; passwordResetId: string }
  | { template: 'password_changed'; userId: string; at: string; address: string }
  | { template: 'email_change_code'; emailChangeId: string } // or, to an address in use: somebody tried
  | { template: 'email_changed'; emailChangeId: string; at: string; address: string } // to the old address
  | { template: 'login_approved'; sessionId: string; deviceAuthorizationId: string }

/** Inform an application that its session has ended, once that is so. */
export interface LogoutJob {
  sessionId: string
  at: string
}
