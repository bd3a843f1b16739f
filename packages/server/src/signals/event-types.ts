import type { RecordedRevocation } from '../domain/model/revocation.ts'
import { KEY_EVENT, LEASED_EVENT } from '../domain/signals/receiver.ts'

const caep = 'https://schemas.openid.net/secevent/caep/event-type'
const risc = 'https://schemas.openid.net/secevent/risc/event-type'

export const sessionRevoked = `${caep}/session-revoked`
export const tokenClaimsChange = `${caep}/token-claims-change`
export const accountDisabled = `${risc}/account-disabled`
export const accountEnabled = `${risc}/account-enabled`
export const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification'
export const streamUpdated = 'https://schemas.openid.net/secevent/ssf/event-type/stream-updated'
/** Many revocations in one token, for receivers that ask for it: signing a token for each would take half a minute for a day of a large cloud. */
export const revocationBatch = LEASED_EVENT
/** Says that the receiver drops a withdrawn signing key when a batch names it. It is delivered in batches only. */
export const signingKeyWithdrawn = KEY_EVENT

/** What a stream gets that asks for nothing in particular. */
export const standardEvents = [sessionRevoked, tokenClaimsChange, accountDisabled, accountEnabled]
export const supportedEvents = [...standardEvents, revocationBatch, signingKeyWithdrawn]

export interface EventBody {
  subject: Record<string, unknown>
  events: Record<string, Record<string, unknown>>
}

/** A revocation in the words of CAEP and RISC. */
export function eventOf(issuer: string, { kind, subject, value, at }: RecordedRevocation): EventBody {
  const event_timestamp = Math.floor(at.getTime() / 1000)
  const user = { format: 'iss_sub', iss: issuer, sub: subject }
  const reasonOf = (text: string) => ({ event_timestamp, reason_admin: { en: text } })
  switch (kind) {
    case 'user':
      return {
        subject: user,
        events: {
          [sessionRevoked]: reasonOf(reasons[String(value.reason)] ?? 'The access ended.'),
          ...(value.reason === 'user_deactivated' && { [accountDisabled]: { event_timestamp } }),
        },
      }
    case 'enabled':
      return { subject: user, events: { [accountEnabled]: { event_timestamp } } }
    case 'role':
      return { subject: user, events: { [tokenClaimsChange]: { event_timestamp, claims: { role: value.role } } } }
    case 'organization':
      return {
        subject: { format: 'complex', tenant: { format: 'opaque', id: subject } },
        events: { [tokenClaimsChange]: { event_timestamp, claims: { org_suspended: value.suspended === true } } },
      }
    case 'session':
      return { subject: { format: 'complex', session: { format: 'opaque', id: subject } }, events: { [sessionRevoked]: reasonOf('The session was ended.') } }
    case 'client':
      return {
        subject: { format: 'complex', application: { format: 'opaque', id: subject } },
        events: { [sessionRevoked]: reasonOf('The client was removed.') },
      }
    case 'token':
      return { subject: { format: 'jwt_id', iss: issuer, jti: subject }, events: { [sessionRevoked]: reasonOf('The token was revoked.') } }
    case 'key':
      return { subject: { format: 'opaque', id: subject }, events: { [sessionRevoked]: reasonOf('The key was revoked.') } }
    case 'signing_key':
      // The standards publish this through the JWKS, which no longer holds the key.
      return { subject: { format: 'opaque', id: subject }, events: {} }
    default:
      // Written by a newer server process. Its receivers may understand the row that comes with the event.
      return { subject: { format: 'opaque', id: subject }, events: { [sessionRevoked]: reasonOf('Access ended.') } }
  }
}

const reasons: Record<string, string> = {
  user_deactivated: 'The account was deactivated.',
  membership_left: 'The user is not a member of the organization any more.',
  token_revoked: 'The access ended.',
}

/** The row itself, for receivers that apply it: what the member `muster` of a token holds. */
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
