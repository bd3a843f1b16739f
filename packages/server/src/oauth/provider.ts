import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import type { Config } from '../config.ts'
import { ownAudiences } from '../domain/apis/api.ts'
import type { Execute } from '../domain/command/context.ts'
import { type Limits, type PointOfRequest, pointOfRequest } from '../domain/command/limits.ts'
import type { AccessTokens } from '../domain/credentials/access-token.ts'
import { createPendingRequests } from '../domain/credentials/device-authorization.ts'
import type { NewSigningKey } from '../domain/credentials/signing-key.ts'
import type { Client } from '../domain/model/client.ts'
import type { Principal } from '../domain/model/principal.ts'
import { Problem } from '../domain/model/problem.ts'
import type { SecretKeys } from '../domain/model/secret-keys.ts'
import type { AwaitRevocations } from '../domain/signals/receiver.ts'
import type { Store } from '../domain/store.ts'
import { acceptFormText } from '../http/body.ts'
import { type BrowserSessions, browserSessions } from '../http/browser-session.ts'
import { createAccessTokens } from './access-tokens.ts'
import { basicOf, endpointRoutes, sendOAuthError } from './endpoints.ts'
import { createEventTokenSigner, EVENT_ALG } from './event-tokens.ts'
import { newExchange, withExchange } from './exchange.ts'
import { createInteractions, type Interactions } from './interactions.ts'
import { createKnownClients } from './known-clients.ts'
import { createLibraryPages } from './pages.ts'
import { pageRoutes, withForm } from './pages-routes.ts'
import { routes } from './paths.ts'
import { createPlainDevice } from './plain-device.ts'
import { createPlainRefresh } from './plain-refresh.ts'
import { createSigningKeys, type SigningKeyTimes, type SigningKeyView } from './signing-keys.ts'

export interface OAuthOptions {
  config: Pick<Config, 'issuer' | 'audience' | 'secureCookies' | 'localMailbox'>
  store: Store
  execute: Execute
  keys: SecretKeys
  limits: Limits
  sessions?: BrowserSessions | undefined
  /** How people run the command here. */
  cli?: string | undefined
  signingKeyTimes?: SigningKeyTimes | undefined
  /** Other names of the audience, built into clients of other systems. */
  audienceAliases?: readonly string[] | undefined
  /** Missing in tests of the issuer alone. */
  awaitRevocations?: AwaitRevocations | undefined
  /** Receives errors of background work, and unexpected errors of the library. */
  onError?: ((error: unknown) => void) | undefined
}

export interface OAuth extends AccessTokens, Pick<Interactions, 'applicationOf'> {
  plugin: FastifyPluginAsync
  interactions: Interactions
  signingKeys(): Promise<SigningKeyView[]>
  rotateSigningKeys(principal: Principal): Promise<SigningKeyView[]>
  withdrawSigningKey(principal: Principal, kid: string): Promise<SigningKeyView[]>
  /** One new key for each algorithm in use, sealed with this root key (O8). */
  newSigningKeys(generation: number): Promise<NewSigningKey[]>
  /** After all keys were replaced. Resolves when no process accepts what the old keys signed. */
  onSigningKeysReplaced(): Promise<void>
  /** Another process withdrew a key. */
  readSigningKeys(): Promise<void>
  /**
   * Called after a client was registered, so that the signing keys of its tokens and events exist before it connects. A receiver reads the keys when it
   * starts, and would not know a key that was created for the first event.
   */
  prepareSigning(client: Pick<Client, 'alg' | 'scopes'>): Promise<void>
  /** Signs a Security Event Token with these claims. */
  signEventToken(claims: Record<string, unknown>, typ?: 'secevent+jwt' | 'revocation-snapshot+jwt'): Promise<string>
  /** Signs a Logout Token with these claims, in the same way as the client's ID tokens. */
  signLogoutToken(claims: Record<string, unknown>, client: Pick<Client, 'alg'>): Promise<string>
  stop(): Promise<void>
}

/** The OAuth library takes a fifth of the memory and of the start, so it is loaded with the first request that needs it. */
interface Library {
  provider: Provider
  serve: ReturnType<Provider['callback']>
}

