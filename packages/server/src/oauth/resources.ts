import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import { allowedScopes, requireScopes, type ScopedClient } from './scopes.ts'

/**
 * There is one audience per installation (S58). The library wants absolute URIs as resources, so this is what it calls the audience; the tokens
 * carry the audience itself. It may also be asked for by its own name, where that is a URI, and by the issuer's.
 */
export function resourceNames({ audience, issuer }: Pick<Config, 'audience' | 'issuer'>): readonly [string, ...string[]] {
  const others = [audience, issuer, `${issuer}/`].filter((name) => URL.canParse(name) && !name.includes('#'))
  return ['urn:muster:api', ...new Set(others)]
}

/** What was asked for by one name is granted by all of them, so that the names may differ between the requests of one flow. */
export const resourcesOf = (asked: unknown, resources: readonly string[]): string[] | undefined =>
  asked === undefined || (Array.isArray(asked) && asked.length === 0) ? undefined : [...resources]

/** The library's grant from what the session keeps: the scopes of a device login, or what the code flow granted. */
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
