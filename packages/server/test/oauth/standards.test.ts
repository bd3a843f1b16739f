import assert from 'node:assert/strict'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import * as client from 'openid-client'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { browserOf, deviceLogin, discovered, postForm, visitorOf } from './conversation.ts'

// Details that OAuth and OpenID Connect clients from other vendors expect beyond the flows themselves.

const PAGE = 'https://page.example.com'
let muster: Muster
let ada: Human
beforeAll(async () => {
  muster = await startMuster()
  ada = await muster.person('ada')
})
afterAll(() => muster.close())

async function registered(extra: Record<string, unknown> = {}): Promise<{ id: string; secret: string }> {
  const body = { name: 'App', grants: ['authorization_code'], redirect_uris: [`${PAGE}/callback`], scopes: ['openid', 'email'], ...extra }
  const answer = await muster.call('POST', '/v1/operator/clients', { token: muster.config.operatorToken ?? '', body })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

const parameters = async (clientId: string, more: Record<string, string> = {}): Promise<URLSearchParams> =>
  new URLSearchParams({
    client_id: clientId,
    redirect_uri: `${PAGE}/callback`,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: await client.calculatePKCECodeChallenge('v'.repeat(43)),
    code_challenge_method: 'S256',
    ...more,
  })

async function authorize(query: URLSearchParams, cookie?: string): Promise<{ status: number; at: URL; text: string }> {
  const response = await fetch(`${muster.url}/oauth/authorize?${query}`, { redirect: 'manual', headers: { accept: 'text/html', ...(cookie && { cookie }) } })
  return { status: response.status, at: new URL(response.headers.get('location') ?? muster.url, muster.url), text: await response.text() }
}

/** Signs in to this application and returns the access token. */
async function signedIn({ id, secret }: { id: string; secret?: string | null }): Promise<string> {
  const config = await discovered(muster, id, secret ?? undefined)
  const { at } = await visitorOf(muster, (await browserOf(muster, ada)).cookie).visit(`/oauth/authorize?${await parameters(id)}`)
  return (await client.authorizationCodeGrant(config, at, { pkceCodeVerifier: 'v'.repeat(43) })).access_token
}

describe('scopes', () => {
  test('an authorization request without a scope is refused with the allowed scopes', async () => {
    const { id } = await registered()
    const query = await parameters(id)
    query.delete('scope')
    const { at } = await authorize(query)
    assert.equal(at.searchParams.get('error'), 'invalid_scope')
    assert.match(at.searchParams.get('error_description') ?? '', /missing\. This client may request: openid email\.$/)
  })

  test('an authorization request for another scope is refused with the allowed scopes', async () => {
    const { id } = await registered()
    for (const scope of ['openid wiki', 'openid profile', 'openid introspect']) {
      const { at } = await authorize(await parameters(id, { scope }))
      assert.deepEqual([scope, at.searchParams.get('error')], [scope, 'invalid_scope'])
      assert.match(at.searchParams.get('error_description') ?? '', /not allowed for this client\. This client may request: openid email\.$/)
    }
  })

  test('a device request without a scope, or for one the client lacks, is refused', async () => {
    for (const form of [{ client_id: 'muster-cli' }, { client_id: 'muster-cli', scope: 'api wiki' }] as Record<string, string>[]) {
      const { status, body } = await postForm(muster, '/oauth/device/code', form)
      assert.deepEqual([status, body.error], [400, 'invalid_scope'])
      assert.match(body.error_description, /may request: openid profile email offline_access api/)
    }
  })

  test('a client asking for its own token without an allowed scope is refused', async () => {
    const { id, secret } = await registered({ grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] })
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret }
    for (const scope of ['', 'hosts:read', 'openid']) {
      const { status, body } = await postForm(muster, '/oauth/token', { ...form, ...(scope && { scope }) })
      assert.deepEqual([scope, status, body.error], [scope, 400, 'invalid_scope'])
      assert.match(body.error_description, /may request: introspect\.$/)
    }
  })
})

