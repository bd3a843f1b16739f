import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import { allowedScopes, type ScopedClient } from './scopes.ts'

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

/**
 * RFC 6749 section 3.3. A token without scopes is useless, so a request without scopes, or with one that the client lacks, is refused
 * with the list of allowed scopes. Built-in clients of other systems are exempt: they request their own scopes.
 * @throws InvalidScope
 */
export function requireScopes(asked: string | undefined, client: ScopedClient, { forItself = false } = {}): void {
  if (client.takes_any_scope) return
  const allowed = allowedScopes(client, forItself)
  const hint = allowed.length > 0 ? `This client may request: ${allowed.join(' ')}.` : 'No scopes are registered for this client.'
  const scopes = (asked ?? '').split(' ').filter(Boolean)
  if (scopes.length === 0) throw invalidScope(`The parameter scope is missing. ${hint}`)
  const other = scopes.find((scope) => !allowed.includes(scope))
  if (other !== undefined) throw invalidScope(`The scope ${other.slice(0, 60)} is not allowed for this client. ${hint}`, other)
}

function invalidScope(description: string, scope?: string): errors.InvalidScope {
  return new errors.InvalidScope(description, scope as never)
}
