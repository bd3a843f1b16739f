import type { Attempt, EventType } from '@muster/contract/events.ts'
import type { Role } from '@muster/contract/permissions.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import { roleInWords } from '@muster/contract/role-words.ts'
import type { Schemas } from './api.ts'
import { exactTime } from './time.ts'

type Event = Schemas['AuditEvent']
type Describe = (name: string, details: Record<string, string | null | undefined>, event: Event) => string

/** A sentence for each event type; a new type does not compile without one. `name` is the current name of the target. */
const sentences: Record<EventType, Describe> = {
  'account.created': (name) => `${name} created an account`,
  'user.registered': (_, { username }) => `${username} registered`,
  'user.names_changed': (name) => `The name of ${name} was changed`,
  'password.reset_requested': (name) => `A password reset was requested for ${name}`,
  'password.reset': (name) => `${name} reset their password`,
  'password.changed': (name) => `${name} changed their password`,
  'email.change_requested': (name) => `${name} requested a change of email address`,
  'email.changed': (name) => `${name} changed their email address`,
  'passkey.added': (_, { name }) => `The passkey "${name}" was added`,
  'passkey.renamed': (_, { name }) => `A passkey was renamed to "${name}"`,
  'passkey.removed': (_, { name }) => `The passkey "${name}" was removed`,
  'passkey.copied': (_, { name }) => `The passkey "${name}" was refused, because it may have been copied`,
  'identity.linked': (name, { provider }) => `${name} linked an account at ${provider}`,
  'identity.unlinked': (name, { provider }) => `${name} unlinked an account at ${provider}`,
  'authenticator.added': (name) => `${name} added an authenticator app`,
  'authenticator.removed': (name) => `${name} removed their authenticator app`,
  'authenticator.locked': (name) => `The authenticator app of ${name} was locked after too many wrong codes`,
  'authenticator.unlocked': (name) => `The authenticator app of ${name} was unlocked by an emailed link`,
  'factors.reset_requested': (name) => `An admin asked to reset how ${name} signs in`,
  'factors.reset_confirmed': (name) => `A second admin confirmed the reset of how ${name} signs in`,
  'factors.reset_stopped': (name) => `The reset of how ${name} signs in was stopped`,
  'factors.reset': (name, { organizationId }) =>
    organizationId ? `The factors of ${name} were reset` : `The operator removed the passkeys and the authenticator app of ${name}`,
  'recovery_codes.created': (name) => `${name} created recovery codes`,
  'remembered_device.added': () => 'A browser was remembered: it is not asked for a second factor for 30 days',
  'remembered_device.used': () => 'A remembered browser signed in without a second factor',
  'second_factor.always_changed': (_, { always }) =>
    always ? 'A second factor is asked for after every password' : 'A second factor is no longer asked for after every password',
  'remembered_device.forgotten': () => 'A remembered browser was forgotten',
  'recovery_code.used': (name, { left }) => `${name} used a recovery code; ${left} are left`,
  'session.confirmed': () => 'A person confirmed who they are',
  'session.started': (_, { kind }) => `A session started (${kind})`,
  'session.ended': (_, { reason }) => `A session ended (${toWords(reason)})`,
  'token.revoked': () => 'An access token was revoked',
  'refresh_token.issued': () => 'A refresh token was issued',
  'refresh_token.first_used': () => 'A refresh token was used for the first time',
  'refresh_token.used_elsewhere': () => 'A refresh token was used from a new address',
  'refresh_token.reused': () => 'A refresh token was used twice, so its session ended',
  'device_authorization.requested': () => 'A login on the command line was requested',
  'device_authorization.claimed': () => 'The code of a login on the command line was entered',
  'device_authorization.redeemed': () => 'A login on the command line was completed',
  'device_authorization.approved': () => 'A login on the command line was approved',
  'device_authorization.denied': () => 'A login on the command line was denied',
  'consent.given': (_, { name }) => `The application ${name} was given access to an account`,
  'consent.revoked': (_, { name }) => `The access of the application ${name} to an account was revoked`,
  'organization.created': (_, { name }) => `The organization ${name} was created`,
  'organization.renamed': (_, { from, to }) => `The organization was renamed from ${from} to ${to}`,
  'organization.shared': () => 'The organization is no longer personal',
  'membership.started': (name, { role, roleName, reason }) => `${name} joined as ${roleInWords(role as Role, roleName ?? '')} (${toWords(reason)})`,
  'membership.ended': (name, { reason }) => `${name} is no longer a member (${toWords(reason)})`,
  'membership.role_changed': (name, { role, roleName, reason }) =>
    `${name} was made ${roleInWords(role as Role, roleName ?? '')}${reason ? `: ${reason}` : ''}`,
  'membership.deactivated': (name, { reason }) => `${name} was deactivated${reason ? `: ${reason}` : ''}`,
  'membership.reactivated': (name) => `${name} was reactivated`,
  'user.suspended': (name) => `The operator suspended ${name}`,
  'user.resumed': (name) => `The operator resumed ${name}`,
  'service_account.created': (_, { name }) => `The service account ${name} was created`,
  'service_account.changed': (_, { name }) => `The service account ${name} was changed`,
  'service_account.role_changed': (name, { role, roleName }) => `The service account ${name} was given the role ${roleName ?? role}`,
  'service_account.removed': (name) => `The service account ${name} was removed`,
  'service_account.keys_ended': (name) => `All keys of the service account ${name} ended`,
  'role.created': (_, { name }) => `The role ${name} was created`,
  'role.changed': (_, { name, added, removed }) => `The role ${name} was changed${gainsAndLosses(added, removed)}`,
  'role.removed': (_, { name }) => `The role ${name} was removed`,
  'key.created': (_, { description }) => `The key "${description}" was created`,
  'key.renamed': (_, { description }) => `A key was renamed to "${description}"`,
  'key.ended': (_, { reason }, { target }) => `${target.name === null ? 'A key' : `The key "${target.name}"`} ended (${toWords(reason)})`,
  'organization.plan_changed': (_, { from, to, reason }) => `The plan was changed from ${from} to ${to}${reason ? `: ${reason}` : ''}`,
  'organization.suspended': (_, { reason }) => `The organization was suspended${reason ? `: ${reason}` : ''}`,
  'organization.resumed': (_, { reason }) => `The organization was resumed${reason ? `: ${reason}` : ''}`,
  'organization.key_policy_changed': (_, { keys }) => (keys === 'scoped' ? 'Only keys with a scope are allowed' : 'Keys without a scope are allowed'),
  'organization.factor_policy_changed': (_, { policy, from }) =>
    `The organization requires ${policy === 'none' ? 'no second factor' : policy === 'any' ? 'a second factor' : 'a passkey'}${from ? ` from ${exactTime(new Date(from))}` : ''}`,
  'organization.contacts_changed': () => 'Contacts or address were changed',
  'resource.registered': (_, { kind, name }) => `The ${kind} ${name} was registered`,
  'resource.transferred': (name, { reason }) => `${name} was transferred (${toWords(reason)})`,
  'resource.removed': (_, { kind, name }) => `The ${kind} ${name} was removed`,
  'invitation.created': (name, { kind, role, roleName }) => {
    const as = roleInWords(role as Role, roleName ?? '')
    return kind === 'email' && isAddress(name) ? `${name} was invited as ${as}` : `${invitationKinds[kind ?? ''] ?? 'An invitation'} for ${as} was created`
  },
  'invitation.role_changed': (name, { role, roleName }) => `${invitationOf(name)} is for the role ${roleName ?? role} now`,
  'invitation.resent': (name) => `${invitationOf(name)} was sent again`,
  'invitation.replaced': (name) => `${invitationOf(name)} got a new link or secret, because the operator replaced a leaked secret`,
  'invitation.link_copied': (name) => (isAddress(name) ? `The link of the invitation for ${name} was copied` : 'An invite link was copied'),
  'invitation.expired': (name) => `${invitationOf(name)} expired`,
  'invitation.declined': (name) => `${invitationOf(name)} was declined`,
  'invitation.opened': (name) => `${invitationOf(name)} was opened`,
  'invitation.accepted': (name) => `${invitationOf(name)} was accepted`,
  'invitation.revoked': (name, { cause }) => `${invitationOf(name)} was revoked${cause && cause !== 'revoked' ? ` (${toWords(cause)})` : ''}`,
  'client.registered': (_, { name }) => `The client ${name} was registered`,
  'client.changed': (_, { name, fields }) => `The client ${name} was changed (${[fields].flat().map(toWords).join(', ')})`,
  'client.secret_created': (_, { name }) => `The client ${name} got another secret`,
  'client.secret_revoked': (_, { name }) => `A secret of the client ${name} was revoked`,
  'client.addresses_read': (_, { name }) => `The client ${name} read email addresses`,
  'client.removed': (_, { name }) => `The client ${name} was removed`,
  'api.created': (_, { name }) => `The API ${name} was added`,
  'api.changed': (_, { name }) => `The API ${name} was changed`,
  'api.removed': (_, { name }) => `The API ${name} was removed`,
  'account.viewed': (name) => `The operator looked at ${name}`,
  'email.resent': () => 'An email was sent again',
  'stream.created': () => 'A revocation stream was created',
  'stream.changed': () => 'A revocation stream was changed',
  'stream.removed': () => 'A revocation stream was removed',
  'signing_key.created': (_, { alg }) => `A signing key was created (${alg})`,
  'signing_key.rotated': (_, { alg }) => `The signing key was rotated (${alg})`,
  'signing_key.withdrawn': (_, { alg }) => `A signing key was withdrawn (${alg}); tokens it signed are invalid`,
  'operator_token.created': (_, { name }) => `The operator token ${name} was created`,
  'operator_token.revoked': (_, { name }) => `The operator token ${name} was revoked`,
  'secret.rotated': () => 'The secret was rotated',
  'secret.rotation_finished': () => 'The rotation of the secret was finished',
  'secret.compromised': () => 'The secret was replaced because it leaked; links and codes of the previous one are invalid',
  'store.restored': (_, { backupAt }) => `The server was restored from a backup of ${backupAt}`,
  'store.keys_kept': () => 'Keys and refresh tokens from before the restore were kept',
  'record.migrated': () => 'Personal values of earlier events were moved out of the events',
  refused: (name, { attempted, code }, { actor, target }) => {
    const about = target.id === actor.id || target.name === null ? '' : ` (${target.name})`
    const attempt = attempts[attempted as Attempt] ?? toWords(attempted)
    return `${actor.name ?? name} tried to ${attempt}${about}: ${refusalReasons[code as ProblemCode] ?? toWords(code)}`
  },
}

