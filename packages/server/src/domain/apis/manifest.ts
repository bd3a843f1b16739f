import { machineScopes, permissions as ownPermissions, personScopes } from '@muster/contract/permissions.ts'
import { type Api, grantedRoles, isOfApi } from './api.ts'

/** What the operator writes of one API. */
export type WrittenApi = Omit<Api, 'id' | 'revision'>

export interface ManifestError {
  field: string
  message: string
}

export const PERMISSIONS_PER_API = 100
export const APIS_AT_MOST = 100
const PERMISSION_CHARACTERS = 40
const permissionForm = /^[a-z][a-z0-9-]*(:[a-z][a-z0-9-]*)+$/
const oneLine = /^[^\p{Cc}\p{Cs}\p{Cn}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]+$/u
const isText = (text: string, most: number): boolean => text.trim() === text && oneLine.test(text) && [...text].length <= most

const reserved = new Set<string>(['platform', ...personScopes, ...machineScopes, ...Object.keys(ownPermissions)])

/** All errors of a manifest at once. `ownNames` are the audiences that stand for Muster's own API. */
export function errorsOfManifest(apis: readonly WrittenApi[], ownNames: readonly string[]): ManifestError[] {
  const errors: ManifestError[] = []
  const audiences = new Set<string>()
  const names = new Set<string>()
  const holders = new Map<string, string>()
  for (const [index, api] of apis.entries()) {
    const error = (field: string, message: string) => errors.push({ field: `apis[${index}].${field}`, message })
    if (!isText(api.name, 60)) error('name', 'A name must have 1 to 60 visible characters.')
    if (names.has(api.name.toLowerCase())) error('name', `Another API is named ${api.name}.`)
    names.add(api.name.toLowerCase())

    const wrong = faultOfAudience(api.audience, ownNames)
    if (wrong !== null) error('audience', wrong)
    else if (audiences.has(api.audience)) error('audience', `Another API has the audience ${api.audience}.`)
    audiences.add(api.audience)

    for (const { name, description } of api.permissions) {
      const field = `permissions.${name.slice(0, 60)}`
      const fault = faultOfPermission(name)
      if (fault !== null) error(field, fault)
      else if (holders.has(name)) error(field, `${holders.get(name)} has a permission of this name.`)
      holders.set(name, api.name)
      if (!isText(description, 200)) error(field, 'A description must have 1 to 200 visible characters.')
    }
    for (const role of grantedRoles)
      for (const [position, pattern] of api.grants[role].entries()) {
        if (!isOfApi(api, pattern) && !(pattern === '*' && api.permissions.length === 0))
          error(`grant.${role}[${position}]`, `${JSON.stringify(pattern.slice(0, 60))} matches no permission of this API.`)
      }
  }
  return errors
}

function faultOfAudience(audience: string, ownNames: readonly string[]): string | null {
  const url = URL.parse(audience)
  if (!url || audience.length > 200 || /\s/.test(audience))
    return 'An audience must be an absolute URI of at most 200 characters, such as https://api.example.com.'
  if (audience.includes('#')) return 'An audience must have no fragment.'
  if (url.username !== '' || url.password !== '') return 'An audience must contain no user name and no password.'
  if (ownNames.includes(audience)) return "This is the audience of Muster's own API."
  return null
}

function faultOfPermission(name: string): string | null {
  if (name.startsWith('platform:') || reserved.has(name)) return 'This name belongs to Muster.'
  if (!permissionForm.test(name) || name.length > PERMISSION_CHARACTERS)
    return `A permission must have at most ${PERMISSION_CHARACTERS} characters and a form such as apps:deploy: lower-case words, digits and hyphens, joined by colons.`
  return null
}
