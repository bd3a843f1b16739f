import type { ApiId, ClientId, ClientSecretId } from '@muster/contract/ids.ts'

export const grants = ['authorization_code', 'refresh_token', 'client_credentials', 'urn:ietf:params:oauth:grant-type:device_code'] as const
export type Grant = (typeof grants)[number]

/** An application that the operator has registered, to sign people in or to act for itself (S58). */
export interface Client {
  id: ClientId
  name: string
  grants: Grant[]
  redirectUris: string[]
  postLogoutRedirectUris: string[]
  scopes: string[]
  alg: 'ES256' | 'RS256'
  /** The valid ones, the oldest first. */
  secrets: ClientSecret[]
  /** Has no secret (RFC 6749 section 2.1). */
  public: boolean
  /** Runs on a person's machine: redirects to a loopback address on any port (RFC 8252), and always asks for consent. */
  native: boolean
  /** Signs a person in at a terminal: a login for a day, or a refresh token that does not rotate (S46, S47). */
  commandLine: boolean
  /** Always granted: the scopes of a client that does not know Muster's scopes. */
  impliedScopes: string[]
  /** Part of the platform. False: an application of somebody else, which acts only for people who consent, as far as they consent (P16). */
  firstParty: boolean
  /** Belongs to a compatibility layer, and is removed when that is switched off. */
  builtIn: boolean
  /** False only for a client with a secret, which must then send a `nonce` if it sends no challenge. */
  requirePkce: boolean
  /** Receives a logout token when one of its sessions ends. */
  backchannelLogoutUri: string | null
  /** The API of the platform whose tokens the client introspects (P13). Null: Muster's own. */
  apiId: ApiId | null
  createdAt: Date
  removedAt: Date | null
}

/** One of at most two secrets of a client. With two, a new one is deployed before the old one is revoked (P14). */
export interface ClientSecret {
  id: ClientSecretId
  createdAt: Date
  /** Accurate to about a minute. */
  lastUsedAt: Date | null
}

/** The command line of another system, as a public client that nobody has to register. */
export type BuiltInClient = Pick<Client, 'id' | 'name' | 'grants' | 'scopes' | 'alg' | 'impliedScopes'>
