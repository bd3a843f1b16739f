import assert from 'node:assert/strict'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { browserOf, postForm, visitorOf } from './conversation.ts'

// A confidential client that cannot do PKCE (`--no-pkce`) sends a nonce instead of a challenge (RFC 9700 section 2.1.1).

const REDIRECT = 'https://app.example/callback'
const VERIFIER = 'v'.repeat(43)
const CHALLENGE = 'yIWv7Pw4VZCPAcqb5UPQ0aMN1H3u1a8sAzvyBvG8I5A'
let muster: Muster
let ada: Human
beforeAll(async () => {
  muster = await startMuster()
  ada = await muster.person('ada')
})
afterAll(() => muster.close())

const register = (extra: Record<string, unknown> = {}) =>
  muster.call('POST', '/v1/operator/clients', {
    token: muster.config.operatorToken ?? '',
    body: { name: 'Wiki', grants: ['authorization_code'], redirect_uris: [REDIRECT], scopes: ['openid', 'email'], require_pkce: false, ...extra },
  })

async function authorize(clientId: string, asked: Record<string, string>): Promise<URLSearchParams> {
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: REDIRECT, response_type: 'code', scope: 'openid', ...asked })
  return (await visitorOf(muster, (await browserOf(muster, ada)).cookie).visit(`/oauth/authorize?${query}`)).at.searchParams
}

const redeem = ({ id, secret }: { id: string; secret: string }, code: string | null, more: Record<string, string> = {}) =>
  postForm(muster, '/oauth/token', {
    grant_type: 'authorization_code',
    code: code ?? '',
    redirect_uri: REDIRECT,
    client_id: id,
    client_secret: secret,
    ...more,
  })

describe('a client registered without PKCE', () => {
  let app: { id: string; secret: string }
  beforeAll(async () => {
    app = (await register()).body
  })

  test('a client without PKCE signs in a user with a nonce, returned in the ID token', async () => {
    const answer = await authorize(app.id, { nonce: 'n-1' })
    const { status, body } = await redeem(app, answer.get('code'))
    assert.deepEqual([status, decodeJwt(body.id_token ?? '')['nonce']], [200, 'n-1'])
  })

  test('a client without PKCE is refused without a nonce', async () => {
    const answer = await authorize(app.id, {})
    assert.deepEqual([answer.get('error'), answer.get('code')], ['invalid_request', null])
    assert.match(answer.get('error_description') ?? '', /nonce is required/)
  })

  test('a client without PKCE is refused without openid, as no ID token has the nonce', async () => {
    const answer = await authorize(app.id, { scope: 'email' })
    assert.deepEqual([answer.get('error'), answer.get('code')], ['invalid_request', null])
  })

  test('a client without PKCE must match a challenge that it sends', async () => {
    const challenge = { code_challenge: CHALLENGE, code_challenge_method: 'S256' }
    for (const more of [{}, { code_verifier: 'w'.repeat(43) }] as Record<string, string>[]) {
      const answer = await authorize(app.id, challenge)
      const { status, body } = await redeem(app, answer.get('code'), more)
      assert.deepEqual([status, body.error], [400, 'invalid_grant'])
    }
  })

  test('a client without PKCE is refused a verifier when it sent no challenge', async () => {
    const answer = await authorize(app.id, { nonce: 'n-2' })
    const { status, body } = await redeem(app, answer.get('code'), { code_verifier: VERIFIER })
    assert.deepEqual([status, body.error], [400, 'invalid_grant'])
  })

  test('a client without PKCE cannot push a request without a nonce', async () => {
    const form = { client_id: app.id, client_secret: app.secret, redirect_uri: REDIRECT, response_type: 'code', scope: 'openid' }
    const { status, body } = await postForm(muster, '/oauth/par', form)
    assert.deepEqual([status, body.error], [400, 'invalid_request'])
    assert.equal((await postForm(muster, '/oauth/par', { ...form, nonce: 'n-3' })).status, 201)
  })
})

test('a client registered with PKCE is refused without it, also with a nonce', async () => {
  const { body: app } = await register({ require_pkce: true })
  const answer = await authorize(app.id, { nonce: 'n-4' })
  assert.deepEqual([answer.get('error'), answer.get('code')], ['invalid_request', null])
})

test('a client may be registered without PKCE only with a secret, code flow and openid', async () => {
  for (const extra of [{ public: true }, { native: true, redirect_uris: ['http://127.0.0.1/cb'] }, { scopes: ['email'] }]) {
    const { status, body } = await register(extra)
    assert.deepEqual([status, body.faults?.map(({ field }: { field: string }) => field)], [422, ['require_pkce']])
  }
  const { status } = await register({ grants: ['client_credentials'], redirect_uris: [], scopes: ['introspect'] })
  assert.equal(status, 422)
})
