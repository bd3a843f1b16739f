import Provider, { errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import { permissionNames, scopesOf } from '../domain/apis/api.ts'
import { audiencesAsked } from '../domain/credentials/granted-audience.ts'
import type { Store } from '../domain/store.ts'
import { currentExchange } from './exchange.ts'
import { type OwnNames, resourceOfToken } from './resources.ts'
import { allowedScopes, ownScopes, type ScopedClient } from './scopes.ts'

interface TokenClient extends ScopedClient {
  idTokenSignedResponseAlg?: string
}

interface KnownApis {
  store: Pick<Store, 'reading'>
  own: OwnNames
}

/** Muster's own API, or an API of the platform (P1), as the library needs to know it. A client's own token is for Muster's API only. */
export function createResourceServerInfo({ config, store, own }: KnownApis & { config: Pick<Config, 'audience'> }) {
  return async (ctx: KoaContextWithOIDC, resource: string, client: TokenClient) => {
    const forItself = ctx.oidc.params?.grant_type === 'client_credentials'
    const isOwn = own.includes(resource)
    const api = isOwn || forItself ? null : await store.reading.apis.findByAudience(resource)
    if (!isOwn && !api)
      throw new errors.InvalidTarget(
        forItself ? `A client's own token is for ${own[0]}. Leave out the parameter resource.` : 'No API has that resource as its audience.',
      )
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

/**
 * A token request names one resource of the login, or none if the login has a default (P2). This is checked after the library has verified that the code or refresh
 * token belongs to the client, and before it is used, so that a refused request uses up nothing (E09).
 * @param granted the resources of the code or refresh token
 * @throws InvalidTarget
 */
export async function requireGrantedResource(ctx: KoaContextWithOIDC, granted: unknown, { store, own }: KnownApis): Promise<void> {
  const requested = ctx.oidc.params?.resource
  const exists = async (audience: string) => own.includes(audience) || (await store.reading.apis.findByAudience(audience)) !== null
  const audiences = audiencesAsked(granted, own)
  const wanted = requested ? audiencesAsked(requested, own) : [resourceOfToken(audiences, own)].flat()
  const [one = ''] = wanted
  const isGranted = wanted.length === 1 && audiences.includes(one)
  const others = audiences.filter((audience) => audience !== one)
  if (isGranted && (await exists(one))) return requireApisOfRefresh(ctx, others, store)
  const existing = await Promise.all(audiences.map(exists))
  const available = audiences.filter((_, index) => existing[index])
  if (available.length === 0) throw new errors.InvalidTarget('The API was removed, and this login is for no other.')
  const reason = isGranted ? 'The API was removed.' : reasonFor(wanted.length, requested)
  throw new errors.InvalidTarget(`${reason} The parameter resource takes ${available.length > 1 ? 'one of: ' : ''}${available.join(', ')}.`)
}

function reasonFor(count: number, requested: unknown): string {
  if (!requested) return 'This login is for several APIs.'
  return count > 1 ? 'A token is for one API.' : 'This login does not include that resource.'
}

/** The library itself compares the resources only after it has used the code. */
export function checkResourceBeforeUse(code: Record<string, unknown>, apis: KnownApis): void {
  type Consume = (this: { resource?: unknown; error?: string }) => Promise<void>
  const consume = code.consume as Consume
  code.consume = async function consumeForResource() {
    // A denied device code has no resource.
    if (this.error === undefined) await requireGrantedResource(Provider.ctx as KoaContextWithOIDC, this.resource, apis)
    return consume.call(this)
  } satisfies Consume
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

/**
 * A permission means something only at its API, so a request that names the permission names the API too (P2). Where a login begins, that is any of its resources.
 * One that no API has any more is left out, as everywhere (P1).
 * @throws InvalidScope
 */
export async function requireApisOfScopes({ oidc }: KoaContextWithOIDC, client: ScopedClient, store: KnownApis['store']): Promise<void> {
  if (client.takes_any_scope) return
  const servers = Object.values(oidc.resourceServers ?? {})
  const foreign = [...oidc.requestParamScopes].filter((scope) => !ownScopes.includes(scope) && !servers.some(({ scopes }) => scopes.has(scope)))
  await refuseForeign(foreign, store)
}

/**
 * A refresh that names a permission and no resource, though the login has its API. A login from before may have the permission without its API: there it is left out, because naming the API would
 * not help.
 */
async function requireApisOfRefresh(
  { oidc: { params, requestParamScopes } }: KoaContextWithOIDC,
  others: readonly string[],
  store: KnownApis['store'],
): Promise<void> {
  if (params?.resource || !params?.scope) return
  const permissions = [...requestParamScopes].filter((scope) => !ownScopes.includes(scope))
  await refuseForeign(permissions, store, others)
}

async function refuseForeign(permissions: readonly string[], store: KnownApis['store'], audiences?: readonly string[]): Promise<void> {
  if (permissions.length === 0) return
  const apis = (await store.reading.apis.list()).filter(({ audience }) => audiences?.includes(audience) ?? true)
  for (const permission of permissions) {
    const api = apis.find((one) => permissionNames([one]).includes(permission))
    if (api) throw invalidScope(`The scope ${permission} is for ${api.audience}. Name that API in the parameter resource.`, permission)
  }
}

function invalidScope(description: string, scope?: string): errors.InvalidScope {
  return new errors.InvalidScope(description, scope as never)
}
