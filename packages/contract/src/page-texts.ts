// Texts for a person whose session is refused. The portal and the console show the same ones.

/** The problem codes that require a new sign-in. */
export type SignInReason =
  | 'membership_left'
  | 'token_revoked'
  | 'token_expired'
  | 'sign_in_ended'
  | 'provider_ended'
  | 'provider_unavailable'
  | 'provider_refused'
  | 'account_exists'
  | 'identity_taken'

export const signInReasons: Record<SignInReason, string> = {
  membership_left: 'You are no longer in this organization. Sign in to continue in your own.',
  token_revoked: 'This session has ended. Sign in again to continue.',
  token_expired: 'Your session has expired. Sign in again to continue.',
  sign_in_ended: 'This sign-in has ended: it took too long, or there were too many wrong codes. Start again.',
  provider_ended: 'This sign-in has ended: it took too long, or another one was started in this browser. Start again.',
  provider_unavailable: 'The provider did not answer. Try again later, or sign in another way.',
  provider_refused: 'The provider did not sign you in. Try again, or sign in another way.',
  account_exists: 'You already have an account with this address. Sign in to it, then link the provider. If you can’t sign in, ask for an email on this page.',
  identity_taken: 'Your account at the provider was linked to an account here in the meantime. Continue with the provider to sign in.',
}

export const isSignInReason = (value: string | undefined): value is SignInReason => value !== undefined && Object.hasOwn(signInReasons, value)

/** For a deactivated member (S35). The name of the organization goes between the two parts of the lead. */
export const deactivatedText = {
  title: 'Your account is deactivated',
  lead: ['An admin of ', ' deactivated it. You cannot sign in here or on the command line until it is reactivated; nothing of yours was deleted.'],
  contact: 'Person to ask',
  next: 'Ask them to reactivate it, then sign in again. Earlier logins stay revoked.',
} as const
