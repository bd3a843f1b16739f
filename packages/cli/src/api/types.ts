import type { components, paths } from '@muster/contract/api.d.ts'

/** The answers of the API that the commands read: taken from the types that are made from its routes. */
type Answer<Path extends keyof paths, Method extends keyof paths[Path], Status extends 200 | 201 = 200> = paths[Path][Method] extends {
  responses: { [S in Status]: { content: { 'application/json': infer Body } } }
}
  ? Body
  : never

export type Organization = components['schemas']['Organization']
export type Me = components['schemas']['Me']
export type KeyIdentity = components['schemas']['KeyIdentity']
export type Member = components['schemas']['Member']
export type Secret = components['schemas']['Secret']
export type Session = components['schemas']['Session']
export type RefreshToken = components['schemas']['RefreshToken']
export type Client = components['schemas']['Client'] & { secret?: string | null }
export type Stream = components['schemas']['Stream']
export type SigningKeys = components['schemas']['SigningKeys']
export type SigningKey = SigningKeys['keys'][number]

export type Invitation = components['schemas']['Invitation']
export type MovePlan = components['schemas']['MovePlan']
export type Resource = components['schemas']['Resource']
export type Key = components['schemas']['Key']
export type CreatedKey = components['schemas']['CreatedKey']
export type ServiceAccount = components['schemas']['ServiceAccount']
export type AuditEvent = components['schemas']['AuditEvent']
export type OperatedOrganization = components['schemas']['OperatedOrganization']

export type Invited = Extract<Answer<'/v1/organizations/{org}/invitations', 'post'>, { results: unknown }>
export type InviteResult = Invited['results'][number]
export type Link = Answer<'/v1/organizations/{org}/invitations/{id}/link', 'post'>
export type Accepted = WithToken<Answer<'/v1/invitations/accept', 'post'>>
export type Deactivated = Answer<'/v1/organizations/{org}/members/{user}/deactivate', 'post'>
export type SignedOut = Answer<'/v1/organizations/{org}/members/{user}/sessions', 'delete'>
export type Reactivated = Answer<'/v1/organizations/{org}/members/{user}/reactivate', 'post'>
export type RemovedServiceAccount = Answer<'/v1/organizations/{org}/service-accounts/{account}', 'delete'>
export type ChangedMember = Answer<'/v1/organizations/{org}/members/{user}', 'patch'>
export type Ended = Answer<'/v1/me/sessions/{id}', 'delete'>
/** What ended and what is left to do, after a member was kept out or removed. */
export type Departure = Pick<Deactivated, 'ended' | 'keys_to_roll'> & Partial<Pick<RemovedMember, 'handed_over'>>
export type TransferredAll = Answer<'/v1/organizations/{org}/resource-transfers', 'post'>
export type ChangedPassword = Answer<'/v1/me/password', 'post'>
export type AskedEmail = Answer<'/v1/me/email', 'post'>
export type ChangedEmail = Answer<'/v1/me/email/verify', 'post'>
export type Registered = WithToken<Answer<'/v1/me/registration', 'post', 201>>
export type Preview = Answer<'/v1/invitations/preview', 'post'>
export type Contact = NonNullable<OrganizationDetails['technical_contact']>
export type Joined = WithToken<Answer<'/v1/organizations/join', 'post'>>
export type Left = WithToken<Answer<'/v1/organizations/{org}/leave', 'post'>>
export type OrganizationDetails = Answer<'/v1/organizations/{org}', 'get'>
export type Rename = Answer<'/v1/organizations/{org}/rename', 'post'>
export type RemovedMember = Answer<'/v1/organizations/{org}/members/{user}', 'delete'>
export type NewSecret = Answer<'/v1/organizations/{org}/secrets', 'post', 201>
export type Suspended = Answer<'/v1/operator/organizations/{org}/suspend', 'post'>
export type Revival = Answer<'/v1/operator/organizations/{org}/revive', 'post', 201>

/** What answers that change who one is carry: a token of the same session for the new state (S56). */
export type NewToken = Pick<Registered, 'access_token' | 'expires_at'>

/** Whoever called with a token is given one; a browser is not. */
type WithToken<Body> = Body & { access_token: string }

export interface Page<T> {
  items: T[]
  next_cursor?: string | null
}

/** RFC 8628 section 3.2 */
export interface DeviceAuthorization {
  device_code: string
  user_code: string
  verification_uri: string
  verification_uri_complete: string
  expires_in: number
  interval?: number
}

/** RFC 6749 section 5.1 */
export interface Tokens {
  access_token: string
  expires_in: number
  refresh_token?: string
  scope?: string
}