describe('grants', () => {
  test('a grant the client is not registered for is unauthorized_client', async () => {
    const web = await registered()
    const machine = await registered({ grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] })
    const byClient = { client_id: web.id, client_secret: web.secret }
    const token = await postForm(muster, '/oauth/token', { grant_type: 'client_credentials', scope: 'openid', ...byClient })
    const device = await postForm(muster, '/oauth/device/code', { scope: 'openid', ...byClient })
    const pushed = await postForm(muster, '/oauth/par', {
      ...Object.fromEntries(await parameters(machine.id)),
      client_secret: machine.secret,
    })
    for (const { status, body } of [token, device, pushed]) assert.deepEqual([status, body.error], [400, 'unauthorized_client'])
    const page = await authorize(await parameters(machine.id))
    assert.equal(page.status, 400)
    assert.match(page.text, /unauthorized_client/)
  })
})

describe('client authentication', () => {
  const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

  test('a public client may send Basic with an empty password', async () => {
    const form = { scope: 'openid' }
    assert.equal((await postForm(muster, '/oauth/device/code', form, basic('muster-cli:'))).status, 200)
    assert.equal((await postForm(muster, '/oauth/device/code', { ...form, client_id: 'muster-cli' }, basic('muster-cli:'))).status, 200)
    const { access_token } = await deviceLogin(muster, ada)
    assert.equal((await postForm(muster, '/oauth/revoke', { token: access_token }, basic('muster-cli:'))).status, 200)
    assert.equal((await muster.call('GET', '/v1/me', { token: access_token })).body.code, 'token_revoked')
  })

  test('a confidential client that sends Basic with an empty password is refused', async () => {
    const { id, secret } = await registered({ grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] })
    const form = { grant_type: 'client_credentials', scope: 'introspect' }
    assert.equal((await postForm(muster, '/oauth/token', form, basic(`${id}:`))).status, 401)
    assert.equal((await postForm(muster, '/oauth/introspect', { token: 'x' }, basic(`${id}:`))).status, 401)
    assert.equal((await postForm(muster, '/oauth/revoke', { token: 'x' }, basic(`${id}:`))).status, 401)
    assert.equal((await postForm(muster, '/oauth/token', form, basic(`${id}:${secret}`))).status, 200)
  })

  test('a public client named differently in header and body is refused', async () => {
    const { id } = await registered({ public: true })
    assert.equal((await postForm(muster, '/oauth/device/code', { scope: 'openid', client_id: id }, basic('muster-cli:'))).status, 400)
  })
})

