import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import { scopesOf } from '../domain/apis/api.ts'
import type { Store } from '../domain/store.ts'
import { currentExchange } from './exchange.ts'
import type { OwnNames } from './resources.ts'
import { allowedScopes, ownScopes, type ScopedClient } from './scopes.ts'

interface TokenClient extends ScopedClient {
  idTokenSignedResponseAlg?: string
}

/** Muster's own API, or an API of the platform (P1), as the library needs to know it. A client's own token is for Muster's API only. */
export function createResourceServerInfo({ config, store, own }: { config: Pick<Config, 'audience'>; store: Pick<Store, 'reading'>; own: OwnNames }) {
  return async (ctx: KoaContextWithOIDC, resource: string, client: TokenClient) => {
    const forItself = ctx.oidc.params?.grant_type === 'client_credentials'
    const isOwn = own.includes(resource)
    const api = isOwn || forItself ? null : await store.reading.apis.findByAudience(resource)
    if (!isOwn && !api) throw new errors.InvalidTarget()
    if (forItself) requireScopes(ctx.oidc.params?.scope as string | undefined, client, { forItself })
    currentExchange().api = api
    const allowed = allowedScopes(client, forItself)
    const meaningful = api ? scopesOf(api) : forItself ? allowed : ownScopes
    return {
      scope: allowed.filter((scope) => meaningful.includes(scope)).join(' '),
      audience: api?.audience ?? config.audience,
      accessTokenFormat: 'jwt' as const,
      jwt: { sign: { alg: client.idTokenSignedResponseAlg === 'RS256' ? ('RS256' as const) : ('ES256' as const) } },
    }
  }
}

/** A longer list of scopes would make a token of more than 4 KB. The scope `api` stands for all permissions. */
const SCOPE_CHARACTERS = 700

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
  if (scopes.join(' ').length > SCOPE_CHARACTERS) throw invalidScope(`The parameter scope has more than ${SCOPE_CHARACTERS} characters. Request fewer scopes.`)
}

function invalidScope(description: string, scope?: string): errors.InvalidScope {
  return new errors.InvalidScope(description, scope as never)
}
