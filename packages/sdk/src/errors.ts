/** The codes, titles and next steps of refusals. They match Muster's API, so that a caller reads the same text at every service. */
export const refusals = {
  authentication_required: { status: 401, title: 'You are not logged in.', next: 'Log in.', command: 'muster login' },
  invalid_token: { status: 401, title: 'The credential is not valid.', next: 'Log in again.', command: 'muster login' },
  token_expired: { status: 401, title: 'The login has expired.', next: 'Log in again.', command: 'muster login' },
  token_revoked: { status: 401, title: 'This login has ended.', next: 'Log in again.', command: 'muster login' },
  account_suspended: { status: 403, title: 'This account is suspended.', next: 'Contact the operator of this cloud.' },
  user_deactivated: { status: 401, title: 'This account is deactivated.', next: 'After it is reactivated, log in.', command: 'muster login' },
  organization_suspended: { status: 403, title: 'The organization is suspended.', next: 'Contact the operator of this cloud.' },
  membership_left: { status: 401, title: 'This login is for an organization you no longer belong to.', next: 'Log in again.', command: 'muster login' },
  user_not_registered: { status: 403, title: 'This account has no username yet.', next: 'Register.', command: 'muster register -u NAME' },
  insufficient_user_authentication: {
    status: 401,
    title: 'This requires a recent sign-in.',
    next: 'Confirm that it is you, then try again.',
    command: 'muster confirm',
  },
  insufficient_scope: { status: 403, title: 'The token or key does not have the required scope.', next: 'Use a token or key with the required scope.' },
  forbidden: { status: 403, title: 'You do not have permission for this.', next: 'Ask an admin of your organization.' },
} as const

export type RefusalCode = keyof typeof refusals
export const isRefusalCode = (code: unknown): code is RefusalCode => typeof code === 'string' && Object.hasOwn(refusals, code)

/** The credential is invalid or insufficient, which is the caller's fault. `code` is the first reason in the order in which Muster checks. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused'
  readonly code: RefusalCode
  readonly status: 401 | 403
  readonly detail: string | undefined
  /** Details of this refusal, such as the organization and the contact. */
  readonly extensions: Readonly<Record<string, unknown>>
  constructor(code: RefusalCode, detail?: string, extensions: Readonly<Record<string, unknown>> = {}) {
    super(detail ?? refusals[code].title)
    this.code = code
    this.status = refusals[code].status
    this.detail = detail
    this.extensions = extensions
  }
}

/**
 * Why a verifier could not decide. `stale`: the verifier has received nothing from the issuer for longer than the lease. `issuer`: the issuer did not give
 * a usable answer. `configuration`: the issuer, the client, its secret, its scopes or the audience are wrong, and an operator must correct them. `closed`:
 * the verifier was closed.
 */
export type UnavailableReason = 'stale' | 'issuer' | 'configuration' | 'closed'

/** The verifier could not determine whether the credential is valid. The fault is the service's or the issuer's, never the caller's: answer 503. */
export class VerifierUnavailable extends Error {
  override readonly name = 'VerifierUnavailable'
  readonly reason: UnavailableReason
  readonly retryAfterSeconds: number
  constructor(reason: UnavailableReason, message: string, { cause, retryAfterSeconds = 1 }: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause })
    this.reason = reason
    this.retryAfterSeconds = retryAfterSeconds
  }
}
