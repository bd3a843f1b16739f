import assert from 'node:assert/strict'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, test } from 'vitest'
import { browserOf, discovered, postForm, visitorOf } from './conversation.ts'

const REDIRECT = 'https://app.example/callback'
let muster: Muster
let ada: Human
beforeAll(async () => {
  muster = await startMuster()
  ada = await muster.person('ada')
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

const browser = (cookie?: string) => visitorOf(muster, cookie)

async function registered(extra: Record<string, unknown> = {}): Promise<{ id: string; secret: string }> {
  const { status, body } = await muster.call('POST', '/v1/operator/clients', {
    token: muster.config.operatorToken ?? '',
    body: {
      name: 'Dashboard',
      grants: ['authorization_code', 'refresh_token'],
      redirect_uris: [REDIRECT],
      post_logout_redirect_uris: ['https://app.example/bye'],
      scopes: ['openid', 'profile', 'email', 'offline_access'],
      ...extra,
    },
  })
  assert.equal(status, 201, JSON.stringify(body))
  return body
}

async function authorize(config: client.Configuration, parameters: Record<string, string> = {}) {
  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid profile email',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    ...parameters,
  })
  return { url: url.href, checks: { pkceCodeVerifier: verifier, expectedState: state } }
}

test('openid-client signs in a user by the code flow, with an application session', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const { url, checks } = await authorize(config)
  const { cookie } = await browserOf(muster, ada)
  const { at } = await browser(cookie).visit(url)
  assert.equal(at.searchParams.get('iss'), muster.url) // RFC 9207 requires the issuer in the response.
  const before = await muster.server.services.store.reading.sessions.listAlive(ada.id)
  assert.equal(before.filter(({ kind }) => kind === 'application').length, 0, 'a code nobody uses leaves nothing')
  const tokens = await client.authorizationCodeGrant(config, at, checks)
  assert.equal(tokens.claims()?.sub, ada.id)
  assert.equal(tokens.claims()?.email, 'ada@example.com')
  assert.equal(tokens.refresh_token, undefined)
  const { sid, scope, client_id } = decodeJwt(tokens.access_token)
  const session = (await muster.server.services.store.reading.sessions.listAlive(ada.id)).find((one) => one.id === sid)
  assert.deepEqual([session?.kind, session?.clientId, scope, client_id], ['application', id, 'openid profile email', id])
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, ada.id)).preferred_username, 'ada')
  assert.equal((await muster.call('GET', '/v1/organizations/ada', { token: tokens.access_token })).body.code, 'insufficient_scope')
  // RFC 6749 section 4.1.2: tokens issued for a code are revoked when the code is used again.
  await assert.rejects(client.authorizationCodeGrant(config, at, checks), { error: 'invalid_grant' })
  assert.equal((await muster.call('GET', '/oauth/userinfo', { token: tokens.access_token })).body.code, 'token_revoked')
})

test('a user without a session signs in and returns to the application', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const { url, checks } = await authorize(config)
  const visitor = browser()
  const first = await visitor.visit(url)
  assert.equal(first.at.pathname, '/sign-in')
  const way = first.at.searchParams.get('continue') ?? ''
  assert.match(way, /^\/interaction\//)
  const [name = '', value = ''] = (await browserOf(muster, ada)).cookie.split(/=(.*)/s)
  visitor.jar.set(name, value)
  const { at } = await visitor.visit(way)
  assert.equal((await client.authorizationCodeGrant(config, at, checks)).claims()?.sub, ada.id)
})

test('an application cannot sign in a user who has signed out of Muster', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const { cookie, principal } = await browserOf(muster, ada)
  const visitor = browser(cookie)
  await visitor.visit((await authorize(config)).url)
  await muster.server.services.store.reading.sessions.end(principal.sessionId, 'signed_out')
  const silent = await visitor.visit((await authorize(config, { prompt: 'none' })).url)
  assert.equal(silent.at.searchParams.get('error'), 'login_required')
  assert.equal((await visitor.visit((await authorize(config)).url)).at.pathname, '/sign-in')
})