/** The issuer: OAuth 2.0 and OpenID Connect for applications that sign users in with Muster. */
export async function createOAuth(options: OAuthOptions): Promise<OAuth> {
  const { config, store, execute, keys, limits, signingKeyTimes, audienceAliases, onError = reportError, awaitRevocations = async () => null } = options
  const sessions = options.sessions ?? browserSessions({ config, store, keys })
  const resources = ownAudiences(config)
  const pages = createLibraryPages(config, options.cli ?? 'muster')
  const clients = createKnownClients(store, onError)
  const pending = createPendingRequests(store)
  let library: Promise<Library> | undefined
  /** Those that `library` signs cookies with. A rotation of the secret replaces them (O8). */
  let cookieKeys: SecretKeys['everyLasting'] | undefined

  const signingKeys = await createSigningKeys({
    ...signingKeyTimes,
    store,
    execute,
    keys,
    onError,
    onChange: () => {
      library = undefined // created again by the next request. Running requests keep theirs
    },
  })
  const startLibrary = async (): Promise<Library> => {
    const { createLibrary } = await import('./library.ts')
    const requireKey = signingKeys.require
    const common = { config, store, execute, keys, limits, clients, pending, resources, audienceAliases, pages, awaitRevocations }
    const provider = createLibrary({ ...common, requireKey, signingKeys: signingKeys.all() })
    provider.on('server_error', (_ctx: unknown, error: unknown) => onError(error))
    provider.on('error' as 'server_error', onError)
    return { provider, serve: provider.callback() }
  }
  const current = (): Promise<Library> => {
    if (library && cookieKeys === keys.everyLasting) return library
    cookieKeys = keys.everyLasting
    const starting = startLibrary()
    library = starting
    starting.catch(() => {
      if (library === starting) library = undefined // the next request tries again
    })
    return starting
  }
  const prepareSigning = async ({ alg, scopes }: Pick<Client, 'alg' | 'scopes'>): Promise<void> => {
    await signingKeys.require(alg)
    if (scopes.includes('signals')) await signingKeys.require(EVENT_ALG)
  }
  for (const client of await store.reading.clients.list()) await prepareSigning(client)

  const signEventToken = createEventTokenSigner(signingKeys)
  const accessTokens = createAccessTokens({ config, store, signingKeys })
  const interactions = createInteractions({ store, library: async () => (await current()).provider, sessions })
  const issuer = new URL(config.issuer)
  const plain: Record<string, (request: FastifyRequest, form: string | undefined, point: PointOfRequest) => Promise<object | null>> = {
    [routes.token]: createPlainRefresh({ config, store, execute, clients, signingKeys, own: resources }),
    [routes.device_authorization]: createPlainDevice({ config, store, execute, clients, pending, resources }),
  }

  const toLibrary = async (request: FastifyRequest, reply: FastifyReply, form?: string, { signsOut = false } = {}): Promise<void> => {
    const exchange = { ...newExchange(request.origin, browsed(request) ? await sessions.signedIn(request) : null), signsOut }
    const raw = form === undefined ? request.raw : withForm(request.raw, form)
    // The library builds every URL from these two: always the issuer's, whatever the request says (A11).
    raw.headers.host = issuer.host
    raw.headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
    delete raw.headers['x-forwarded-host']
    const { serve } = await current()
    reply.hijack()
    for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value)
    if (browsed(request)) reply.raw.setHeader('content-security-policy', responsePolicy)
    await withExchange(exchange, () => serve(raw, reply.raw))
  }

  const plugin = async (app: FastifyInstance): Promise<void> => {
    await app.register(endpointRoutes, { config, store, execute, limits, clients, accessTokens })
    await app.register(pageRoutes, { config, store, execute, interactions, toLibrary })
    const hidden = { schema: { hide: true } } as const

    app.get(routes.jwks, hidden, async (_request, reply) => {
      // A verifier that learns of a withdrawn key requests the keys at once, from any process. Without the database, the last keys read are served.
      await signingKeys.readNow().catch(onError)
      reply.headers({ 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*', 'content-type': 'application/jwk-set+json; charset=utf-8' })
      return reply.serializer(JSON.stringify).send({ keys: signingKeys.all().map(({ publicJwk }) => publicJwk) })
    })

    await app.register(async (raw) => {
      raw.removeAllContentTypeParsers()
      acceptFormText(raw)
      raw.addContentTypeParser('*', (_request, _payload, done) => done(null)) // refused by the library
      raw.setErrorHandler((error: Error, request, reply) => sendOAuthError(request, reply, error))
      for (const path of [routes.token, routes.device_authorization, routes.pushed_authorization_request]) {
        raw.post(path, hidden, async (request, reply) => {
          const point = pointOf(limits, path, request)
          if (path !== routes.device_authorization) await point.spend()
          const form = namedByBasic(request, formOf(request))
          const answer = await plain[path]?.(request, form, point)
          if (answer) return reply.headers({ 'cache-control': 'no-store', vary: 'Origin' }).send(answer)
          await point.spend()
          await toLibrary(request, reply, form)
        })
        raw.options(path, hidden, (request, reply) => toLibrary(request, reply))
      }
      // OpenID Connect Core section 3.1.2.1. A browser omits SameSite=Lax cookies from another site's form, but sends them with the GET that follows.
      raw.post(routes.authorization, hidden, async (request, reply) => {
        const query = new URLSearchParams(formOf(request) ?? '').toString()
        if (query.length > QUERY_LIMIT) throw new Problem('body_too_large')
        return reply.header('cache-control', 'no-store').redirect(`${routes.authorization}?${query}`, 303)
      })
      for (const path of [routes.authorization, `${routes.authorization}/:uid`, routes.end_session, `${routes.end_session}/success`]) {
        raw.get(path, hidden, async (request, reply) => {
          await limits.spend('authorization by address', request.origin.address)
          await toLibrary(request, reply)
        })
      }
      raw.post(routes.end_session, hidden, (request, reply) => toLibrary(request, reply, formOf(request)))
      for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
        raw.get(path, hidden, (request, reply) => toLibrary(request, reply))
        raw.options(path, hidden, (request, reply) => toLibrary(request, reply))
      }
    })
    await app.register(
      async (none) => {
        none.setErrorHandler((error: Error, request, reply) => sendOAuthError(request, reply, error))
        none.setNotFoundHandler((request, reply) => sendOAuthError(request, reply, new Problem('not_found')))
      },
      { prefix: '/oauth' },
    )
  }

  return {
    ...accessTokens,
    plugin,
    interactions,
    applicationOf: interactions.applicationOf,
    signingKeys: signingKeys.view,
    rotateSigningKeys: (principal) => signingKeys.rotate(principal),
    withdrawSigningKey: (principal, kid) => signingKeys.withdraw(principal, kid),
    newSigningKeys: signingKeys.successors,
    onSigningKeysReplaced: signingKeys.replaced,
    readSigningKeys: signingKeys.readNow,
    prepareSigning,
    signEventToken: (claims, typ) => signEventToken(claims, { typ }),
    signLogoutToken: (claims, { alg }) => signEventToken(claims, { typ: 'logout+jwt', alg }),
    stop: async () => signingKeys.stop(),
  }
}

