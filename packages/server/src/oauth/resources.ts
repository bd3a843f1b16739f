import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import { allowedScopes, requireScopes, type ScopedClient } from './scopes.ts'

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

interface TokenClient extends ScopedClient {
  idTokenSignedResponseAlg?: string
}

export function createResourceServerInfo({ audience }: Pick<Config, 'audience'>, resources: readonly string[]) {
  return (ctx: KoaContextWithOIDC, resource: string, client: TokenClient) => {
    if (!resources.includes(resource)) throw new errors.InvalidTarget()
    const forItself = ctx.oidc.params?.grant_type === 'client_credentials'
    if (forItself) requireScopes(ctx.oidc.params?.scope as string | undefined, client, { forItself })
    return {
      scope: allowedScopes(client, forItself).join(' '),
      audience,
      accessTokenFormat: 'jwt' as const,
      jwt: { sign: { alg: client.idTokenSignedResponseAlg === 'RS256' ? ('RS256' as const) : ('ES256' as const) } },
    }
  }
}
