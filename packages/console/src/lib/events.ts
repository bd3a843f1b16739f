import type { EventType } from '@muster/contract/events.ts'
import type { Schemas } from './api.ts'

type Event = Schemas['AuditEvent']
type Say = (name: string, details: Record<string, string | null | undefined>) => string

/** Every event as a sentence; a new one does not compile until it has its own. `name` is what it was done to, as it is called today. */
const sentences: Record<EventType, Say> = {
  'account.created': (name) => `${name} got an account`,
  'user.registered': (_, { username }) => `${username} registered`,
  'user.names_changed': (name) => `The names of ${name} were changed`,
  'password.reset_requested': (name) => `A new password for ${name} was asked for`,
  'password.reset': (name) => `${name} set a new password by mail`,
  'password.changed': (name) => `${name} changed the password`,
  'email.change_requested': (name) => `${name} asked for another e-mail address`,
  'email.changed': (name) => `${name} changed the e-mail address`,
  'session.started': (_, { kind }) => `A session began (${kind})`,
  'session.ended': (_, { reason }) => `A session ended (${word(reason)})`,
  'token.revoked': () => 'An access token was revoked',
  'refresh_token.issued': () => 'A refresh token was issued',
  'refresh_token.first_used': () => 'A refresh token was used for the first time',
  'refresh_token.used_elsewhere': () => 'A refresh token was used from a new address',
  'refresh_token.reused': () => 'A refresh token was used twice, and its login ended',
  'device_authorization.requested': () => 'A command line asked for a login',
  'device_authorization.claimed': () => 'A code of a command line was entered',
  'device_authorization.redeemed': () => 'A command line was logged in',
  'device_authorization.approved': () => 'A login of a command line was approved',
  'device_authorization.denied': () => 'A login of a command line was denied',
  'organization.created': (_, { name }) => `The organization ${name} was made`,
  'organization.renamed': (_, { from, to }) => `The organization was renamed from ${from} to ${to}`,
  'organization.shared': () => 'The organization is nobody’s personal one any more',
  'membership.started': (name, { role, reason }) => `${name} became ${role} (${word(reason)})`,
  'membership.ended': (name, { reason }) => `${name} is no longer a member (${word(reason)})`,
  'membership.role_changed': (name, { role }) => `${name} was made ${role}`,
  'membership.deactivated': (name, { reason }) => `${name} was deactivated${reason ? `: ${reason}` : ''}`,
  'membership.reactivated': (name) => `${name} was reactivated`,
  'service_account.created': (_, { name }) => `The service account ${name} was made`,
  'service_account.changed': (_, { name }) => `The service account ${name} was changed`,
  'service_account.removed': (name) => `The service account ${name} was removed`,
  'service_account.keys_ended': (name) => `The keys of the service account ${name} ended`,
  'key.created': (_, { description }) => `The key "${description}" was made`,
  'key.renamed': (_, { description }) => `A key is now called "${description}"`,
  'key.ended': (_, { reason }) => `A key ended (${word(reason)})`,
  'organization.plan_changed': (_, { from, to }) => `The plan was changed from ${from} to ${to}`,
  'organization.suspended': (_, { reason }) => `The organization was suspended${reason ? `: ${reason}` : ''}`,
  'organization.resumed': () => 'The organization was resumed',
  'organization.contacts_changed': () => 'Contacts or address were changed',
  'resource.registered': (_, { kind, name }) => `The ${kind} ${name} was registered`,
  'resource.transferred': (name, { reason }) => `${name} changed hands (${word(reason)})`,
  'resource.removed': (_, { kind, name }) => `The ${kind} ${name} was removed`,
  'invitation.created': (_, { kind, role }) => `An invitation was made (${kind}, ${role})`,
  'invitation.resent': () => 'An invitation was sent again',
  'invitation.link_copied': () => 'The link of an invitation was copied',
  'invitation.expired': () => 'An invitation ended by time',
  'invitation.declined': () => 'An invitation was declined',
  'invitation.opened': () => 'An invitation was opened',
  'invitation.accepted': () => 'An invitation was accepted',
  'invitation.revoked': (_, { cause }) => `An invitation was revoked${cause && cause !== 'revoked' ? ` (${word(cause)})` : ''}`,
  'client.registered': (_, { name }) => `The client ${name} was registered`,
  'client.removed': (_, { name }) => `The client ${name} was removed`,
  'stream.created': () => 'A stream of revocations was made',
  'stream.changed': () => 'A stream of revocations was changed',
  'stream.removed': () => 'A stream of revocations was removed',
  'signing_key.created': (_, { alg }) => `A signing key was made (${alg})`,
  'signing_key.rotated': (_, { alg }) => `The signing key was changed (${alg})`,
  // Who was refused stands beside it, as who did it.
  refused: (name, { attempted, code }) => `Refused: ${word(attempted)}, about ${name} (${word(code)})`,
}

const word = (value: string | null | undefined): string => (value ?? '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll(/[_.:-]/g, ' ')

/** All there are, by noun. */
export const eventTypes = Object.keys(sentences) as EventType[]

// What has no name of today: nobody knows a thing by its id.
const nouns: Record<string, string> = { res: 'A resource', inv: 'An invitation', key: 'A key', ses: 'A session', org: 'The organization' }

/** "bob was deactivated: on leave". */
export function sayEvent({ action, target, details }: Event): string {
  const say = sentences[action as EventType] as Say | undefined
  return say ? say(target.name ?? nouns[target.id.slice(0, 3)] ?? target.id, details as Record<string, string>) : action
}