test('an application signs in the current user of the browser, not the previous one', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const visitor = browser((await browserOf(muster, ada)).cookie)
  await visitor.visit((await authorize(config)).url)
  const bob = await muster.person('bob')
  visitor.jar.set('muster_session', (await browserOf(muster, bob)).cookie.slice('muster_session='.length))
  const { url, checks } = await authorize(config)
  const { at } = await visitor.visit(url)
  assert.equal((await client.authorizationCodeGrant(config, at, checks)).claims()?.sub, bob.id)
})

test('a client gets consent, a refusal, or a rotating refresh token by prompt=consent', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const visitor = browser((await browserOf(muster, ada)).cookie)
  const refused = await visitor.visit((await authorize(config, { prompt: 'consent' })).url)
  assert.match(refused.at.pathname, /^\/interaction\//)
  assert.match(refused.text, /Allow Dashboard to use your account/)
  assert.match(refused.headers.get('content-security-policy') ?? '', /form-action 'self' https:\/\/app\.example/)
  const { at: no } = await visitor.visit(refused.at.href, { decision: 'cancel' })
  assert.equal(no.searchParams.get('error'), 'access_denied')

  const { url, checks } = await authorize(config, { prompt: 'consent', scope: 'openid offline_access' })
  const asked = await visitor.visit(url)
  const { at } = await visitor.visit(asked.at.href, { decision: 'allow' })
  const tokens = await client.authorizationCodeGrant(config, at, checks)
  const next = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
  assert.notEqual(next.refresh_token, tokens.refresh_token)
})

test('a native client redirects to any loopback port and always asks for consent', async () => {
  const { id } = await registered({ name: 'Desk', native: true, redirect_uris: ['http://127.0.0.1/cb'], post_logout_redirect_uris: [] })
  const config = await discovered(muster, id)
  const visitor = browser((await browserOf(muster, ada)).cookie)
  const { url, checks } = await authorize(config, { redirect_uri: 'http://127.0.0.1:52113/cb' })
  const asked = await visitor.visit(url)
  assert.match(asked.text, /Allow Desk to use your account/)
  const { at } = await visitor.visit(asked.at.href, { decision: 'allow' })
  assert.equal(at.port, '52113')
  assert.equal((await client.authorizationCodeGrant(config, at, checks)).claims()?.sub, ada.id)
})

test('a client registered for RS256 gets both tokens signed with RS256', async () => {
  const { id, secret } = await registered({ alg: 'RS256' })
  const config = await discovered(muster, id, secret)
  const { url, checks } = await authorize(config)
  const { at } = await browser((await browserOf(muster, ada)).cookie).visit(url)
  const tokens = await client.authorizationCodeGrant(config, at, checks)
  assert.equal(decodeProtectedHeader(tokens.access_token).alg, 'RS256')
  assert.equal(decodeProtectedHeader(tokens.id_token ?? '').alg, 'RS256')
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, ada.id)).sub, ada.id)
})

test('an ID token says how the person signed in (F14)', async () => {
  const { id, secret } = await registered({})
  const config = await discovered(muster, id, secret)
  const { url, checks } = await authorize(config)
  const { cookie, principal } = await browserOf(muster, ada)
  await muster.server.database.kysely
    .updateTable('session')
    .set({ methods: ['swk', 'user', 'mfa'] })
    .where('id', '=', principal.sessionId)
    .execute()
  const { at } = await browser(cookie).visit(url)
  const tokens = await client.authorizationCodeGrant(config, at, checks)
  assert.deepEqual(tokens.claims()?.['amr'], ['swk', 'user', 'mfa'])
})

