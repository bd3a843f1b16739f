import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { OAuth2Client as Badgateway, generateCodeVerifier } from '@badgateway/oauth2-client'
import * as arctic from 'arctic'
import ClientOAuth2 from 'client-oauth2'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { generators, Issuer } from 'openid-client-5'
import { AuthorizationCode } from 'simple-oauth2'
import { tryPeers } from './peers.ts'

// The package's module build imports files without their extensions, which Node does not resolve.
const require = createRequire(import.meta.url)
const appauth = require('@openid/appauth')
const { NodeCrypto } = require('@openid/appauth/built/node_support/crypto_utils')
const { NodeRequestor } = require('@openid/appauth/built/node_support/node_requestor')

const OFFLINE = 'openid profile email offline_access'

/** PKCE, for clients that leave it to the application. */
const pkce = async () => {
  const verifier = client.randomPKCECodeVerifier()
  return { verifier, challenge: { code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' } }
}

/** Requests userinfo, for clients that implement OAuth only. */
const subjectOf = async (issuer: string, token: string): Promise<string> => {
  const answer = await fetch(`${issuer}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } })
  return ((await answer.json()) as { sub: string }).sub
}

tryPeers({
  async 'openid-client 6'({ issuer, member, callback: redirect_uri, register, visitor, deactivate }) {
    const { id, secret } = await register()
    const config = await client.discovery(new URL(issuer), id, secret)
    const { verifier, challenge } = await pkce()
    const [state, nonce] = [client.randomState(), client.randomNonce()]
    const url = client.buildAuthorizationUrl(config, { redirect_uri, scope: OFFLINE, prompt: 'consent', state, nonce, ...challenge })
    const { at } = await visitor().signIn(url)
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
    const tokens = await client.authorizationCodeGrant(config, at, checks)
    assert.equal(tokens.claims()?.sub, member.id)
    assert.equal((await client.fetchUserInfo(config, tokens.access_token, member.id)).email, member.email)
    const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
    await deactivate()
    await assert.rejects(client.refreshTokenGrant(config, next.refresh_token ?? ''), { error: 'invalid_grant' })
    await assert.rejects(client.fetchUserInfo(config, next.access_token, member.id))
  },

  async 'openid-client 6 (device)'({ issuer, member, register, visitor, deactivate }) {
    const grants = ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token']
    const { id } = await register({ public: true, grants, redirect_uris: [] })
    const config = await client.discovery(new URL(issuer), id, undefined, client.None())
    const device = await client.initiateDeviceAuthorization(config, { scope: OFFLINE })
    const person = visitor()
    await person.visit(`${issuer}/sign-in`, { identifier: member.email, password: member.password })
    const asked = await person.visit(`${issuer}/device`, { user_code: device.user_code })
    await person.visit(asked.at, { decision: 'approve' })
    const tokens = await client.pollDeviceAuthorizationGrant(config, { ...device, interval: 1 })
    assert.equal(tokens.claims()?.sub, member.id)
    await deactivate()
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), { error: 'invalid_grant' })
  },

  async 'openid-client 5'({ issuer, member, callback: redirect_uri, register, visitor, deactivate }) {
    const { id, secret } = await register()
    const { Client } = await Issuer.discover(issuer)
    const application = new Client({ client_id: id, client_secret: secret, id_token_signed_response_alg: 'ES256' })
    const { verifier, challenge } = await pkce()
    const [state, nonce] = [generators.state(), generators.nonce()]
    const { at } = await visitor().signIn(application.authorizationUrl({ redirect_uri, scope: OFFLINE, prompt: 'consent', state, nonce, ...challenge }))
    const tokens = await application.callback(redirect_uri, application.callbackParams(at.href), { state, nonce, code_verifier: verifier })
    assert.equal(tokens.claims().sub, member.id)
    assert.equal((await application.userinfo(tokens)).email, member.email)
    const next = await application.refresh(tokens)
    await deactivate()
    await assert.rejects(application.refresh(next), { error: 'invalid_grant' })
    await assert.rejects(application.userinfo(next))
  },

  async oauth4webapi({ issuer, member, callback: redirect_uri, register, visitor, deactivate }) {
    const { id, secret } = await register()
    const as = await oauth.processDiscoveryResponse(new URL(issuer), await oauth.discoveryRequest(new URL(issuer)))
    const [application, auth] = [{ client_id: id }, oauth.ClientSecretBasic(secret)]
    const { verifier, challenge } = await pkce()
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()]
    const asked = { response_type: 'code', redirect_uri, scope: OFFLINE, prompt: 'consent', state, nonce, ...challenge }
    const pushed = await oauth.pushedAuthorizationRequest(as, application, auth, new URLSearchParams(asked))
    const { request_uri } = await oauth.processPushedAuthorizationResponse(as, application, pushed)
    const { at } = await visitor().signIn(`${as.authorization_endpoint}?${new URLSearchParams({ client_id: id, request_uri })}`)
    const parameters = oauth.validateAuthResponse(as, application, at, state)
    const answer = await oauth.authorizationCodeGrantRequest(as, application, auth, parameters, redirect_uri, verifier)
    const tokens = await oauth.processAuthorizationCodeResponse(as, application, answer, { expectedNonce: nonce, requireIdToken: true })
    assert.equal(oauth.getValidatedIdTokenClaims(tokens)?.sub, member.id)
    await deactivate()
    const refused = await oauth.refreshTokenGrantRequest(as, application, auth, tokens.refresh_token ?? '')
    await assert.rejects(oauth.processRefreshTokenResponse(as, application, refused), { error: 'invalid_grant' })
  },

  async arctic({ issuer, member, callback, register, visitor, deactivate }) {
    const { id, secret } = await register()
    const application = new arctic.OAuth2Client(id, secret, callback)
    const [state, verifier] = [arctic.generateState(), arctic.generateCodeVerifier()]
    const method = arctic.CodeChallengeMethod.S256
    const url = application.createAuthorizationURLWithPKCE(`${issuer}/oauth/authorize`, state, method, verifier, OFFLINE.split(' '))
    url.searchParams.set('prompt', 'consent')
    const { at } = await visitor().signIn(url)
    assert.equal(at.searchParams.get('state'), state)
    const endpoint = `${issuer}/oauth/token`
    const tokens = await application.validateAuthorizationCode(endpoint, at.searchParams.get('code') ?? '', verifier)
    assert.equal((arctic.decodeIdToken(tokens.idToken()) as { sub: string }).sub, member.id)
    const next = await application.refreshAccessToken(endpoint, tokens.refreshToken(), [])
    assert.equal(await subjectOf(issuer, next.accessToken()), member.id)
    await deactivate()
    await assert.rejects(application.refreshAccessToken(endpoint, next.refreshToken(), []), { code: 'invalid_grant' })
  },

  async 'simple-oauth2'({ issuer, member, callback: redirect_uri, register, visitor, deactivate }) {
    const { id, secret } = await register()
    const auth = { tokenHost: issuer, tokenPath: '/oauth/token', authorizePath: '/oauth/authorize', revokePath: '/oauth/revoke' }
    const application = new AuthorizationCode({ client: { id, secret }, auth })
    const { verifier, challenge } = await pkce()
    const state = client.randomState()
    const { at } = await visitor().signIn(application.authorizeURL({ redirect_uri, scope: OFFLINE, state, prompt: 'consent', ...challenge }))
    assert.equal(at.searchParams.get('state'), state)
    const tokens = await application.getToken({ code: at.searchParams.get('code') ?? '', redirect_uri, code_verifier: verifier })
    const next = await tokens.refresh()
    assert.equal(await subjectOf(issuer, String(next.token['access_token'])), member.id)
    await deactivate()
    const { data } = await next.refresh().then(assert.fail, (error) => error)
    assert.equal(data.payload.error, 'invalid_grant')
  },

  async 'client-oauth2'({ issuer, member, callback: redirectUri, register, visitor, deactivate }) {
    const { id: clientId, secret: clientSecret } = await register()
    const { verifier, challenge } = await pkce()
    const state = client.randomState()
    const endpoints = { accessTokenUri: `${issuer}/oauth/token`, authorizationUri: `${issuer}/oauth/authorize` }
    const application = new ClientOAuth2({ clientId, clientSecret, redirectUri, scopes: OFFLINE.split(' '), state, ...endpoints })
    const { at } = await visitor().signIn(application.code.getUri({ query: { prompt: 'consent', ...challenge } }))
    const tokens = await application.code.getToken(at.href, { body: { code_verifier: verifier } })
    const next = await tokens.refresh()
    assert.equal(await subjectOf(issuer, next.accessToken), member.id)
    await deactivate()
    await assert.rejects(next.refresh(), { code: 'EAUTH' })
  },

  async '@badgateway/oauth2-client'({ issuer, member, callback: redirectUri, register, visitor, deactivate }) {
    const { id: clientId, secret: clientSecret } = await register()
    const application = new Badgateway({ server: issuer, clientId, clientSecret, discoveryEndpoint: '/.well-known/openid-configuration' })
    const [state, codeVerifier] = [client.randomState(), await generateCodeVerifier()]
    const asked = { redirectUri, state, codeVerifier, scope: OFFLINE.split(' '), extraParams: { prompt: 'consent' } }
    const { at } = await visitor().signIn(await application.authorizationCode.getAuthorizeUri(asked))
    const tokens = await application.authorizationCode.getTokenFromCodeRedirect(at, { redirectUri, state, codeVerifier })
    const next = await application.refreshToken(tokens)
    assert.equal(await subjectOf(issuer, next.accessToken), member.id)
    await deactivate()
    await assert.rejects(application.refreshToken(next), { oauth2Code: 'invalid_grant' })
  },

  async '@openid/appauth'({ issuer, member, register, visitor, deactivate }) {
    const redirect_uri = 'http://127.0.0.1:52117/callback'
    const { id: client_id } = await register({ native: true, public: true, redirect_uris: ['http://127.0.0.1/callback'] })
    const requestor = new NodeRequestor()
    const configuration = await appauth.AuthorizationServiceConfiguration.fetchFromIssuer(issuer, requestor)
    const asked = { client_id, redirect_uri, scope: OFFLINE, response_type: appauth.AuthorizationRequest.RESPONSE_TYPE_CODE, extras: { prompt: 'consent' } }
    const request = new appauth.AuthorizationRequest(asked, new NodeCrypto())
    await request.setupCodeVerifier()
    // The library's own handler opens a browser window. This test needs only the address.
    const url = new (class extends appauth.AuthorizationRequestHandler {
      address = () => this.buildRequestUrl(configuration, request)
      performAuthorizationRequest() {}
      completeAuthorizationRequest = async () => null
    })(new appauth.BasicQueryStringUtils(), new NodeCrypto()).address()
    const { at } = await visitor().signIn(url)
    assert.equal(at.searchParams.get('state'), request.state)
    const handler = new appauth.BaseTokenRequestHandler(requestor)
    const code = at.searchParams.get('code') ?? ''
    const extras = { code_verifier: request.internal?.['code_verifier'] ?? '' }
    const redeem = new appauth.TokenRequest({ client_id, redirect_uri, grant_type: appauth.GRANT_TYPE_AUTHORIZATION_CODE, code, extras })
    const tokens = await handler.performTokenRequest(configuration, redeem)
    assert.equal(await subjectOf(issuer, tokens.accessToken), member.id)
    await deactivate()
    const again = new appauth.TokenRequest({ client_id, redirect_uri, grant_type: appauth.GRANT_TYPE_REFRESH_TOKEN, refresh_token: tokens.refreshToken })
    await assert.rejects(handler.performTokenRequest(configuration, again))
  },
})
