import type { Client } from '../domain/client.ts'
import { digest, sameBytes } from '../domain/secret-keys.ts'

/** A client as the library knows it. In the place of the secret stands its hash, see `secretFits`. */
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
    scope: client.scopes.join(' '),
    id_token_signed_response_alg: client.alg,
    command_line: client.commandLine,
  }
}

/** Whether a secret is the one whose hash the client carries; digests have one length, so the comparison tells nothing. */
export const secretFits = (storedHex: string | undefined, secret: unknown): boolean =>
  typeof secret === 'string' && storedHex !== undefined && sameBytes(digest(secret), Buffer.from(storedHex, 'hex'))