test('a code is refused without S256 PKCE and an exactly registered redirect URI', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const visitor = browser((await browserOf(muster, ada)).cookie)
  const bare = new URL((await authorize(config)).url)
  bare.searchParams.delete('code_challenge')
  bare.searchParams.delete('code_challenge_method')
  assert.equal((await visitor.visit(bare.href)).at.searchParams.get('error'), 'invalid_request')
  const plain = new URL((await authorize(config, { code_challenge_method: 'plain' })).url)
  assert.equal((await visitor.visit(plain.href)).at.searchParams.get('error'), 'invalid_request')
  const elsewhere = await visitor.visit((await authorize(config, { redirect_uri: `${REDIRECT}/more` })).url)
  assert.deepEqual([elsewhere.at.origin, elsewhere.status], [muster.url, 400])
  assert.match(elsewhere.text, /<!doctype html>/)
})

test('oauth4webapi signs in with a pushed authorization request (RFC 9126)', async () => {
  const { id, secret } = await registered()
  const as = await oauth.processDiscoveryResponse(
    new URL(muster.url),
    await oauth.discoveryRequest(new URL(muster.url), { [oauth.allowInsecureRequests]: true }),
  )
  const me = { client_id: id }
  const auth = oauth.ClientSecretBasic(secret)
  const verifier = oauth.generateRandomCodeVerifier()
  const parameters = new URLSearchParams({
    client_id: id,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: 'openid',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  const insecure = { [oauth.allowInsecureRequests]: true } as const
  const pushed = await oauth.processPushedAuthorizationResponse(as, me, await oauth.pushedAuthorizationRequest(as, me, auth, parameters, insecure))
  const { at } = await browser((await browserOf(muster, ada)).cookie).visit(
    `${as.authorization_endpoint}?client_id=${id}&request_uri=${encodeURIComponent(pushed.request_uri)}`,
  )
  const callback = oauth.validateAuthResponse(as, me, at, oauth.expectNoState)
  const answer = await oauth.authorizationCodeGrantRequest(as, me, auth, callback, REDIRECT, verifier, insecure)
  const result = await oauth.processAuthorizationCodeResponse(as, me, answer, { expectedNonce: oauth.expectNoNonce, requireIdToken: true })
  assert.equal(oauth.getValidatedIdTokenClaims(result)?.sub, ada.id)
})

test('a logout from an application ends the browser session and its tokens', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const { cookie, principal } = await browserOf(muster, ada)
  const visitor = browser(cookie)
  const { url, checks } = await authorize(config)
  const tokens = await client.authorizationCodeGrant(config, (await visitor.visit(url)).at, checks)
  const logout = client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token ?? '', post_logout_redirect_uri: 'https://app.example/bye', state: 'abc' })
  const asked = await visitor.visit(logout.href)
  assert.match(asked.text, /Sign out of Muster too/)
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(asked.text)?.[1] ?? ''
  const { at } = await visitor.visit('/oauth/logout/confirm', { xsrf, decision: 'sign_out' })
  assert.equal(at.href, 'https://app.example/bye?state=abc')
  assert.equal((await muster.server.services.store.reading.sessions.find(principal.sessionId))?.endedReason, 'signed_out')
  assert.equal((await muster.call('GET', '/oauth/userinfo', { token: tokens.access_token })).body.code, 'token_revoked')
  assert.equal((await visitor.visit((await authorize(config)).url)).at.pathname, '/sign-in')
})

test('an application can require a new sign-in by prompt=login or max_age', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const visitor = browser((await browserOf(muster, ada)).cookie)
  await muster.clock.advance(120)
  for (const asked of [{ prompt: 'login' }, { max_age: '60' }] as Record<string, string>[]) {
    const { url, checks } = await authorize(config, asked)
    const first = await visitor.visit(url)
    assert.deepEqual([first.at.pathname, first.at.searchParams.get('again'), first.status], ['/sign-in', 'yes', 200])
    visitor.jar.set('muster_session', (await browserOf(muster, ada)).cookie.slice('muster_session='.length))
    const { at } = await visitor.visit(first.at.searchParams.get('continue') ?? '')
    const tokens = await client.authorizationCodeGrant(config, at, { ...checks, ...(asked.max_age && { maxAge: Number(asked.max_age) }) })
    assert.equal(tokens.claims()?.sub, ada.id)
    await muster.clock.advance(120)
  }
})

