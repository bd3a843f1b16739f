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
