import { allNamesOf, audiencesAsked } from '../domain/credentials/granted-audience.ts'

/** Muster's own API under all its names: the library requires absolute URIs as resources, and tokens carry the audience itself. */
export type OwnNames = readonly [string, ...string[]]

/** What the library keeps of the resources that a request names. A request without one stays without one. */
export const resourcesOf = (asked: unknown, own: OwnNames): string[] | undefined =>
  asked === undefined || (Array.isArray(asked) && asked.length === 0) ? undefined : allNamesOf(audiencesAsked(asked, own), own)

/** The library's grant, from the session: the scopes of a device login, or the grant of the code flow. */
export function grantPayloadOf(stored: Record<string, unknown>, own: OwnNames): Record<string, unknown> {
  if (Array.isArray(stored.scopes)) {
    const scope = stored.scopes.join(' ')
    const names = allNamesOf(audiencesAsked(stored.audiences, own), own)
    return { openid: { scope }, resources: Object.fromEntries(names.map((name) => [name, scope])) }
  }
  return stored.grant as Record<string, unknown>
}

/**
 * The resource of a token whose request names none (RFC 8707 section 2): Muster's own API if it is among those of the login, or the only one. Otherwise all of them,
 * which the library refuses.
 */
export function resourceOfToken(granted: readonly string[] | undefined, own: OwnNames): string | string[] {
  const audiences = audiencesAsked(granted, own)
  return audiences.includes(own[0]) ? own[0] : audiences.length === 1 ? (audiences[0] as string) : [...audiences]
}