/** ": it got apps:deploy and lost apps:read". Lists, which other events do not have. */
function gainsAndLosses(added: unknown, removed: unknown): string {
  const [got, lost] = [[added].flat().filter(Boolean).join(', '), [removed].flat().filter(Boolean).join(', ')]
  const parts = [got && `got ${got}`, lost && `lost ${lost}`].filter(Boolean)
  return parts.length > 0 ? `: it ${parts.join(' and ')}` : ''
}

const isAddress = (name: string): boolean => name.includes('@')
const invitationOf = (name: string): string => (isAddress(name) ? `The invitation for ${name}` : 'An invitation')
const invitationKinds: Record<string, string> = { email: 'An invitation', link: 'An invite link', secret: 'An organization secret' }

/** Refused attempts, by the name that the audit log stores. */
const attempts: Record<Attempt, string> = {
  'credential:use': 'use a session or a key',
  'session:start': 'sign in',
  'invitations:accept': 'accept an invitation',
  'invitations:decline': 'decline an invitation',
  'organization:leave': 'leave the organization',
  'organization:read': 'view the organization',
  'organization:rename': 'rename the organization',
  'organization:contacts': 'change contacts or address',
  'organization:security': 'change the security settings',
  'members:read': 'list the members',
  'members:read-email': 'see the email addresses of members',
  'members:remove': 'remove a member',
  'members:role': 'change roles',
  'members:names': 'change the name of a member',
  'members:deactivate': 'deactivate or reactivate a member',
  'members:sign-out': 'sign a member out everywhere',
  'members:reset-factors': 'reset how a member signs in',
  'invitations:read': 'list the invitations',
  'invitations:create': 'invite someone',
  'invitations:revoke': 'revoke an invitation',
  'keys:read': 'list the keys',
  'keys:manage': "change or revoke another member's key",
  'service-accounts:read': 'list the service accounts',
  'service-accounts:manage': 'change the service accounts',
  'applications:read': 'list the applications that members use',
  'resources:read': 'list the resources',
  'resources:register': 'register a resource',
  'resources:transfer': 'transfer a resource',
  'resources:remove': 'remove a resource',
  'audit:read': 'read the audit log',
}

