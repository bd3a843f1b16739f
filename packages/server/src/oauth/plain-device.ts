import type { FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import type { Execute } from '../domain/command/context.ts'
import type { PointOfRequest } from '../domain/command/limits.ts'
import { DEVICE_SECONDS, type PendingRequests, POLL_SECONDS, requestDeviceLogin } from '../domain/credentials/device-authorization.ts'
import type { RegisteredClient } from '../domain/credentials/store.ts'
import { newOpaqueToken } from '../domain/model/opaque-token.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'
import type { KnownClients } from './known-clients.ts'
import { completeAddress, DEVICE_GRANT, routes } from './paths.ts'
import { plainFields } from './plain-refresh.ts'
import { allowedScopes, ownScopes } from './scopes.ts'

interface Options {
  config: Pick<Config, 'issuer'>
  store: Store
  execute: Execute
  clients: KnownClients
  pending: PendingRequests
  resources: readonly [string, ...string[]]
}

const PLAIN_FIELDS = ['client_id', 'scope']

/**
 * Answers the usual device authorization request in front of the library, in one statement that also spends its point. It refuses only when a limit does. Null for any
 * other request, which the library then answers.
 */
export function createPlainDevice({ config, store, execute, clients, pending, resources }: Options) {
  const address = new URL(routes.code_verification, config.issuer).href
  return async (
    { headers, origin }: Pick<FastifyRequest, 'headers' | 'origin'>,
    form: string | undefined,
    point: PointOfRequest,
  ): Promise<Record<string, unknown> | null> => {
    const fields = plainFields(headers, form, PLAIN_FIELDS)
    if (!fields) return null
    const { client_id: clientId = '', scope = '' } = fields
    if (!clients.has(clientId)) await point.spend()
    const client = await clients.find(clientId)
    if (!client || !isPlain(client)) return null
    const scopes = scope.split(' ')
    // A permission is for another API.
    const allowed = allowedScopes({ clientId, allowed_scopes: client.scopes }, false).filter((one) => ownScopes.includes(one))
    if (new Set(scopes).size !== scopes.length || !scopes.every((one) => allowed.includes(one))) return null
    if (scopes.includes('offline_access') && !client.grants.includes('refresh_token')) return null

    const deviceCode = newOpaqueToken('muster_dc')
    const params = { client_id: clientId, scope, resource: resources[0] }
    const request = { deviceCodeHash: digest(deviceCode), clientId: client.id, clientVersion: client.version, scopes, params }
    const requested = await requestDeviceLogin({ store, execute, pending }, { kind: 'anonymous', origin }, request, point).catch((error: unknown) => {
      if (error instanceof Problem && error.code === 'client_not_found') return null
      throw error
    })
    if (!requested) return null
    const { userCode } = requested
    return {
      device_code: deviceCode,
      user_code: userCode,
      verification_uri: address,
      verification_uri_complete: completeAddress(address, { userCode, clientId, commandLine: client.commandLine }),
      expires_in: DEVICE_SECONDS,
      interval: POLL_SECONDS,
    }
  }
}

const isPlain = ({ public: hasNoSecret, impliedScopes, grants }: RegisteredClient): boolean =>
  hasNoSecret && impliedScopes.length === 0 && grants.includes(DEVICE_GRANT)
