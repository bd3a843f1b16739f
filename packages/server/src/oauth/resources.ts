import type { Config } from '../config.ts'

/**
 * Each installation has one audience (S58). The library requires absolute URIs as resources, so this URI stands for the audience; tokens contain the
 * audience itself. It can also be requested by its own name, if that is a URI, or by the issuer's.
 */
export function resourceNames({ audience, issuer }: Pick<Config, 'audience' | 'issuer'>): readonly [string, ...string[]] {
  const others = [audience, issuer, `${issuer}/`].filter((name) => URL.canParse(name) && !name.includes('#'))
  return ['urn:muster:api', ...new Set(others)]
}

/** A resource requested under one name is granted under all names, so that the requests of a flow may use different ones. */
export const resourcesOf = (asked: unknown, resources: readonly string[]): string[] | undefined =>
  asked === undefined || (Array.isArray(asked) && asked.length === 0) ? undefined : [...resources]

/** The library's grant, from the session: the scopes of a device login, or the grant of the code flow. */
export function grantPayloadOf(stored: Record<string, unknown>, resources: readonly string[]): Record<string, unknown> {
  if (Array.isArray(stored.scopes)) {
    const scope = stored.scopes.join(' ')
    return { openid: { scope }, resources: Object.fromEntries(resources.map((name) => [name, scope])) }
  }
  return stored.grant as Record<string, unknown>
}