describe('pages of an application', () => {
  const ask = async (
    path: string,
    { method = 'GET', token, origin, form }: { method?: string; token?: string; origin: string; form?: Record<string, string> },
  ) =>
    fetch(muster.url + path, {
      method,
      headers: { origin, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
      ...(form && { body: new URLSearchParams(form) }),
    })
  const readable = (response: Response): string | null => response.headers.get('access-control-allow-origin')

  test('a preflight of userinfo, revocation and token endpoint is answered', async () => {
    for (const [path, methods] of [
      ['/oauth/userinfo', 'GET, POST'],
      ['/oauth/revoke', 'POST'],
      ['/oauth/token', 'POST'],
    ] as const) {
      const { status, headers } = await fetch(muster.url + path, {
        method: 'OPTIONS',
        headers: { origin: PAGE, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
      })
      const said = ['access-control-allow-origin', 'access-control-allow-methods', 'access-control-allow-headers'].map((name) => headers.get(name))
      assert.deepEqual([path, status, ...said], [path, 204, PAGE, methods, 'authorization'])
      assert.equal(headers.get('access-control-allow-credentials'), null)
    }
  })

  test('userinfo is readable by a page of the application and by no other', async () => {
    const token = await signedIn(await registered({ public: true }))
    assert.equal(readable(await ask('/oauth/userinfo', { token, origin: PAGE })), PAGE)
    for (const origin of ['https://evil.example', 'null']) assert.equal(readable(await ask('/oauth/userinfo', { token, origin })), null)
    assert.equal(readable(await ask('/oauth/userinfo', { token: 'nonsense', origin: PAGE })), PAGE, 'a page reads why it was refused')
  })

  test('userinfo is readable by no page when the application has a secret', async () => {
    assert.equal(readable(await ask('/oauth/userinfo', { token: await signedIn(await registered()), origin: PAGE })), null)
  })

  test('a revocation is readable by a page of the application and by no other', async () => {
    const { id } = await registered({ public: true })
    for (const origin of [PAGE, 'https://evil.example']) {
      const token = await signedIn({ id })
      const answer = await ask('/oauth/revoke', { method: 'POST', form: { token, client_id: id }, origin })
      assert.deepEqual([answer.status, readable(answer)], [200, origin === PAGE ? PAGE : null])
    }
    const answer = await ask('/oauth/revoke', { method: 'POST', form: { token: await signedIn({ id }) }, origin: 'https://evil.example' })
    assert.equal(readable(answer), null)
  })
})

test('userinfo refuses a request with two access tokens', async () => {
  const { access_token } = await deviceLogin(muster, ada)
  const authorization = { authorization: `Bearer ${access_token}` }
  assert.equal((await postForm(muster, '/oauth/userinfo', { access_token })).status, 200)
  for (const answer of [
    await postForm(muster, '/oauth/userinfo', { access_token }, authorization),
    await postForm(muster, `/oauth/userinfo?access_token=${access_token}`, {}, authorization),
  ]) {
    assert.deepEqual([answer.status, answer.body.error], [400, 'invalid_request'])
    assert.equal(answer.headers.get('www-authenticate'), 'Bearer error="invalid_request"')
  }
})

test('discovery names RS256 when no client uses it', async () => {
  for (const path of ['/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) {
    const { body } = await muster.call('GET', path)
    assert.deepEqual(body.id_token_signing_alg_values_supported, ['ES256', 'RS256'])
  }
})

describe('login_hint', () => {
  const signInPage = async (hint: string): Promise<string> => {
    const { id } = await registered()
    const { at } = await authorize(await parameters(id, { login_hint: hint }))
    return (await fetch(`${muster.url}/sign-in?continue=${encodeURIComponent(at.pathname)}`)).text()
  }

  test('a login_hint fills the field of the sign-in page', async () => {
    assert.match(await signInPage('ada@example.com'), /name="identifier"[^>]* value="ada@example\.com"/)
  })

  test('a login_hint is escaped, and left out when it is invalid', async () => {
    assert.match(await signInPage('"><script>'), /value="&quot;&gt;&lt;script&gt;"/)
    assert.doesNotMatch(await signInPage(`x y`), /name="identifier"[^>]* value=/)
    assert.doesNotMatch(await signInPage('x'.repeat(255)), /name="identifier"[^>]* value=/)
  })
})

describe('POST /oauth/authorize (OpenID Connect Core section 3.1.2.1)', () => {
  test('a posted request is redirected to a GET with the same parameters', async () => {
    const { id } = await registered()
    const query = await parameters(id, { state: 'a b&c=ä' })
    const response = await fetch(`${muster.url}/oauth/authorize`, { method: 'POST', body: query, redirect: 'manual', headers: { origin: PAGE } })
    const at = new URL(response.headers.get('location') ?? '', muster.url)
    assert.deepEqual([response.status, at.origin, at.pathname], [303, muster.url, '/oauth/authorize'])
    assert.deepEqual([...at.searchParams], [...query])
    const { cookie } = await browserOf(muster, ada)
    const silent = new URLSearchParams([...at.searchParams, ['prompt', 'none']])
    assert.equal((await authorize(silent, cookie)).at.searchParams.get('state'), 'a b&c=ä')
  })

  test('a posted request sets no cookie, and a long one is refused', async () => {
    const response = await fetch(`${muster.url}/oauth/authorize`, { method: 'POST', body: 'client_id=x%0d%0aset-cookie:a', redirect: 'manual' })
    assert.equal(response.headers.get('set-cookie'), null)
    const long = await postForm(muster, '/oauth/authorize', { state: 'x'.repeat(9_000) })
    assert.equal(long.status, 413)
  })
})
