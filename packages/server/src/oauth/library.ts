import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { nameFault } from '@muster/contract/names.ts'
import { machineScopes, personScopes } from '@muster/contract/permissions.ts'
import { problems } from '@muster/contract/problems.ts'
import Provider, { type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import { signOut as signOutOfBrowser } from '../domain/accounts/sign-in.ts'
import { requireStanding } from '../domain/command/authorize.ts'
import type { Limits } from '../domain/command/limits.ts'
import { rememberRefusal } from '../domain/command/refused-attempts.ts'
import { DEVICE_SECONDS, POLL_SECONDS, POLL_SECONDS_AT_MOST, POLL_TOLERANCE } from '../domain/credentials/device-authorization.ts'
import { refreshTokenName, useRefreshToken } from '../domain/credentials/refresh-token.ts'
import { ACCESS_TOKEN_SECONDS, sessionLifetimes } from '../domain/credentials/session.ts'
import type { PresentedRefreshToken } from '../domain/credentials/store.ts'
import { newId } from '../domain/model/id.ts'
import { newOpaqueToken } from '../domain/model/opaque-token.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest, type SecretKeys } from '../domain/model/secret-keys.ts'
import { type AwaitRevocations, awaitServers, ENDING_WAIT } from '../domain/signals/receiver.ts'
import { cookieName } from '../http/browser-session.ts'
import { accessClaims, claimsOfScopes, createFindAccount, type LibraryAccount } from './accounts.ts'
import { type AdapterOptions, createAdapter } from './adapter.ts'
import { isOriginOf, ownClientProperties, secretFits } from './client-metadata.ts'
import { currentExchange, principalOf } from './exchange.ts'
import type { LibraryPages } from './pages.ts'
import { refusalAnswer } from './refusal.ts'
import { createResourceServerInfo } from './resources.ts'
import { requireScopes } from './scopes.ts'
import type { SigningKey } from './signing-keys.ts'

export interface LibraryOptions extends Omit<AdapterOptions, 'resources'> {
  config: Pick<Config, 'issuer' | 'audience' | 'secureCookies'>
  keys: SecretKeys
  limits: Pick<Limits, 'spend' | 'giveBack'>
  resources: readonly [string, ...string[]]
  /** What the one audience may be called too in the parameter `audience`; the tokens carry the audience itself. */
  audienceAliases?: readonly string[] | undefined
  signingKeys: readonly SigningKey[]
  pages: LibraryPages
  awaitRevocations: AwaitRevocations
}

export const routes = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  device_authorization: '/oauth/device/code',
  code_verification: '/device', // Muster's own page; the library only prints its address
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  userinfo: '/oauth/userinfo',
  end_session: '/oauth/logout',
  pushed_authorization_request: '/oauth/par',
  jwks: '/.well-known/jwks.json',
} as const

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
const HOUR = 3_600
const DAY = 86_400
/** Both are in discovery at all times: RS256 must be (OpenID Connect Discovery section 3), and a key of either kind is created when a client needs it. */
const ID_TOKEN_ALGS = ['ES256', 'RS256'] as const
/** A client's own token: it is not looked up anywhere, so it ends soon. */
const CLIENT_TOKEN_SECONDS = HOUR

