import { OWN_API } from '../apis/api.ts'

/** The grant of a session, as it is stored: of a login by device code, or of the code flow. Sessions from before there were APIs name no audiences. */
export type GrantPayload = { scopes?: unknown; audiences?: unknown; grant?: unknown } & Record<string, unknown>

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [])

/** The audiences that a request names, once each: `own[0]` stands for all names of Muster's own API, and for a request that names none. */
export function audiencesAsked(resource: unknown, own: readonly [string, ...string[]]): string[] {
  const asked = typeof resource === 'string' ? [resource] : texts(resource)
  return asked.length === 0 ? [own[0]] : [...new Set(asked.map((one) => (own.includes(one) ? own[0] : one)))]
}

/** A resource requested under one name is granted under all names, so that the requests of a flow may use different ones. */
export const allNamesOf = (audiences: readonly string[], own: readonly [string, ...string[]]): string[] =>
  audiences.flatMap((one) => (own.includes(one) ? [...own] : [one]))

/** The scopes that a session was granted at an audience. Null: the grant does not name it (P2). */
export function scopesGrantedAt(payload: GrantPayload | null, audience: string, own: readonly [string, ...string[]]): string[] | null {
  if (!payload) return null
  if (Array.isArray(payload.scopes)) return audiencesAsked(payload.audiences, own).includes(audience) ? texts(payload.scopes) : null
  const { resources = {} } = (payload.grant ?? {}) as { resources?: Record<string, string> }
  const scope = Object.hasOwn(resources, audience) ? resources[audience] : undefined
  return scope === undefined ? null : scope.split(' ').filter(Boolean)
}

/**
 * The grant of a device login, as its session stores it. Without Muster's own API it has the form of the code flow, because a server of the version before would read
 * the other form as a login for Muster's own API.
 * @param audiences of a login that names an API of the platform. Undefined: for Muster's own API
 */
export function grantOfLogin(scopes: readonly string[], audiences: unknown): GrantPayload {
  const named = audiencesAsked(audiences, [OWN_API])
  if (audiences === undefined) return { scopes: [...scopes] }
  if (named.includes(OWN_API)) return { scopes: [...scopes], audiences: named }
  const scope = scopes.join(' ')
  return { grant: { openid: { scope }, resources: Object.fromEntries(named.map((one) => [one, scope])) } }
}
