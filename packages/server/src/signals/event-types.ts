import type { RecordedRevocation } from '../domain/model/revocation.ts'
import { KEY_EVENT, LEASED_EVENT } from '../domain/signals/receiver.ts'

const caep = 'https://schemas.openid.net/secevent/caep/event-type'
const risc = 'https://schemas.openid.net/secevent/risc/event-type'

export const sessionRevoked = `${caep}/session-revoked`
const tokenClaimsChange = `${caep}/token-claims-change`
export const accountDisabled = `${risc}/account-disabled`
const accountEnabled = `${risc}/account-enabled`
export const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification'
export const streamUpdated = 'https://schemas.openid.net/secevent/ssf/event-type/stream-updated'
/** Many revocations in one token, on request. Signing one token for each revocation of a day would take a large cloud half a minute. */
export const revocationBatch = LEASED_EVENT
/** In the token in front of a snapshot, which is never delivered by itself. */
export const revocationSnapshot = 'urn:muster:event-type:revocation-snapshot'
/** Requested by receivers that drop a withdrawn signing key. Delivered only in batches. */
export const signingKeyWithdrawn = KEY_EVENT

/** The event types of a stream that requests none. */
export const standardEvents = [sessionRevoked, tokenClaimsChange, accountDisabled, accountEnabled]
export const supportedEvents = [...standardEvents, revocationBatch, signingKeyWithdrawn]

export interface EventBody {
  subject: Record<string, unknown>
  events: Record<string, Record<string, unknown>>
}

/** A revocation as events of CAEP and RISC. */
export function eventOf(issuer: string, { kind, subject, value, at }: RecordedRevocation): EventBody {
  const event_timestamp = Math.floor(at.getTime() / 1000)
  const user = { format: 'iss_sub', iss: issuer, sub: subject }
  const reasonOf = (text: string) => ({ event_timestamp, reason_admin: { en: text } })
  switch (kind) {
    case 'user':
      return {
        subject: user,
        events: {
          [sessionRevoked]: reasonOf(reasons[String(value.reason)] ?? 'Access was revoked.'),
          ...(disablesAccount(value) && { [accountDisabled]: { event_timestamp } }),
        },
      }
    case 'enabled':
    case 'account':
      // The `user` revocation of the same change has disabled the account.
      return { subject: user, events: value.suspended === true || value.barred === true ? {} : { [accountEnabled]: { event_timestamp } } }
    case 'role':
      return { subject: user, events: { [tokenClaimsChange]: { event_timestamp, claims: roleClaims(value) } } }
    case 'organization':
      return {
        subject: { format: 'complex', tenant: { format: 'opaque', id: subject } },
        events: { [tokenClaimsChange]: { event_timestamp, claims: { org_suspended: value.suspended === true } } },
      }
    case 'session':
      return { subject: { format: 'complex', session: { format: 'opaque', id: subject } }, events: { [sessionRevoked]: reasonOf('The session ended.') } }
    case 'client':
      return {
        subject: { format: 'complex', application: { format: 'opaque', id: subject } },
        events: { [sessionRevoked]: reasonOf('The client was removed.') },
      }
    case 'token':
      return { subject: { format: 'jwt_id', iss: issuer, jti: subject }, events: { [sessionRevoked]: reasonOf('The token was revoked.') } }
    case 'key':
      return { subject: { format: 'opaque', id: subject }, events: { [sessionRevoked]: reasonOf('The key was revoked.') } }
    case 'role_definition': // The claims that it changes depend on the API of each token.
    case 'catalogue':
    case 'signing_key': // The key is removed from the JWKS.
      // The standards have no event for these.
      return { subject: { format: 'opaque', id: subject }, events: {} }
    default:
      // Written by a newer server process. A receiver may understand the row that is sent with the event.
      return { subject: { format: 'opaque', id: subject }, events: { [sessionRevoked]: reasonOf('Access was revoked.') } }
  }
}

const roleClaims = ({ role, role_id, role_revision }: RecordedRevocation['value']): Record<string, unknown> => ({
  role,
  ...(role_id !== undefined && { role_id, role_revision }),
})

/** A deactivation, or the suspension of a person. */
export const disablesAccount = ({ reason }: RecordedRevocation['value']): boolean => reason === 'user_deactivated' || reason === 'account_suspended'

const reasons: Record<string, string> = {
  user_deactivated: 'The account was deactivated.',
  account_suspended: 'The account was suspended.',
  membership_left: 'The user is no longer a member of the organization.',
  token_revoked: 'Access was revoked.',
}

/** The row itself, in the claim `muster`, for receivers that apply it. */
export interface RevocationBody {
  id: string
  kind: string
  subject: string
  value: Record<string, unknown>
  expires_at: number
}

export const bodyOf = ({ id, kind, subject, value, expiresAt }: RecordedRevocation): RevocationBody => ({
  id: String(id),
  kind,
  subject,
  value,
  expires_at: Math.floor(expiresAt.getTime() / 1000),
})
