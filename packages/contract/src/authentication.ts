// How a person proved who they are, and when (F14, F15): for server, SDK, CLI and console.

/** A sign-in or a confirmation is recent for this many seconds (F15). */
export const RECENT_SECONDS = 600

/** The changes that require a recent sign-in, completing the sentence "You are about to …". */
export const recentActions = {
  'factors:change': 'change how you sign in',
  'password:change': 'change your password',
  'email:change': 'change your email address',
  'keys:create': 'create a key',
  'logins:approve': 'approve a login that lasts',
  'invitations:accept': 'accept an email invitation',
  'members:promote': 'make a member an admin',
  'members:remove': 'remove more members',
  'members:sign-out': 'end the sessions of a member',
  'credentials:revoke': 'revoke keys and refresh tokens of members',
  'members:reset-factors': 'reset how a member signs in',
  'audit:export': 'export the audit log',
  'factor-policy:change': 'change which factors the organization requires',
  'key-policy:change': 'change which keys the organization allows',
} as const satisfies Record<string, string>

export type RecentAction = keyof typeof recentActions

export const isRecentAction = (text: unknown): text is RecentAction => typeof text === 'string' && Object.hasOwn(recentActions, text)

/**
 * Authentication context classes, weakest first: one factor, two factors, and phishing-resistant, which only a passkey is. `phr` is registered by OpenID
 * Connect Extended Authentication Profile.
 */
export const acrValues = ['urn:muster:acr:one-factor', 'urn:muster:acr:two-factors', 'phr'] as const
export type Acr = (typeof acrValues)[number]

/** Of a passkey: in a device, or synced (RFC 8176). */
const passkeyMethods = ['hwk', 'swk'] as const

/** The class of authentication methods (RFC 8176). */
export function acrOf(methods: readonly string[]): Acr {
  if (passkeyMethods.some((method) => methods.includes(method))) return 'phr'
  return methods.includes('mfa') ? 'urn:muster:acr:two-factors' : 'urn:muster:acr:one-factor'
}

/**
 * False for a sign-in that proves little about who is there now: a remembered browser with the password alone, or a provider, which may know the browser and ask for
 * nothing.
 */
export const provesPresence = (methods: readonly string[]): boolean =>
  !(methods.includes('rba') || methods.includes('fed')) || acrOf(methods) !== 'urn:muster:acr:one-factor'

/** Whether a class is as strong as another. An unknown class is satisfied by none. */
export function satisfiesAcr(acr: string | null, wanted: string): boolean {
  const [has, needs] = [acr ?? '', wanted].map((one) => (acrValues as readonly string[]).indexOf(one)) as [number, number]
  return needs >= 0 && has >= needs
}

/** What an organization requires of its members, weakest first (F13). */
export const factorPolicies = ['none', 'any', 'phishing-resistant'] as const
export type FactorPolicy = (typeof factorPolicies)[number]

/** The class of authentication that a policy requires. */
export const acrOfPolicy = { none: null, any: 'urn:muster:acr:two-factors', 'phishing-resistant': 'phr' } as const satisfies Record<FactorPolicy, Acr | null>

/** One of these methods satisfies the policy. */
export const acceptedMethods = { any: [...passkeyMethods, 'mfa'], 'phishing-resistant': passkeyMethods } as const

/** Completes "the organization requires …". */
export const factorPolicyWords = {
  none: 'no second factor',
  any: 'a second factor: a passkey or an authenticator app',
  'phishing-resistant': 'a passkey',
} as const satisfies Record<FactorPolicy, string>

/** The names of providers, by their ids. */
export const providerNames: Readonly<Record<string, string>> = { google: 'Google', github: 'GitHub', oidc: 'OpenID Connect' }

/** How a person signed in, in words. `provider` is the name of the one that signed them in. */
export function waysOfSignIn(methods: readonly string[], provider: string | null): string {
  const first = methods.includes('fed')
    ? (provider ?? 'Another provider')
    : methods.includes('email')
      ? 'By email'
      : methods.includes('pwd')
        ? 'Password'
        : null
  if (methods.includes('rba')) return `${first ?? 'Password'} in a remembered browser`
  const second = acrOf(methods) === 'phr' ? 'passkey' : methods.includes('otp') ? 'code' : null
  if (first !== null && second !== null) return `${first} and ${second}`
  return first ?? (second === 'passkey' ? 'Passkey' : 'Code')
}

const failures: Readonly<Record<string, string>> = {
  wrong_credentials: 'Wrong password',
  factor_wrong: 'Wrong second factor',
  account_suspended: 'Refused: account suspended',
  user_deactivated: 'Refused: account deactivated',
  organization_suspended: 'Refused: organization suspended',
}

/** Why an attempt to sign in failed, in words, by the code of its problem. */
export const failedSignInWords = (code: string): string => failures[code] ?? 'Refused'
