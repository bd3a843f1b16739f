import { idPrefixes } from './ids.ts'

/** Usernames and organization names (S39). */
export const NAME_PATTERN = /^[a-z0-9_]{3,30}$/

/** Application and database names (S39). */
export const RESOURCE_NAME_PATTERN = /^[a-z0-9_-]{3,30}$/

/** The kind of a resource: `application`, `database`, or one that a platform defines. */
export const RESOURCE_KIND_PATTERN = /^[a-z][a-z0-9_-]{1,29}$/

/** A person's display name: "Ada Lovelace (ada)", or the username alone. The name is free text, so the unique username comes last. */
export const nameAndUsername = (name: string, username: string): string => (name === '' || name === username ? username : `${name} (${username})`)

export type NameFault = 'name_invalid' | 'name_reserved'

/** Why nobody can have this name, or null. Only the server can check whether a name is taken. */
export function nameFault(name: string): NameFault | null {
  if (!NAME_PATTERN.test(name)) return 'name_invalid'
  if (reservedNames.has(name) || idLike.test(name)) return 'name_reserved'
  return null
}

// A name that looks like an id would be ambiguous where {org} is a name or an id.
const idLike = new RegExp(`^(${Object.values(idPrefixes).join('|')})_`)

/** Names that nobody can have: path segments of Muster's routes, and names that suggest the platform itself (S43). A test compares them with the routes. */
export const reservedNames: ReadonlySet<string> = new Set([
  // path segments of Muster's routes, and of the account systems in compat/
  'accept',
  'account',
  'accounts',
  'api',
  'assets',
  'audit',
  'auth',
  'authorize',
  'cli',
  'clients',
  'configuration',
  'console',
  'current',
  'decline',
  'device',
  'docs',
  'healthz',
  'hosts',
  'interaction',
  'introspect',
  'invitation',
  'invitations',
  'invites',
  'join',
  'jwks',
  'keys',
  'leave',
  'login',
  'logins',
  'logout',
  'mailbox',
  'me',
  'members',
  'metrics',
  'move',
  'oauth',
  'openapi',
  'operator',
  'organization',
  'organizations',
  'par',
  'password',
  'preview',
  'profile',
  'readyz',
  'refresh_tokens',
  'register',
  'registration',
  'rename',
  'reset',
  'resources',
  'revoke',
  'rotate',
  'sdk',
  'secret',
  'secrets',
  'session',
  'sessions',
  'settings',
  'sign_in',
  'sign_out',
  'sign_up',
  'signin',
  'signout',
  'signup',
  'ssf',
  'token',
  'tokens',
  'user',
  'userinfo',
  'username',
  'usernames',
  'users',
  'v1',
  'v1alpha1',
  'v2',
  'verify',
  'well_known',
  'signing_keys',
  'signed_out',
  'forgot_password',
  'reset_password',
  'device_code',
  'code',
  'static',
  'style',
  'favicon',
  // names that suggest the platform itself
  'abuse',
  'admin',
  'administrator',
  'anonymous',
  'app',
  'apps',
  'billing',
  'blog',
  'cdn',
  'cloud',
  'contact',
  'everyone',
  'help',
  'hostmaster',
  'info',
  'legal',
  'localhost',
  'mail',
  'moderator',
  'muster',
  'noreply',
  'no_reply',
  'null',
  'official',
  'owner',
  'postmaster',
  'root',
  'security',
  'ssl',
  'staff',
  'static_assets',
  'status',
  'support',
  'sysadmin',
  'system',
  'team',
  'undefined',
  'webmaster',
  'www',
])

/** The host label of an application: `_` becomes `-` (S40). It can be invalid: see `hostLabelFault`. */
export const hostLabel = (organization: string, application: string): string => `${organization}-${application}`.replaceAll('_', '-')

/** Why a host label is not valid in DNS, or null (S40; RFC 1123 section 2.1, RFC 5891 section 4.2.3.1). */
export function hostLabelFault(label: string): 'host_label_invalid' | null {
  if (label.length > 63 || label.startsWith('-') || label.endsWith('-') || label.slice(2, 4) === '--') return 'host_label_invalid'
  return null
}

export const applicationUrl = (organization: string, application: string, cloudDomain: string): string =>
  `https://${hostLabel(organization, application)}.${cloudDomain}/`
