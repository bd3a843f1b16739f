/** Ids are TypeIDs: a prefix for the kind, then a UUIDv7 in base32. */
export const idPrefixes = {
  user: 'usr',
  organization: 'org',
  invitation: 'inv',
  session: 'ses',
  refreshToken: 'rtk',
  deviceAuthorization: 'dev',
  client: 'cli',
  clientSecret: 'csc',
  signUp: 'sup',
  passwordReset: 'pwr',
  emailChange: 'emc',
  auditEvent: 'evt',
  apiKey: 'key',
  serviceAccount: 'sva',
  resource: 'res',
  stream: 'str',
  operatorToken: 'otk',
  passkey: 'pky',
  rememberedDevice: 'rmd',
  factorReset: 'frs',
  identity: 'idn',
  api: 'api',
  role: 'role',
} as const

export type IdKind = keyof typeof idPrefixes
export type Id<K extends IdKind> = `${(typeof idPrefixes)[K]}_${string}`

export type UserId = Id<'user'>
export type OrganizationId = Id<'organization'>
export type InvitationId = Id<'invitation'>
export type SessionId = Id<'session'>
export type RefreshTokenId = Id<'refreshToken'>
export type DeviceAuthorizationId = Id<'deviceAuthorization'>
export type ClientSecretId = Id<'clientSecret'>
export type SignUpId = Id<'signUp'>
export type PasswordResetId = Id<'passwordReset'>
export type ResourceId = Id<'resource'>
export type EmailChangeId = Id<'emailChange'>
export type StreamId = Id<'stream'>
export type OperatorTokenId = Id<'operatorToken'>
export type PasskeyId = Id<'passkey'>
export type RememberedDeviceId = Id<'rememberedDevice'>
export type FactorResetId = Id<'factorReset'>
export type IdentityId = Id<'identity'>
export type ApiId = Id<'api'>
export type RoleId = Id<'role'>
export type AuditEventId = Id<'auditEvent'>
export type ApiKeyId = Id<'apiKey'>
export type ServiceAccountId = Id<'serviceAccount'>

/** The id of a client: `cli_…`, or a plain name for a client that ships with Muster. */
export type ClientId = string

export const isId = <K extends IdKind>(kind: K, value: string): value is Id<K> =>
  value.startsWith(`${idPrefixes[kind]}_`) && /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(value.slice(idPrefixes[kind].length + 1))

/** The client of the `muster` command. It is a public client without a secret (RFC 8252 section 8.4). */
export const CLI_CLIENT_ID = 'muster-cli'
