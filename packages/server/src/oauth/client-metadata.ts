import type { Client } from '../domain/model/client.ts'

/** A client for the library. It has the ids of the secrets in place of a secret: `KnownClients` compares what is presented. */
export function clientMetadata(client: Client): Record<string, unknown> {
  return {
    client_id: client.id,
    client_name: client.name,
    ...(!client.public && { client_secret: client.secrets.map(({ id }) => id).join(' ') }),
    token_endpoint_auth_method: client.public ? 'none' : 'client_secret_basic',
    application_type: client.native ? 'native' : 'web',
    grant_types: client.grants,
    response_types: client.grants.includes('authorization_code') ? ['code'] : [],
    redirect_uris: client.redirectUris,
    post_logout_redirect_uris: client.postLogoutRedirectUris,
    // Not `scope`: the library silently drops unknown scopes. See scopes.ts.
    allowed_scopes: client.scopes,
    takes_any_scope: client.impliedScopes.length > 0,
    require_pkce: client.requirePkce,
    id_token_signed_response_alg: client.alg,
    command_line: client.commandLine,
  }
}

/** Additional client properties that the library keeps, in snake case as its own classes read them. */
export const ownClientProperties = ['command_line', 'allowed_scopes', 'takes_any_scope', 'require_pkce'] as const

/**
 * True for a page of this application: a client without a secret, and a request from the origin of a redirect URI. A client with a secret
 * does not run in a page, and many unrelated documents have the origin `null`.
 */
export const isOriginOf = (client: Pick<Client, 'public' | 'redirectUris'>, origin: string): boolean =>
  client.public && origin !== 'null' && client.redirectUris.some((uri) => URL.parse(uri)?.origin === origin)
