import { idPrefixes } from './ids.ts'
import { reservedNames } from './reserved-names.ts'

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

/** The host label of an application: `_` becomes `-` (S40). It can be invalid: see `hostLabelFault`. */
export const hostLabel = (organization: string, application: string): string => `${organization}-${application}`.replaceAll('_', '-')

/** Why a host label is not valid in DNS, or null (S40; RFC 1123 section 2.1, RFC 5891 section 4.2.3.1). */
export function hostLabelFault(label: string): 'host_label_invalid' | null {
  if (label.length > 63 || label.startsWith('-') || label.endsWith('-') || label.slice(2, 4) === '--') return 'host_label_invalid'
  return null
}

export const applicationUrl = (organization: string, application: string, cloudDomain: string): string =>
  `https://${hostLabel(organization, application)}.${cloudDomain}/`
