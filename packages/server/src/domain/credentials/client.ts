import { isDeepStrictEqual } from 'node:util'
import { CLI_CLIENT_ID, type ClientId } from '@muster/contract/ids.ts'
import { machineScopes, personScopes } from '@muster/contract/permissions.ts'
import { type Api, permissionNames } from '../apis/api.ts'
import type { Context } from '../command/context.ts'
import { type BuiltInClient, type Client, type Grant, grants } from '../model/client.ts'
import { newId } from '../model/id.ts'
import { newOpaqueToken } from '../model/opaque-token.ts'
import { Problem } from '../model/problem.ts'
import { digest } from '../model/secret-keys.ts'
import type { Tx } from '../store.ts'
import type { ClientChange, RegisteredClient } from './store.ts'

/** Anything else cannot be a client's id, and needs no query. */
export const isClientId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text)

export interface RegisterClient {
  name: string
  grants: string[]
  redirectUris?: string[] | undefined
  postLogoutRedirectUris?: string[] | undefined
  scopes: string[]
  alg?: 'ES256' | 'RS256' | undefined
  public?: boolean | undefined
  native?: boolean | undefined
  firstParty?: boolean | undefined
  requirePkce?: boolean | undefined
  backchannelLogoutUri?: string | undefined
  /** The audience of the API that the client belongs to. */
  api?: string | undefined
  /** Hosts inside the operator's network that logout tokens may be sent to, by http too. */
  internalHosts?: readonly string[] | undefined
}

/** Registers a client. Its secret is shown only in this response. */
export async function registerClient({ tx, principal, record }: Context, input: RegisterClient): Promise<{ client: Client; secret: string | null }> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const native = input.native ?? false
  const wanted = {
    name: input.name.trim(),
    grants: [...new Set(input.grants)] as Grant[],
    redirectUris: [...new Set(input.redirectUris ?? [])],
    postLogoutRedirectUris: [...new Set(input.postLogoutRedirectUris ?? [])],
    scopes: [...new Set(input.scopes)],
    alg: input.alg ?? ('ES256' as const),
    public: input.public ?? native,
    native,
    commandLine: false,
    impliedScopes: [],
    firstParty: input.firstParty ?? true,
    builtIn: false,
    requirePkce: input.requirePkce ?? true,
    backchannelLogoutUri: input.backchannelLogoutUri ?? null,
  }
  await tx.apis.share()
  const apis = await tx.apis.list()
  const apiId = apis.find(({ audience }) => audience === input.api)?.id ?? null
  const unknown = input.api !== undefined && apiId === null ? [faultOfApi(input.api)] : []
  requireNoFaults({ ...wanted, apiId }, { apis, internalHosts: input.internalHosts }, unknown)
  const secret = wanted.public ? null : newOpaqueToken('muster_cs')
  const client = await tx.clients.insert({ id: newId('client'), ...wanted, apiId, secretHash: secret === null ? null : digest(secret) })
  const { id: target, name, grants, scopes } = client
  await record({ type: 'client.registered', target, name, grants, scopes, ...(!client.firstParty && { thirdParty: true as const }) })
  return { client, secret }
}

/** Removes a client. It gets no more tokens, and its tokens and sessions are revoked. The row stays, because the audit log names it. */
export async function removeClient({ tx, principal, record }: Context, { clientId }: { clientId: ClientId }): Promise<void> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  await takeOut({ tx, record }, await lockOwnClient(tx, clientId))
}

/** The operator's client, with its row locked until commit. @throws Problem client_not_found, or client_invalid for one that ships with Muster */
export async function lockOwnClient(tx: Pick<Tx, 'clients'>, clientId: ClientId): Promise<RegisteredClient> {
  const client = isClientId(clientId) ? await tx.clients.lock(clientId) : null
  if (!client || client.removedAt) throw new Problem('client_not_found')
  if (client.builtIn)
    throw new Problem('client_invalid', `${client.name} is built in. It cannot be changed, and is removed when MUSTER_COMPAT no longer names its system.`)
  if (client.id === CLI_CLIENT_ID) throw new Problem('client_invalid', 'The muster command signs in with this client, so it cannot be changed or removed.')
  return client
}

export interface ChangeClient extends Partial<ClientChange> {
  clientId: ClientId
  /** Accepted only if it is the API that the client has. */
  api?: string | null | undefined
  internalHosts?: readonly string[] | undefined
}

/** How the API and the events name the values that can change. What kind of program the client is cannot change: another kind is another client. */
const fieldNames: Record<keyof ClientChange, string> = {
  name: 'name',
  redirectUris: 'redirect_uris',
  postLogoutRedirectUris: 'post_logout_redirect_uris',
  scopes: 'scopes',
  requirePkce: 'require_pkce',
  backchannelLogoutUri: 'backchannel_logout_uri',
}

