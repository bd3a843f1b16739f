import { acrValues } from '@muster/contract/authentication.ts'
import { nameFault } from '@muster/contract/names.ts'
import { machineScopes, personScopes } from '@muster/contract/permissions.ts'
import { problems } from '@muster/contract/problems.ts'
import Provider, { type Client, type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import type { Config } from '../config.ts'
import { signOut as signOutOfBrowser } from '../domain/accounts/sign-out.ts'
import type { Limits } from '../domain/command/limits.ts'
import { recordRefusedAttempt } from '../domain/command/refused-attempts.ts'
import { requireStanding } from '../domain/command/refused-credential.ts'
import { DEVICE_SECONDS, POLL_SECONDS, POLL_SECONDS_AT_MOST, POLL_TOLERANCE } from '../domain/credentials/device-authorization.ts'
import { allNamesOf } from '../domain/credentials/granted-audience.ts'
import { refreshTokenName, useRefreshToken } from '../domain/credentials/refresh-token.ts'
import { accessTokenSeconds, sessionLifetimes } from '../domain/credentials/session.ts'
import type { PresentedRefreshToken } from '../domain/credentials/store.ts'
import { newId } from '../domain/model/id.ts'
import { newOpaqueToken } from '../domain/model/opaque-token.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest, type SecretKeys } from '../domain/model/secret-keys.ts'
import { type AwaitRevocations, awaitServers, ENDING_WAIT } from '../domain/signals/receiver.ts'
import { cookieName } from '../http/browser-session.ts'
import { claimsOfScopes, tokenClaims } from './accounts.ts'
import { type AdapterOptions, createAdapter } from './adapter.ts'
import { isOriginOf, ownClientProperties } from './client-metadata.ts'
import { consentToCaller, divided, needsConsent, type RequestedScopes, requestedScopes } from './consent.ts'
import { currentExchange, principalOf } from './exchange.ts'
import { createFindAccount, type LibraryAccount } from './find-account.ts'
import { LibraryKey } from './library-key.ts'
import type { LibraryPages } from './pages.ts'
import { completeAddress, DEVICE_GRANT, routes } from './paths.ts'
import { refusalAnswer } from './refusal.ts'
import { checkResourceBeforeUse, createResourceServerInfo, requireApisOfScopes, requireGrantedResource, requireScopes } from './resource-server.ts'
import { type OwnNames, resourceOfToken } from './resources.ts'
import { registeredScopes, type ScopedClient } from './scopes.ts'
import type { SigningKey } from './signing-keys.ts'
import { isStrongEnough, wantedAcr } from './wanted-acr.ts'

export interface LibraryOptions extends Omit<AdapterOptions, 'resources'> {
  config: Pick<Config, 'issuer' | 'audience' | 'secureCookies'>
  keys: SecretKeys
  limits: Pick<Limits, 'spend' | 'giveBack'>
  resources: OwnNames
  /** Other names of the audience in the parameter `audience`. Tokens always contain the audience itself. */
  audienceAliases?: readonly string[] | undefined
  signingKeys: readonly SigningKey[]
  pages: LibraryPages
  awaitRevocations: AwaitRevocations
}

const HOUR = 3_600
const DAY = 86_400
/** Discovery always lists both: RS256 is required (OpenID Connect Discovery section 3), and a key is created when a client needs it. */
const ID_TOKEN_ALGS = ['ES256', 'RS256'] as const
/** Lifetime of a client's own token. It is short, because the token is not checked in the database. */
const CLIENT_TOKEN_SECONDS = HOUR

/**
 * The OAuth library, connected to Muster. Created again when the signing keys or the root keys change. All its state is in the database. Only this file, `adapter.ts` and the
 * files that they alone import load the library, because `provider.ts` imports this file with the first request that needs it.
 */
export function createLibrary(options: LibraryOptions): Provider {
  const { config, store, keys, resources, audienceAliases = [], signingKeys, pages } = options
  // Each interaction has cookies of its own path, so that two tabs do not disturb each other. `__Host-` requires the path `/`.
  const withPath = (name: string): string => (config.secureCookies ? `__Secure-${name}` : name)
  const cookie = { httpOnly: true, sameSite: 'lax', signed: true, secure: config.secureCookies } as const
  const configuration: Configuration = {
    adapter: createAdapter(options) as never,
    jwks: { keys: signingKeys.map((key) => new LibraryKey(key)) },
    routes,
    cookies: {
      keys: keys.everyLasting.map((key) => key.mac('cookie', 'oauth').toString('base64url')), // the first signs
      names: { session: cookieName(config, 'muster_oauth'), interaction: withPath('muster_oauth_interaction'), resume: withPath('muster_oauth_resume') },
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    responseTypes: ['code'],
    scopes: [...personScopes, ...machineScopes],
    acrValues: [...acrValues],
    claims: claimsOfScopes,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: [...ID_TOKEN_ALGS] },
    pkce: { required: (_ctx, client) => client.require_pkce !== false },
    extraParams: {
      async scope(ctx: KoaContextWithOIDC, value: string | undefined, client: never) {
        requireScopes(value, client)
        await requireApisOfScopes(ctx, client, store)
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
        if (value !== undefined && value !== config.audience && !resources.includes(value) && !audienceAliases.includes(value))
          throw new errors.InvalidTarget(`The parameter audience takes ${config.audience}. Name other APIs in the parameter resource.`)
      },
    } as never,
    findAccount: createFindAccount(store),
    extraTokenClaims: (ctx, token) => {
      const account = ctx.oidc.account as LibraryAccount | undefined
      return account && tokenClaims(account.live, currentExchange().api, token.scopes)
    },
    expiresWithSession: () => false, // our sessions end on their own; see endApplicationSessions
    extraClientMetadata: { properties: [...ownClientProperties] },
    async rotateRefreshToken(ctx) {
      // The last question of the library before it uses a refresh token.
      await requireGrantedResource(ctx, ctx.oidc.entities.RefreshToken?.resource, { store, own: resources })
      return ctx.oidc.client?.command_line !== true
    },
    loadExistingGrant: createLoadExistingGrant(store, resources),
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}`, policy: policy() },
    clientBasedCORS: (_ctx, origin, { clientAuthMethod, redirectUris = [] }) =>
      isOriginOf({ public: clientAuthMethod === 'none', redirectUris: [...redirectUris] }, origin),
    discovery: { backchannel_logout_supported: true, backchannel_logout_session_supported: true }, // sent by jobs/backchannel-logout.ts
    renderError: pages.error,
    features: {
      devInteractions: { enabled: false },
      externalSigningSupport: { enabled: true, ack: 'experimental-01' },
      deviceFlow: { enabled: true },
      clientCredentials: { enabled: true },
      // On by default. Muster's API does not require proofs, so a bound token would be accepted as a bearer token (RFC 9449 section 7).
      dPoP: { enabled: false },
      // Served by our own routes before the library. Listed here for the discovery document.
      revocation: { enabled: true, allowedPolicy: () => false },
      introspection: { enabled: true, allowedPolicy: () => false },
      pushedAuthorizationRequests: { enabled: true },
      rpInitiatedLogout: { enabled: true, logoutSource: pages.confirmLogout, postLogoutSuccessSource: pages.loggedOut },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx: unknown, _client: unknown, granted?: readonly string[]) => resourceOfToken(granted, resources),
        useGrantedResource: () => true,
        getResourceServerInfo: createResourceServerInfo({ config, store, own: resources }) as never,
      },
    },
    ttl: {
      AccessToken: (ctx) =>
        Math.min(accessTokenSeconds((ctx.oidc.account as LibraryAccount).live), currentExchange().api?.longestTokenSeconds ?? Number.POSITIVE_INFINITY),
      ClientCredentials: CLIENT_TOKEN_SECONDS,
      AuthorizationCode: 60,
      DeviceCode: DEVICE_SECONDS,
      IdToken: HOUR,
      Interaction: HOUR,
      RefreshToken: 366 * DAY, // the row decides
      Grant: 366 * DAY,
      Session: sessionLifetimes.browser,
    },
  }
  const provider = new Provider(config.issuer, configuration)
  // Host and scheme are set from the configuration before the request reaches the library.
  provider.proxy = true
  inOurClothes(provider, options)
  provider.use(holdUntilServersKnow(options))
  provider.use(completeAnswers(options))
  return provider
}

/** The library has no settings for token formats or hashed secrets. Each provider has its own classes, so this changes only this one. */
function inOurClothes(provider: Provider, { clients, store, resources }: Pick<LibraryOptions, 'clients' | 'store' | 'resources'>): void {
  type Models = Record<'RefreshToken' | 'DeviceCode' | 'AuthorizationCode' | 'Client' | 'IdToken', { prototype: Record<string, unknown> }>
  const { RefreshToken, DeviceCode, AuthorizationCode, Client, IdToken } = provider as unknown as Models
  RefreshToken.prototype.generateTokenId = () => newOpaqueToken('muster_rt')
  DeviceCode.prototype.generateTokenId = () => newOpaqueToken('muster_dc')
  refuseForeignGrants(Client.prototype)
  Client.prototype.compareClientSecret = function compareClientSecret(this: { clientId: string }, secret: string) {
    const { client } = currentExchange()
    return client?.id === this.clientId && clients.authenticate(client, secret)
  }
  signIdTokensWhenAsked(IdToken.prototype)
  for (const { prototype } of [DeviceCode, AuthorizationCode]) checkResourceBeforeUse(prototype, { store, own: resources })
}

/**
 * A refresh returns an ID token only if its own `scope` contains `openid` (S56), which must still be registered (P14). The library signs one whenever the login
 * had that scope.
 */
function signIdTokensWhenAsked(idToken: Record<string, unknown>): void {
  type Issue = (this: { ctx: KoaContextWithOIDC }, options: unknown) => Promise<string | undefined>
  const issue = idToken.issue as Issue
  idToken.issue = async function issueWhenAsked(options) {
    const { params, client } = this.ctx.oidc
    const isUnwanted = params?.grant_type === 'refresh_token' && !params.scope
    return isUnwanted || !registeredScopes(['openid'], client as ScopedClient).length ? undefined : issue.call(this, options)
  } satisfies Issue
}

/** For a missing grant type the library answers `invalid_request`. RFC 6749 (sections 4.1.2.1 and 5.2) requires `unauthorized_client`. */
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

const unauthorizedClient = (grant: string): errors.UnauthorizedClient => new errors.UnauthorizedClient(`This client is not registered for the grant ${grant}.`)

/**
 * Without a code challenge, the nonce binds the code to the browser that requested it (RFC 9700 section 2.1.1), and only an ID token returns it.
 * The library checks a challenge that is sent, and refuses a verifier without one.
 */
function requireNonce(ctx: KoaContextWithOIDC, nonce: string | undefined): void {
  const { params } = ctx.oidc
  if (params?.response_type === undefined || params.code_challenge !== undefined) return
  if (!ctx.oidc.requestParamScopes.has('openid')) throw new errors.InvalidRequest('Without code_challenge the scope openid is required.')
  if (nonce === undefined) throw new errors.InvalidRequest('Without code_challenge a nonce is required.')
}

/** The library's session is valid only while its user is signed in in this browser. Muster's session decides. */
function policy(): interactionPolicy.DefaultPolicy {
  const { base, Check } = interactionPolicy
  const prompts = base()
  const ours = new Check('not_signed_in', 'End-User authentication is required', 'login_required', (ctx) => {
    const { session } = ctx.oidc
    if (session?.accountId && session.accountId === currentExchange().signedIn?.live.account.id) return Check.NO_NEED_TO_PROMPT
    if (session?.accountId) {
      // Removed, because otherwise the next user would have to sign out the previous one.
      delete (session as { accountId?: string }).accountId
      session.authorizations = undefined as never
    }
    return Check.REQUEST_PROMPT
  })
  const { checks } = prompts.get('login') as interactionPolicy.Prompt
  checks.remove('no_session')
  checks.push(
    new Check('acr_values', 'the requested authentication class is required', 'unmet_authentication_requirements', (ctx) =>
      isStrongEnough(wantedAcr(ctx.oidc.params ?? {}), ctx.oidc.acr ?? null) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
    ),
  )
  checks.unshift(ours)
  const asks = prompts.get('consent') as interactionPolicy.Prompt
  asks.checks.push(
    new Check('not_consented', 'the user has not given this application access', 'consent_required', () =>
      currentExchange().needsConsent ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    ),
  )
  return prompts
}

/**
 * The operator chose the clients, so the registered scopes of first-party ones are granted. Their consent is required only for native clients and on request. Any other
 * client is granted what the person lets it do (P16).
 */
function createLoadExistingGrant(store: LibraryOptions['store'], resources: OwnNames) {
  return async (ctx: KoaContextWithOIDC) => {
    const { oidc } = ctx
    const exchange = currentExchange()
    if (!exchange.signedIn || !oidc.client || !oidc.account) return undefined
    requireRegisteredRequest(oidc.client, oidc.params ?? {})
    const grant = new oidc.provider.Grant({ accountId: oidc.account.accountId, clientId: oidc.client.clientId })
    grant.jti = newId('session')
    const requested = requestedScopes(ctx)
    const consent = await consentToCaller(store.reading, exchange.signedIn.live)
    exchange.needsConsent = consent !== undefined && needsConsent(consent, requested, resources)
    const { granted, declined } = consent === undefined ? { granted: requested, declined: null } : divided(consent, requested, resources)
    grant.addOIDCScope([...granted.identity].join(' '))
    for (const [server, scopes] of granted.resources)
      if (scopes.length > 0) for (const name of allNamesOf([server], resources)) grant.addResourceScope(name, scopes.join(' '))
    const { openid, resources: ofResources } = grant as unknown as Record<string, unknown>
    exchange.grant = { id: grant.jti, payload: { openid, resources: ofResources } }
    if (declined) reject(grant, declined)
    return grant
  }
}

/** The library counts what was declined as answered. */
function reject(grant: InstanceType<Provider['Grant']>, { identity, resources }: RequestedScopes): void {
  if (identity.length > 0) grant.rejectOIDCScope(identity.join(' '))
  for (const [server, scopes] of resources) if (scopes.length > 0) grant.rejectResourceScope(server, scopes.join(' '))
}

/** The client may have been changed while the person signed in. The library checks these two only when the request arrives (P14). */
function requireRegisteredRequest(client: Client, { redirect_uri: redirectUri, scope }: Record<string, unknown>): void {
  if (!client.redirectUriAllowed(String(redirectUri))) throw new errors.InvalidRedirectUri()
  requireScopes(String(scope ?? ''), client as ScopedClient)
}

/** The library sends its responses itself, so the hook of `http/prefer-wait.ts` does not run for them. */
function holdUntilServersKnow({ awaitRevocations }: Pick<LibraryOptions, 'awaitRevocations'>) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    const isPage = ctx.path.startsWith(routes.end_session)
    await awaitServers(awaitRevocations, currentExchange().origin, isPage ? ENDING_WAIT.page : ENDING_WAIT.servers)
  }
}

/** The user code and its length are decided where the request is stored. */
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
  const { client, params } = ctx.oidc
  const device = { userCode: userCode ?? '', clientId: client?.clientId ?? '', commandLine: client?.command_line === true }
  const complete = completeAddress(String(body.verification_uri), { ...device, signsUp: params?.registers_as !== undefined })
  Object.assign(body, { user_code: userCode, verification_uri_complete: complete, interval: POLL_SECONDS })
}

/** The URI may have been removed while the person read the page (P14). */
function requireRegisteredReturn(ctx: KoaContextWithOIDC): void {
  const [uri, ended] = [ctx.response.get('location'), ctx.oidc.urlFor('end_session_success')]
  const withoutState = (text: string): string => {
    const url = new URL(text)
    url.searchParams.delete('state')
    return url.href
  }
  if (uri.startsWith(ended) || ctx.oidc.client?.postLogoutRedirectUris?.some((one) => withoutState(one) === withoutState(uri))) return
  ctx.redirect(ended)
  ctx.status = 303
}

/** Adds our own values to the library's responses. */
function completeAnswers({ config, store, execute, limits }: LibraryOptions) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> => {
    await next()
    const { oidc } = ctx
    if (oidc?.route === 'end_session_confirm' && ctx.status === 303) {
      requireRegisteredReturn(ctx)
      if (oidc.params?.logout) await signOut(ctx)
    }
    const body = ctx.body as Record<string, unknown> | undefined
    if (!oidc || typeof body !== 'object' || body === null) return
    const exchange = currentExchange()

    if (oidc.route === 'discovery') body.id_token_signing_alg_values_supported = ID_TOKEN_ALGS
    if (oidc.route === 'device_authorization') completeDeviceAnswer(ctx, body)
    if (oidc.route !== 'token') return
    const device = oidc.params?.grant_type === DEVICE_GRANT

    if (body.error === 'authorization_pending') {
      // Checked after the library's response, so that an approved code is never withheld, however fast the client polls (D05).
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
      // Refusals of other grants come from the command.
      if (exchange.refresh) await recordRefusedAttempt({ store, limits }, principalOf(exchange.refresh.live), {}, refusal)
    }
  }

  async function signOut(ctx: KoaContextWithOIDC): Promise<void> {
    const { signsOut, signedIn } = currentExchange()
    if (!signsOut || !signedIn) return
    await execute(signOutOfBrowser, signedIn.principal, { sessionId: signedIn.principal.sessionId })
    ctx.cookies.set(cookieName(config, 'muster_session'), null, { signed: false, path: '/', httpOnly: true, sameSite: 'lax', secure: config.secureCookies })
  }

  /** Counts the use only if token, session and user are still valid now: time has passed since the library checked them. */
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