/** The OAuth library with Muster behind it. Made anew when the signing keys change; everything it remembers is in the database. */
export function createLibrary(options: LibraryOptions): Provider {
  const { config, store, keys, resources, audienceAliases = [], signingKeys, pages } = options
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure: config.secureCookies } as const
  const configuration: Configuration = {
    adapter: createAdapter(options) as never,
    jwks: { keys: signingKeys.map(({ privateJwk }) => privateJwk) as never },
    routes,
    cookies: {
      keys: [keys.mac('cookie', 'oauth').toString('base64url')],
      names: { session: cookieName(config, 'muster_oauth'), interaction: 'muster_oauth_interaction', resume: 'muster_oauth_resume' },
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    responseTypes: ['code'],
    scopes: [...personScopes, ...machineScopes],
    claims: claimsOfScopes,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: [...ID_TOKEN_ALGS] },
    pkce: { required: (_ctx, client) => client.require_pkce !== false },
    extraParams: {
      scope(_ctx: unknown, value: string | undefined, client: never) {
        requireScopes(value, client)
      },
      nonce: requireNonce,
      refresh_token_name(_ctx: unknown, value: string | undefined) {
        try {
          if (value !== undefined) refreshTokenName(value)
        } catch (error) {
          throw error instanceof Problem ? new errors.InvalidRequest(`refresh_token_name: ${error.detail ?? problems[error.code].title}`) : error
        }
      },
      registers_as(_ctx: unknown, value: string | undefined) {
        if (value !== undefined && nameFault(value)) throw new errors.InvalidRequest('registers_as is not a username')
      },
      audience(_ctx: unknown, value: string | undefined) {
        if (value !== undefined && value !== config.audience && !resources.includes(value) && !audienceAliases.includes(value)) throw new errors.InvalidTarget()
      },
    } as never,
    findAccount: createFindAccount(store),
    extraTokenClaims: (ctx) => {
      const account = ctx.oidc.account as LibraryAccount | undefined
      return account && accessClaims(account.live)
    },
    expiresWithSession: () => false, // a session of ours ends by itself; see endApplicationSessions
    extraClientMetadata: { properties: [...ownClientProperties] },
    rotateRefreshToken: (ctx) => ctx.oidc.client?.command_line !== true,
    loadExistingGrant: createLoadExistingGrant(resources),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}`, policy: policy() },
    clientBasedCORS: (_ctx, origin, { clientAuthMethod, redirectUris = [] }) =>
      isOriginOf({ public: clientAuthMethod === 'none', redirectUris: [...redirectUris] }, origin),
    discovery: { backchannel_logout_supported: true, backchannel_logout_session_supported: true }, // sent by jobs/backchannel-logout.ts
    renderError: pages.error,
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      // On by default in the library. Muster's own API does not ask for proofs, so a bound token would pass there as a bearer token (RFC 9449 section 7).
      dPoP: { enabled: false },
      // Served by routes of our own, before the library; named here for the discovery document.
      revocation: { enabled: true, allowedPolicy: () => false },
      introspection: { enabled: true, allowedPolicy: () => false },
      pushedAuthorizationRequests: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.confirmLogout, postLogoutSuccessSource: pages.loggedOut },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resources[0],
        useGrantedResource: () => true,
        getResourceServerInfo: createResourceServerInfo(config, resources) as never,
      },
    },
    ttl: {
      AccessToken: (ctx) => {
        const { live } = ctx.oidc.account as LibraryAccount
        const left = Math.floor((live.session.expiresAt.getTime() - live.now.getTime()) / 1000)
        return Math.max(1, Math.min(ACCESS_TOKEN_SECONDS, left)) // never outlives its session
      },
      ClientCredentials: CLIENT_TOKEN_SECONDS,
      AuthorizationCode: 60,
      DeviceCode: DEVICE_SECONDS,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: 366 * DAY, // its row knows better
      Grant: 366 * DAY,
      Session: sessionLifetimes.browser,
    },
  }
  const provider = new Provider(config.issuer, configuration)
  // The host and scheme of a request are written from the configuration before the library sees it.
  provider.proxy = true
  inOurClothes(provider)
  provider.use(holdUntilServersKnow(options))
  provider.use(completeAnswers(options))
  return provider
}

/** The library has no settings for what its tokens look like, or for secrets kept as hashes. Each provider has classes of its own, so this reaches nobody else. */
function inOurClothes(provider: Provider): void {
  const { RefreshToken, DeviceCode, Client } = provider as unknown as Record<'RefreshToken' | 'DeviceCode' | 'Client', { prototype: Record<string, unknown> }>
  RefreshToken.prototype.generateTokenId = () => newOpaqueToken('muster_rt')
  DeviceCode.prototype.generateTokenId = () => newOpaqueToken('muster_dc')
  refuseForeignGrants(Client.prototype)
  Client.prototype.compareClientSecret = function compareClientSecret(this: { clientSecret?: string }, secret: string) {
    return secretFits(this.clientSecret, secret)
  }
}

/** The library calls a grant that a client lacks an invalid request; RFC 6749 (sections 4.1.2.1 and 5.2) calls the client unauthorized. */
function refuseForeignGrants(client: Record<string, unknown>): void {
  interface ClientModel {
    grantTypes: readonly string[]
    responseTypes: readonly string[]
  }
  client.grantTypeAllowed = function grantTypeAllowed(this: ClientModel, grant: string): boolean {
    if (this.grantTypes.includes(grant)) return true
    const { oidc } = Provider.ctx as KoaContextWithOIDC
    const asked = oidc.route === 'token' ? oidc.params?.grant_type : oidc.route === 'device_authorization' ? DEVICE_GRANT : undefined
    if (grant === asked) throw unauthorizedClient(grant)
    return false
  }
  client.responseTypeAllowed = function responseTypeAllowed(this: ClientModel, type: string): boolean {
    if (this.responseTypes.length === 0) throw unauthorizedClient('authorization_code')
    return this.responseTypes.includes(type)
  }
}

export const unauthorizedClient = (grant: string): errors.UnauthorizedClient =>
  new errors.UnauthorizedClient(`This client is not registered for the grant ${grant}.`)

/**
 * Without a challenge the nonce is what ties the code to the browser that asked (RFC 9700 section 2.1.1), and only an ID token carries it back.
 * A challenge that is sent is held to by the library, and so is a verifier without one refused.
 */
function requireNonce(ctx: KoaContextWithOIDC, nonce: string | undefined): void {
  const { params } = ctx.oidc
  if (params?.response_type === undefined || params.code_challenge !== undefined) return
  if (!ctx.oidc.requestParamScopes.has('openid')) throw new errors.InvalidRequest('Without code_challenge the scope openid is required.')
  if (nonce === undefined) throw new errors.InvalidRequest('Without code_challenge a nonce is required.')
}

/** The library's session is good only while its person is signed in in this browser (Muster's session is the truth). */
function policy(): interactionPolicy.DefaultPolicy {
  const { base, Check } = interactionPolicy
  const prompts = base()
  const ours = new Check('not_signed_in', 'End-User authentication is required', 'login_required', (ctx) => {
    const { session } = ctx.oidc
    if (session?.accountId && session.accountId === currentExchange().signedIn?.live.account.id) return Check.NO_NEED_TO_PROMPT
    if (session?.accountId) {
      // Forgotten, or whoever signs in next would be made to sign the other one out.
      delete (session as { accountId?: string }).accountId
      session.authorizations = undefined as never
    }
    return Check.REQUEST_PROMPT
  })
  const { checks } = prompts.get('login') as interactionPolicy.Prompt
  checks.remove('no_session')
  checks.unshift(ours)
  return prompts
}

/** Clients are the operator's own choice, so what they are registered for is granted; asking is for native ones and for those that want it asked. */
function createLoadExistingGrant(resources: readonly string[]) {
  return async (ctx: KoaContextWithOIDC) => {
    const { oidc } = ctx
    const exchange = currentExchange()
    if (!exchange.signedIn || !oidc.client || !oidc.account) return undefined
    const grant = new oidc.provider.Grant({ accountId: oidc.account.accountId, clientId: oidc.client.clientId })
    grant.jti = newId('session')
    grant.addOIDCScope([...oidc.requestParamOIDCScopes].join(' '))
    const [server] = Object.values(oidc.resourceServers ?? {})
    const scope = [...oidc.requestParamScopes].filter((one) => server?.scopes.has(one)).join(' ')
    if (server && scope !== '') for (const name of resources) grant.addResourceScope(name, scope)
    const { openid, resources: granted } = grant as unknown as Record<string, unknown>
    exchange.grant = { id: grant.jti, payload: { openid, resources: granted } }
    return grant
  }
}

/** The library sends its answers itself, so the hook of `http/prefer-wait.ts` never sees them. */
function holdUntilServersKnow({ awaitRevocations }: Pick<LibraryOptions, 'awaitRevocations'>) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    const isPage = ctx.path.startsWith(routes.end_session)
    await awaitServers(awaitRevocations, currentExchange().origin, isPage ? ENDING_WAIT.page : ENDING_WAIT.servers)
  }
}

/** How long a code is, and whether there is one, is decided where the request is stored. */
function completeDeviceAnswer(ctx: KoaContextWithOIDC, body: Record<string, unknown>): void {
  const { userCode, refusal } = currentExchange()
  if (refusal?.code === 'too_many_attempts') {
    const { retry_after: seconds } = refusal.extensions
    ctx.status = 429
    ctx.set('Retry-After', String(seconds))
    ctx.body = { error: 'temporarily_unavailable', error_description: refusal.detail, code: refusal.code, retry_after: seconds }
    return
  }
  if (ctx.status !== 200) return
  const complete = new URL(String(body.verification_uri))
  complete.searchParams.set('user_code', userCode ?? '')
  // Said in the address: a page that looked at the code to find out would tell strangers which codes exist (D03).
  if (ctx.oidc.params?.registers_as !== undefined) complete.searchParams.set('sign_up', 'yes')
  const { client } = ctx.oidc
  if (client?.command_line === true && client.clientId !== CLI_CLIENT_ID) complete.searchParams.set('client', client.clientId)
  Object.assign(body, { user_code: userCode, verification_uri_complete: complete.href, interval: POLL_SECONDS })
}

/** What only we know is put into the answers after the library has made them. */
function completeAnswers({ config, store, execute, limits }: LibraryOptions) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    const { oidc } = ctx
    if (oidc?.route === 'end_session_confirm' && ctx.status === 303 && oidc.params?.logout) await signOut(ctx)
    const body = ctx.body as Record<string, unknown> | undefined
    if (!oidc || typeof body !== 'object' || body === null) return
    const exchange = currentExchange()

    if (oidc.route === 'discovery') body.id_token_signing_alg_values_supported = ID_TOKEN_ALGS
    if (oidc.route === 'device_authorization') completeDeviceAnswer(ctx, body)
    if (oidc.route !== 'token') return
    const device = oidc.params?.grant_type === DEVICE_GRANT

    if (body.error === 'authorization_pending') {
      // Looked at after the library's answer: a code that has been approved is never kept from its client, however fast that asks (D05).
      const hash = digest(String(oidc.params?.device_code))
      const { early } = await store.reading.deviceAuthorizations.poll(hash, { seconds: POLL_SECONDS, tolerance: POLL_TOLERANCE, atMost: POLL_SECONDS_AT_MOST })
      if (early) ctx.body = { error: 'slow_down', error_description: 'Polled too early: wait five seconds longer between polls.' }
    }
    if (ctx.status === 200 && exchange.refresh) {
      const refused = await lastLook(exchange.refresh)
      if (refused) exchange.refusal = refused
    }
    const refusal = exchange.refusal as Problem | null
    if (refusal && (ctx.status === 200 || body.error === 'invalid_grant' || body.error === 'access_denied')) {
      const answer = refusalAnswer(refusal, device)
      ctx.status = answer.status
      ctx.body = answer.body
      // Of other grants the command told that refused them.
      if (exchange.refresh) await rememberRefusal({ store, limits }, principalOf(exchange.refresh.live), {}, refusal)
    }
  }

  async function signOut(ctx: KoaContextWithOIDC): Promise<void> {
    const { signsOut, signedIn } = currentExchange()
    if (!signsOut || !signedIn) return
    await execute(signOutOfBrowser, signedIn.principal, { sessionId: signedIn.principal.sessionId })
    ctx.cookies.set(cookieName(config, 'muster_session'), null, { signed: false, path: '/', httpOnly: true, sameSite: 'lax', secure: config.secureCookies })
  }

  /** The use counts only if at this moment the token, its session and its person are still good: between the library's look and its answer time has passed. */
  async function lastLook(presented: PresentedRefreshToken): Promise<Problem | null> {
    const principal = principalOf(presented.live)
    if (await useRefreshToken({ store, execute }, principal, presented)) return null
    try {
      await requireStanding(store.reading, principal)
      return new Problem('token_expired')
    } catch (error) {
      if (error instanceof Problem) return error
      throw error
    }
  }
}
