import type { Client } from '../domain/model/client.ts'
import { digest, sameBytes } from '../domain/model/secret-keys.ts'

/** A client for the library. It has the hash in place of the secret, see `isSecretValid`. */
export function clientMetadata(client: Client & { secretHash: Uint8Array | null }): Record<string, unknown> {
  return {
    client_id: client.id,
    client_name: client.name,
    ...(client.secretHash && { client_secret: Buffer.from(client.secretHash).toString('hex') }),
    token_endpoint_auth_method: client.secretHash ? 'client_secret_basic' : 'none',
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

/** True if the secret matches the client's hash. Digests have the same length, so the comparison takes constant time. */
export const isSecretValid = (storedHex: string | undefined, secret: unknown): boolean =>
  typeof secret === 'string' && storedHex !== undefined && sameBytes(digest(secret), Buffer.from(storedHex, 'hex'))