/** Changes the given values of a client. Nothing that was issued to it ends: what it may do is checked at use, and with each new token (P14). */
export async function changeClient({ tx, principal, record }: Context, { clientId, api, internalHosts, ...asked }: ChangeClient): Promise<Client> {
  if (principal.kind !== 'operator') throw new Problem('operator_required')
  const client = await lockOwnClient(tx, clientId)
  const wanted = {
    ...client,
    name: asked.name?.trim() ?? client.name,
    redirectUris: [...new Set(asked.redirectUris ?? client.redirectUris)],
    postLogoutRedirectUris: [...new Set(asked.postLogoutRedirectUris ?? client.postLogoutRedirectUris)],
    scopes: [...new Set(asked.scopes ?? client.scopes)],
    requirePkce: asked.requirePkce ?? client.requirePkce,
    backchannelLogoutUri: asked.backchannelLogoutUri === undefined ? client.backchannelLogoutUri : asked.backchannelLogoutUri,
  }
  const apis = await tx.apis.list()
  const current = apis.find(({ id }) => id === client.apiId)?.audience ?? null
  requireNoFaults(wanted, { apis, kept: client.scopes, internalHosts }, api === undefined || api === current ? [] : [faultOfOtherApi(client, api)])
  const changed = (Object.keys(fieldNames) as (keyof ClientChange)[]).filter((field) => !isDeepStrictEqual(wanted[field], client[field]))
  if (changed.length > 0) {
    const { id: target, name, scopes, redirectUris } = wanted
    await tx.clients.change(target, wanted)
    if (changed.includes('scopes')) await tx.receivers.announceClient(target)
    await record({
      type: 'client.changed',
      target,
      name,
      fields: changed.map((field) => fieldNames[field]),
      ...(changed.includes('scopes') && { scopes }),
      ...(changed.includes('redirectUris') && { redirectUris }),
    })
  }
  return withoutHashes(wanted)
}

async function takeOut({ tx, record }: Pick<Context, 'tx' | 'record'>, { id: target, name }: Pick<Client, 'id' | 'name'>): Promise<void> {
  if (await tx.clients.remove(target)) await record({ type: 'client.removed', target, name, at: (await tx.now()).toISOString() })
}

/** Runs at every start: installs the clients of compatibility layers that are switched on, and removes the others. Idempotent. */
export async function installBuiltInClients({ tx, principal, record }: Context, { clients }: { clients: readonly BuiltInClient[] }): Promise<void> {
  if (principal.kind !== 'system') throw new Problem('operator_required')
  for (const client of clients) {
    const { id: target, name, grants, scopes } = client
    if (await tx.clients.install(client)) await record({ type: 'client.registered', target, name, grants, scopes })
  }
  const wanted = new Set(clients.map(({ id }) => id))
  for (const { id: target, name, builtIn } of await tx.clients.list()) {
    if (builtIn && !wanted.has(target)) await takeOut({ tx, record }, { id: target, name })
  }
}

export const listClients = (tx: Pick<Tx, 'clients'>): Promise<Client[]> => tx.clients.list()

/** @throws Problem client_not_found */
export async function clientOf(tx: Pick<Tx, 'clients'>, clientId: ClientId): Promise<Client> {
  const client = isClientId(clientId) ? await tx.clients.find(clientId) : null
  if (!client || client.removedAt) throw new Problem('client_not_found')
  return withoutHashes(client)
}

/** Without what only the server may know. */
const withoutHashes = ({ version: _, ...client }: RegisteredClient): Client => ({
  ...client,
  secrets: client.secrets.map(({ hash: _, ...secret }) => secret),
})

interface Fault {
  field: string
  message: string
}

/** P13 */
const faultOfApi = (api: string): Fault => ({
  field: 'api',
  message: `There is no API ${JSON.stringify(api.slice(0, 200))}. To list them: muster server api list`,
})

/** Its verifiers are set to the audience, and remember what they introspected. Another API is another client. */
const faultOfOtherApi = ({ scopes, grants }: Pick<Client, 'scopes' | 'grants'>, api: string | null): Fault => {
  const options = ['--grant', ...grants, '--scope', ...scopes, ...(api === null ? [] : ['--api', api.slice(0, 200)])]
  return { field: 'api', message: `The API of a client cannot change. Register another client: muster server client create NAME ${options.join(' ')}` }
}

type Described = Omit<Client, 'id' | 'secrets' | 'commandLine' | 'impliedScopes' | 'builtIn' | 'createdAt' | 'removedAt'>

/** The state that a client is checked against. */
interface Surroundings {
  apis: readonly Api[]
  /** Scopes that the client has already. A permission among them may have left the manifest. */
  kept?: readonly string[] | undefined
  internalHosts?: readonly string[] | undefined
}

/** @throws Problem client_invalid with all faults at once */
function requireNoFaults(client: Described, surroundings: Surroundings, more: readonly Fault[] = []): void {
  const faults = [...clientFaults(client, surroundings), ...more]
  if (faults.length > 0) throw new Problem('client_invalid', faults.map(({ message }) => message).join(' '), { extensions: { faults } })
}