/** Reasons of a refusal, by problem code. */
const refusalReasons: Partial<Record<ProblemCode, string>> = {
  forbidden: 'their role does not allow it',
  self_action: "admins can't do this to themselves",
  last_admin: 'the organization needs an active admin',
  account_suspended: 'the operator has suspended them',
  user_deactivated: 'their account is deactivated',
  organization_suspended: 'the organization is suspended',
  invitation_wrong_address: 'the invitation is for another address',
  wrong_credentials: 'the password was wrong',
}

const toWords = (value: string | null | undefined): string => (value ?? '').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).replaceAll(/[_.:-]/g, ' ')

/** All event types, in the order of the sentences above. */
export const eventTypes = Object.keys(sentences) as EventType[]

// Targets without a current name, by the prefix of their id.
const nouns: Record<string, string> = { res: 'A resource', inv: 'An invitation', key: 'A key', ses: 'A session', org: 'The organization' }

/** Shown for a value that the operator has erased (P19). */
const ERASED = '(erased)'

/** The details of an event, in which each erased value is shown as such. */
export const detailsOf = ({ details, erased = [] }: Event): Event['details'] => ({
  ...details,
  ...Object.fromEntries(erased.filter((field) => field !== 'address').map((field) => [field, ERASED])),
})

/** The network address that an event came from. */
export const addressOf = ({ address, erased = [] }: Event): string => (erased.includes('address') ? ERASED : address)

/** "bob was deactivated: on leave". */
export function describeEvent(event: Event): string {
  const { action, target } = event
  const describe = sentences[action as EventType] as Describe | undefined
  return describe ? describe(target.name ?? nouns[target.id.slice(0, 3)] ?? target.id, detailsOf(event) as Record<string, string>, event) : action
}
