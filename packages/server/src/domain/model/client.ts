import type { ClientId } from '@muster/contract/ids.ts'

export const grants = ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'] as const
export type Grant = (typeof grants)[number]

/** An application that the operator lets sign people in, or act for itself (S58). */
export interface Client {
  id: ClientId
  name: string
  grants: Grant[]
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  scopes: string[]
  alg: 'ES256' | 'RS256'
  /** Without a secret (RFC 6749 section 2.1). */
  public: boolean
  /** Runs on a person's machine: redirects to a loopback address on any port (RFC 8252), and always asks for consent. */
  native: boolean
  /** Signs a person in at a terminal: a login for a day, or a refresh token that does not rotate (S46, S47). */
  commandLine: boolean
  /** Granted whatever it asks for: a client whose own words are not ours. */
  impliedScopes: string[]
  /** Comes with a part of the server, and goes when that part is switched off. */
  builtIn: boolean
  /** False only for a client with a secret, which then sends a `nonce` where it sends no challenge. */
  requirePkce: boolean
  /** Receives a logout token when one of its sessions ends. */
  backchannelLogoutUri: string | null
  createdAt: Date
  removedAt: Date | null
}

/** A command line of another make that signs in here: public, and registered by nobody. */
export type BuiltInClient = Pick<Client, 'id' | 'name' | 'grants' | 'scopes' | 'alg' | 'impliedScopes'>