function clientFaults(client: Described, { apis, kept = [], internalHosts = [] }: Surroundings): Fault[] {
  const permissions = [...permissionNames(apis), ...kept]
  const faults: Fault[] = []
  const fault = (field: string, message: string) => faults.push({ field, message })
  const may = (grant: Grant) => client.grants.includes(grant)
  const signsPeopleIn = may('authorization_code') || may('urn:ietf:params:oauth:grant-type:device_code')

  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name shown on the consent page may not hold
  if (client.name.length < 1 || client.name.length > 60 || /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/.test(client.name)) {
    fault('name', 'A name must have 1 to 60 visible characters.')
  }
  if (client.grants.length === 0) fault('grants', 'At least one grant is required.')
  for (const grant of client.grants)
    if (!grants.includes(grant)) fault('grants', `There is no grant ${JSON.stringify(grant)}. Use one of: ${grants.join(', ')}.`)
  if (may('refresh_token') && !signsPeopleIn) fault('grants', 'refresh_token also requires authorization_code or the device grant.')
  if (may('client_credentials') && client.public) fault('grants', 'client_credentials requires a secret, and a public client has none.')
  if (may('authorization_code') && client.redirectUris.length === 0) fault('redirect_uris', 'authorization_code requires a redirect URI.')
  if (!may('authorization_code') && client.redirectUris.length > 0) fault('redirect_uris', 'Redirect URIs require the grant authorization_code.')
  for (const [field, uris] of [
    ['redirect_uris', client.redirectUris],
    ['post_logout_redirect_uris', client.postLogoutRedirectUris],
  ] as const) {
    if (uris.length > 20) fault(field, 'At most 20 URIs can be registered.')
    for (const uri of uris) {
      const wrong = redirectFault(uri)
      if (wrong) fault(field, `${JSON.stringify(uri.slice(0, 200))} ${wrong}`)
    }
  }
  for (const scope of client.scopes) {
    const machine = (machineScopes as readonly string[]).includes(scope)
    if (!machine && !(personScopes as readonly string[]).includes(scope) && !permissions.includes(scope))
      fault(
        'scopes',
        `There is no scope ${JSON.stringify(scope)}. Use one of: ${[...personScopes, ...machineScopes].join(', ')}, or a permission of an API: muster server api list`,
      )
    else if (machine && client.public) fault('scopes', `${scope} requires a secret, and a public client has none.`)
    else if (!machine && !signsPeopleIn) fault('scopes', `${scope} requires a grant that signs a person in.`)
  }
  if (client.apiId !== null && !['introspect', 'signals'].some((scope) => client.scopes.includes(scope)))
    fault('api', 'Only a client with the scope introspect or signals belongs to an API.')
  if (client.scopes.includes('offline_access') && !may('refresh_token')) fault('scopes', 'offline_access requires the grant refresh_token.')
  const readsNonces = may('authorization_code') && !client.public && client.scopes.includes('openid')
  if (!client.requirePkce && !readsNonces)
    fault('require_pkce', 'Only a client with a secret, the grant authorization_code and the scope openid can omit PKCE.')
  if (client.backchannelLogoutUri !== null) {
    const uri = client.backchannelLogoutUri
    const wrong = addressFault(uri, (url) => isLoopback(url) || isInternalHost(url, internalHosts))
    if (wrong) fault('backchannel_logout_uri', `${JSON.stringify(uri.slice(0, 200))} ${wrong}`)
    if (!may('authorization_code') || !client.scopes.includes('openid'))
      fault('backchannel_logout_uri', 'Back-channel logout requires the grant authorization_code and the scope openid.')
  }
  return client.firstParty ? faults : [...faults, ...thirdPartyFaults(client)]
}

/** P16: it acts for people only, and only through PKCE. The device grant and the scope `api` are for the operator to name; nothing adds them. */
function thirdPartyFaults({ grants, scopes, requirePkce }: Described): Fault[] {
  const own = scopes.filter((scope) => (machineScopes as readonly string[]).includes(scope))
  return [
    ...(grants.includes('client_credentials')
      ? [{ field: 'grants', message: 'A third-party client acts for people only, so client_credentials is not possible.' }]
      : []),
    ...own.map((scope) => ({ field: 'scopes', message: `A third-party client acts for people only, so ${scope} is not possible.` })),
    ...(requirePkce ? [] : [{ field: 'require_pkce', message: 'A third-party client must use PKCE.' }]),
  ]
}

/** A listed host without a port matches every port. */
export const isInternalHost = ({ host, hostname }: URL, internalHosts: readonly string[]): boolean =>
  internalHosts.includes(host) || internalHosts.includes(hostname)

const isLoopback = ({ hostname }: URL): boolean => ['127.0.0.1', '[::1]', 'localhost'].includes(hostname)

/** Exact URIs only: https, or http to this machine (RFC 9700 section 2.1, RFC 8252 section 7.3). */
const redirectFault = (uri: string): string | null => addressFault(uri, isLoopback)

function addressFault(uri: string, mayBePlain: (url: URL) => boolean): string | null {
  const url = URL.parse(uri)
  if (!url) return 'is not an absolute URL.'
  if (uri.includes('#')) return 'has a fragment.'
  if (uri.includes('*')) return 'has a wildcard; URIs are compared exactly.'
  if (url.username !== '' || url.password !== '') return 'contains a user name or password.'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBePlain(url)))
    return 'must begin with https:// (http:// is allowed only for 127.0.0.1, [::1] and localhost).'
  return null
}
