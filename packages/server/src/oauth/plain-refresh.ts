import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Execute } from '../domain/command/context.ts'
import { scopesGrantedAt } from '../domain/credentials/granted-audience.ts'
import { usePlainRefreshToken } from '../domain/credentials/refresh-token.ts'
import { accessTokenSeconds } from '../domain/credentials/session.ts'
import type { RegisteredClient } from '../domain/credentials/store.ts'
import { parseToken } from '../domain/model/opaque-token.ts'
import { digest } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'
import { signAccessToken } from './access-tokens.ts'
import type { KnownClients } from './known-clients.ts'
import type { OwnNames } from './resources.ts'
import { ownScopes, registeredScopes } from './scopes.ts'
import type { SigningKeys } from './signing-keys.ts'

interface Options {
  config: Pick<Config, 'issuer' | 'audience'>
  store: Store
  execute: Execute
  clients: KnownClients
  signingKeys: Pick<SigningKeys, 'require' | 'signing'>
  own: OwnNames
}

/** The response of a token endpoint (RFC 6749 section 5.1). */
export interface TokenAnswer {
  access_token: string
  expires_in: number
  refresh_token: string
  scope: string
  token_type: 'Bearer'
}

/** The fields of a request by a public client that asks for nothing but a new access token. */
const PLAIN_FIELDS = ['client_id', 'grant_type', 'refresh_token']

/**
 * Answers the refresh of a command line, in front of the library: one statement and one signature, unless the use is recorded. It gives no refusal, and reads no
 * `scope`, `resource` or other parameter. Null for every request that needs one of these; the library then answers it.
 */
export function createPlainRefresh({ config, store, execute, clients, signingKeys, own }: Options) {
  return async ({ headers, origin }: Pick<FastifyRequest, 'headers' | 'origin'>, form: string | undefined): Promise<TokenAnswer | null> => {
    const fields = plainFields(headers, form, PLAIN_FIELDS)
    if (fields?.grant_type !== 'refresh_token') return null
    const { client_id: clientId = '', refresh_token: refreshToken = '' } = fields
    if (parseToken('muster_rt', refreshToken) === null) return null
    const client = await clients.find(clientId)
    if (!client || !isPlain(client)) return null
    await signingKeys.require(client.alg)

    const used = await usePlainRefreshToken({ store, execute }, origin, { tokenHash: digest(refreshToken), client })
    if (!Array.isArray(used?.grant?.scopes) || !scopesGrantedAt(used.grant, own[0], own)) return null
    Object.assign(origin, { userId: used.live.account.id, clientId: client.id })
    const granted = (used.grant.scopes as string[]).filter((scope) => used.scopes.includes(scope))
    const scopes = registeredScopes(granted, { clientId, allowed_scopes: client.scopes }).filter((scope) => ownScopes.includes(scope))
    const expiresIn = accessTokenSeconds(used.live)
    const exp = Math.floor(Date.now() / 1000) + expiresIn
    const accessToken = signAccessToken({ config, signingKeys }, { live: used.live, clientId: client.id, alg: client.alg, scopes, exp })
    return { access_token: accessToken, expires_in: expiresIn, refresh_token: refreshToken, scope: scopes.join(' '), token_type: 'Bearer' }
  }
}

const isPlain = ({ public: hasNoSecret, commandLine, grants }: RegisteredClient): boolean => hasNoSecret && commandLine && grants.includes('refresh_token')

/** The fields of the form, if it has exactly these, once each, and no header says more about the client. */
export function plainFields(headers: FastifyRequest['headers'], form: string | undefined, names: readonly string[]): Record<string, string> | null {
  if (form === undefined || headers.authorization !== undefined || headers.origin !== undefined) return null
  if (Object.keys(headers).some((name) => name.startsWith('oauth-client-attestation'))) return null
  const fields = new URLSearchParams(form)
  if (fields.size !== names.length || !names.every((name) => fields.get(name))) return null
  return Object.fromEntries(fields)
}