/** Node accepts 16 KiB for the request line and headers together. */
const QUERY_LIMIT = 8 * 1024

const formOf = ({ body }: FastifyRequest): string | undefined => (typeof body === 'string' ? body : undefined)

/** `curl -u ID:` and several libraries send a client without a secret as HTTP Basic with an empty password. The method is still `none`. */
function namedByBasic({ raw }: FastifyRequest, form: string | undefined): string | undefined {
  const basic = basicOf(raw.headers.authorization)
  const fields = new URLSearchParams(form)
  if (basic?.secret !== '' || fields.has('client_secret')) return form
  delete raw.headers.authorization
  if (!fields.getAll('client_id').includes(basic.id)) fields.append('client_id', basic.id)
  return fields.toString()
}

const browsed = ({ routeOptions }: FastifyRequest): boolean =>
  [routes.authorization, routes.end_session].some((path) => routeOptions.url === path || routeOptions.url?.startsWith(`${path}/`))

/** For the library's page that posts a response to an application (`response_mode=form_post`). The library adds the hash of its script. */
const responsePolicy =
  "default-src 'none'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' https: http://localhost:* http://127.0.0.1:*"

const pointOf = (limits: Limits, path: string, { origin }: FastifyRequest): PointOfRequest =>
  pointOfRequest(limits, path === routes.device_authorization ? 'device authorization by address' : 'token by address', origin.address)

function reportError(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
}
