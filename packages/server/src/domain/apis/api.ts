import type { ApiId } from '@muster/contract/ids.ts'
import type { BuiltInRole } from '@muster/contract/permissions.ts'
import type { Rights } from '../model/live.ts'
import type { HeldRole } from '../model/role.ts'

/** An API of the platform: a resource server of OAuth (P1). Its tokens carry its audience, and its permissions are what they may do. */
export interface Api {
  id: ApiId
  name: string
  /** An absolute URI: the `aud` of its tokens, and the `resource` of requests for them (RFC 8707). */
  audience: string
  permissions: ApiPermission[]
  /** What each built-in role may do, as patterns: a permission, `apps:*` for all that begin so, or `*` for all. An admin may do everything. */
  grants: ApiGrants
  /** The longest life of its access tokens, in seconds. Null: that of the login. */
  longestTokenSeconds: number | null
  /** Also accepts tokens of Muster's own audience (P4). */
  acceptsDefaultAudience: boolean
  /** Of its permissions and grants. Raised with each change (P10). */
  revision: number
}

export interface ApiPermission {
  /** `apps:deploy`, for example. No two APIs have a permission of the same name. */
  name: string
  /** What it allows, for a person. */
  description: string
}

/** The built-in roles that a manifest grants permissions to. An admin has all of them. */
export const grantedRoles = ['member', 'viewer'] as const satisfies readonly BuiltInRole[]
export type ApiGrants = Record<(typeof grantedRoles)[number], string[]>

/** Muster's own API, among the resources of a request. */
export const OWN_API = 'urn:muster:api'

/** The URIs that stand for Muster's own API. The first is in no token: tokens carry the audience itself, which need not be a URI. */
export function ownAudiences({ audience, issuer }: { audience: string; issuer: string }): readonly [string, ...string[]] {
  const others = [audience, issuer, `${issuer}/`].filter((name) => URL.canParse(name) && !name.includes('#'))
  return [OWN_API, ...new Set(others)]
}

/** The audiences of the tokens that a client of the API introspects. Null: a client that belongs to no API (P4, P13). */
export const audiencesFor = (api: Pick<Api, 'audience' | 'acceptsDefaultAudience'> | null, own: string): string[] =>
  api ? [api.audience, ...(api.acceptsDefaultAudience ? [own] : [])] : [own]

/** The scope of a login that may do everything its person may do. */
export const EVERYTHING = 'api'

/** The names of all permissions of these APIs. */
export const permissionNames = (apis: readonly Pick<Api, 'permissions'>[]): string[] => apis.flatMap(({ permissions }) => permissions.map(({ name }) => name))

const covers = (pattern: string, name: string): boolean =>
  pattern === '*' || pattern === name || (pattern.endsWith(':*') && name.startsWith(pattern.slice(0, -1)))

/** Whether a pattern of a grant names a permission of the API. */
export const isOfApi = ({ permissions }: Pick<Api, 'permissions'>, pattern: string): boolean => permissions.some(({ name }) => covers(pattern, name))

/** What a role may do at the API. */
export const permissionsOfRole = ({ permissions, grants }: Pick<Api, 'permissions' | 'grants'>, { role, customRole }: HeldRole): string[] => {
  const names = permissions.map(({ name }) => name)
  if (role === 'admin') return names
  if (role === 'custom') return names.filter((name) => customRole?.permissions.includes(name))
  return names.filter((name) => grants[role].some((pattern) => covers(pattern, name)))
}

/** What a credential may do at the API: what its holder's role may do now, as far as its scope goes (P5). */
export const permissionsAt = (api: Pick<Api, 'permissions' | 'grants'>, held: HeldRole, scopes: ReadonlySet<string>): string[] =>
  permissionsOfRole(api, held).filter((name) => scopes.has(EVERYTHING) || scopes.has(name))

/** Whether an actor may do this at the API. */
export const mayDoAt = (api: Pick<Api, 'permissions' | 'grants'>, rights: Rights, permission: string): boolean =>
  permissionsAt(api, rights, rights.scope ?? new Set([EVERYTHING])).includes(permission)

/** The scopes that have a meaning at the API: everything, and its permissions. */
export const scopesOf = ({ permissions }: Pick<Api, 'permissions'>): string[] => [EVERYTHING, ...permissionNames([{ permissions }])]