test('a logout without an application asks before it ends the session', async () => {
  const { id, secret } = await registered()
  const config = await discovered(muster, id, secret)
  const { cookie, principal } = await browserOf(muster, ada)
  const visitor = browser(cookie)
  await visitor.visit((await authorize(config)).url)
  const xsrfOf = (text: string) => /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const alive = async () => (await muster.server.services.store.reading.sessions.find(principal.sessionId))?.endedAt === null
  const stay = await visitor.visit('/oauth/logout/confirm', { xsrf: xsrfOf((await visitor.visit('/oauth/logout')).text), decision: 'stay' })
  assert.deepEqual([stay.status, await alive()], [200, true])
  const forged = await visitor.visit('/oauth/logout/confirm', { xsrf: 'wrong', decision: 'sign_out' })
  assert.deepEqual([forged.status, await alive()], [400, true])
  const done = await visitor.visit('/oauth/logout/confirm', { xsrf: xsrfOf((await visitor.visit('/oauth/logout')).text), decision: 'sign_out' })
  assert.match(done.text, /You are signed out/)
  assert.equal(await alive(), false)
})

test("a client's own token has its id as subject and only its own scopes (S56)", async () => {
  const { id, secret } = await registered({
    name: 'Platform',
    grants: ['client_credentials'],
    scopes: ['introspect', 'hosts:read'],
    redirect_uris: [],
    post_logout_redirect_uris: [],
  })
  const config = await discovered(muster, id, secret)
  const tokens = await client.clientCredentialsGrant(config, { scope: 'introspect' })
  const { iss, aud, sub, client_id, scope, sid, org_id, epoch } = decodeJwt(tokens.access_token)
  assert.deepEqual(
    [iss, aud, sub, client_id, scope, sid, org_id, epoch],
    [muster.url, muster.config.audience, id, id, 'introspect', undefined, undefined, undefined],
  )
  await assert.rejects(client.clientCredentialsGrant(config, { scope: 'introspect signals' }), { error: 'invalid_scope' })
  const wrong = await postForm(muster, '/oauth/token', { grant_type: 'client_credentials', client_id: id, client_secret: `${secret}x` })
  assert.deepEqual([wrong.status, wrong.body.error], [401, 'invalid_client'])
})

test('an invalid client registration lists all its faults at once', async () => {
  const { status, body } = await muster.call('POST', '/v1/operator/clients', {
    token: muster.config.operatorToken ?? '',
    body: {
      name: 'Bad',
      grants: ['authorization_code', 'implicit'],
      redirect_uris: ['http://app.example/cb', 'https://app.example/#x', 'https://*.example/'],
      scopes: ['openid', 'introspect', 'root'],
      public: true,
    },
  })
  assert.deepEqual([status, body.code, body.faults.length], [422, 'client_invalid', 6])
})

test('a page may read token responses only as a public client at its redirect origin', async () => {
  const asked = async (settings: Record<string, unknown>, origin: string) => {
    const body = { name: 'An application', grants: ['authorization_code'], scopes: ['openid'], ...settings }
    const { body: made } = await muster.call('POST', '/v1/operator/clients', { token: muster.config.operatorToken ?? '', body })
    const form = new URLSearchParams({ grant_type: 'authorization_code', code: 'made-up', redirect_uri: REDIRECT, client_id: made.id })
    if (made.secret) form.set('client_secret', made.secret)
    const { headers } = await fetch(`${muster.url}/oauth/token`, { method: 'POST', body: form, headers: { origin } })
    return headers.get('access-control-allow-origin')
  }
  const page = 'https://page.example.com'
  const inPage = { redirect_uris: [`${page}/callback`], public: true }
  assert.equal(await asked(inPage, page), page)
  assert.equal(await asked(inPage, 'https://elsewhere.example.com'), null)
  assert.equal(await asked({ redirect_uris: [`${page}/callback`] }, page), null, 'a secret in a page is none')
})
