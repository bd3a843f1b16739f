import { type Human, type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aStream } from '../signals/receiving.ts'
import { severalServers } from '../signals/servers.ts'
import { answerDevice, browserOf, DEVICE_GRANT, postForm, visitorOf } from './conversation.ts'

// A client that is changed at one server, as another server sees it at once (P14).

const REDIRECT = 'https://app.example/callback'
const OTHER = 'https://app.example/other'
let one: Muster
let two: Muster
let ada: Human
beforeAll(async () => {
  ;[one, two] = (await severalServers(2)) as [Muster, Muster]
  ada = await one.person('ada')
})
afterAll(async () => {
  await two?.close()
  await one?.close()
})

interface Registered {
  id: string
  secret: string
}

const operate = async (method: string, path: string, body?: unknown) => {
  const answer = await one.call(method, `/v1/operator/clients${path}`, { token: OPERATOR_TOKEN, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
const register = (settings: object): Promise<Registered> => operate('POST', '', { name: 'An application', ...settings })
const change = (id: string, values: object) => operate('PATCH', `/${id}`, values)
const basic = (id: string, secret: string) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
const backend = (scopes: string[]) => register({ grants: ['client_credentials'], scopes })
const tokenOf = ({ id, secret }: Registered, scope: string, at = two) =>
  postForm(at, '/oauth/token', { grant_type: 'client_credentials', scope }, basic(id, secret))
const introspect = (headers: Record<string, string>, token = ada.token) => postForm(two, '/oauth/introspect', { token }, headers)

describe('the secrets of a client', () => {
  test('are accepted and refused by another server from the response on (P14, E74)', async () => {
    const client = await backend(['introspect'])
    const status = async (secret: string) => [
      (await introspect(basic(client.id, secret))).status,
      (await introspect(basic(client.id, secret), 'nothing')).status,
      (await tokenOf({ id: client.id, secret }, 'introspect')).status,
      (await postForm(two, '/oauth/revoke', { token: 'nothing' }, basic(client.id, secret))).status,
    ]
    expect(await status(client.secret)).toEqual([200, 200, 200, 200])
    const second = await operate('POST', `/${client.id}/secrets`)
    expect([await status(second.secret), await status(client.secret)]).toEqual([
      [200, 200, 200, 200],
      [200, 200, 200, 200],
    ])
    const [first] = (await operate('GET', `/${client.id}`)).secrets
    await operate('DELETE', `/${client.id}/secrets/${first.id}`)
    expect([await status(client.secret), await status(second.secret)]).toEqual([
      [401, 401, 401, 401],
      [200, 200, 200, 200],
    ])
  })

  test('are listed with their last use, and never with their value (P14)', async () => {
    const client = await backend(['introspect'])
    expect((await operate('GET', `/${client.id}`)).secrets).toEqual([
      { id: expect.stringMatching(/^csc_/), created_at: expect.any(String), last_used_at: null },
    ])
    await operate('POST', `/${client.id}/secrets`)
    await introspect(basic(client.id, client.secret))
    const secrets = async () => (await operate('GET', `/${client.id}`)).secrets
    await expect.poll(async () => (await secrets())[0].last_used_at).not.toBeNull()
    expect((await secrets())[1].last_used_at).toBeNull()
    expect(JSON.stringify(await operate('GET', ''))).not.toContain('muster_cs_')
  })

  test('leave their tokens valid after a revocation (P14)', async () => {
    const client = await backend(['introspect'])
    const { body } = await tokenOf(client, 'introspect')
    const second = await operate('POST', `/${client.id}/secrets`)
    const [first] = (await operate('GET', `/${client.id}`)).secrets
    await operate('DELETE', `/${client.id}/secrets/${first.id}`)
    expect((await introspect({ authorization: `Bearer ${body.access_token}` })).status).toBe(200)
    expect((await tokenOf({ id: client.id, secret: second.secret }, 'introspect')).status).toBe(200)
  })
})

describe("a scope that is removed from a client's registration", () => {
  test('does not count for its own token, at any server (P14, E74)', async () => {
    const client = await backend(['introspect', 'hosts:read'])
    const { access_token: token } = (await tokenOf(client, 'introspect hosts:read')).body
    const bearer = { authorization: `Bearer ${token}` }
    const host = async () => (await two.call('GET', '/v1/hosts/nothing', { token })).body.code
    const scopeAt = async (path: string) => (await two.call('GET', path, { token })).headers.get('x-muster-scope')
    expect([(await introspect(bearer)).status, (await introspect(basic(client.id, client.secret))).status, await host()]).toEqual([200, 200, 'host_not_found'])
    expect(await scopeAt('/v1/forward-auth?clients=true')).toBe('introspect hosts:read')

    await change(client.id, { scopes: ['hosts:read'] })
    expect([(await introspect(bearer)).status, (await introspect(basic(client.id, client.secret))).status, await host()]).toEqual([403, 403, 'host_not_found'])
    expect(await scopeAt('/v1/forward-auth?clients=true')).toBe('hosts:read')
    expect((await tokenOf(client, 'introspect')).body.error).toBe('invalid_scope')
    const other = await backend(['introspect'])
    expect((await introspect(basic(other.id, other.secret), token)).body).toMatchObject({ active: true, scope: 'hosts:read' })

    await change(client.id, { scopes: ['introspect'] })
    expect([(await introspect(bearer)).status, (await introspect(basic(client.id, client.secret))).status, await host()]).toEqual([
      200,
      200,
      'insufficient_scope',
    ])
  })

  test('ends the delivery of revocations to its streams (P14)', async () => {
    const client = await backend(['signals'])
    const { access_token: token } = (await tokenOf(client, 'signals')).body
    const stream = await aStream(two, { clientId: client.id, token })
    expect((await stream.poll()).status).toBe(200)
    await change(client.id, { scopes: [] })
    await expect.poll(async () => (await stream.poll()).body.code, { timeout: 5_000 }).toBe('stream_not_found')
  })

  test('is in no token of a later refresh, until it is registered again (P14)', async () => {
    const scopes = ['openid', 'profile', 'offline_access']
    const { id } = await register({ public: true, grants: [DEVICE_GRANT, 'refresh_token'], scopes })
    const { body: device } = await postForm(two, '/oauth/device/code', { client_id: id, scope: scopes.join(' ') })
    await answerDevice(one, ada, device.user_code)
    const login = await postForm(two, '/oauth/token', { grant_type: DEVICE_GRANT, device_code: device.device_code, client_id: id })
    let refreshToken = login.body.refresh_token
    const refreshed = async (more: Record<string, string> = {}) => {
      const { body } = await postForm(two, '/oauth/token', { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: id, ...more })
      refreshToken = body.refresh_token ?? refreshToken
      return { scope: body.access_token && decodeJwt(body.access_token)['scope'], hasIdToken: 'id_token' in body }
    }
    expect(await refreshed({ scope: 'openid profile' })).toEqual({ scope: 'openid profile', hasIdToken: true })
    await change(id, { scopes: ['profile', 'offline_access'] })
    expect(await refreshed()).toEqual({ scope: 'profile offline_access', hasIdToken: false })
    expect((await refreshed({ scope: 'openid profile' })).hasIdToken).toBe(false)
    await change(id, { scopes })
    expect(await refreshed({ scope: 'openid profile' })).toEqual({ scope: 'openid profile', hasIdToken: true })
  })

  test('is in no token of a login that was under way (P14)', async () => {
    const { id } = await register({ public: true, grants: [DEVICE_GRANT, 'refresh_token'], scopes: ['openid', 'profile', 'offline_access'] })
    const { body: device } = await postForm(two, '/oauth/device/code', { client_id: id, scope: 'openid profile offline_access' })
    await answerDevice(one, ada, device.user_code)
    await change(id, { scopes: ['profile'] })
    const { body } = await postForm(two, '/oauth/token', { grant_type: DEVICE_GRANT, device_code: device.device_code, client_id: id })
    expect([decodeJwt(body.access_token)['scope'], body.refresh_token, body.id_token]).toEqual(['profile', undefined, undefined])
  })
})

describe('a redirect URI that is removed', () => {
  const app = { grants: ['authorization_code'], scopes: ['openid', 'profile'], redirect_uris: [REDIRECT, OTHER], require_pkce: false }
  const address = (id: string, more: Record<string, string> = {}) => {
    const query = { client_id: id, redirect_uri: REDIRECT, response_type: 'code', scope: 'openid profile', nonce: 'n', ...more }
    return `/oauth/authorize?${new URLSearchParams(query)}`
  }
  /** At the issuer, whose cookies the browser has. */
  const visitor = async () => visitorOf(one, (await browserOf(one, ada)).cookie)
  const redeem = ({ id, secret }: Registered, at: URL, redirectUri = REDIRECT) => {
    const form = { grant_type: 'authorization_code', code: at.searchParams.get('code') ?? '', redirect_uri: redirectUri }
    return postForm(one, '/oauth/token', form, basic(id, secret))
  }

  test('gets no code when the person signed in meanwhile (P14, E74)', async () => {
    const client = await register(app)
    const browser = await visitor()
    const asked = await browser.visit(address(client.id, { prompt: 'consent' }))
    expect(asked.at.pathname).toMatch(/^\/interaction\//)
    await change(client.id, { redirect_uris: [OTHER] })
    const { at, status } = await browser.visit(asked.at.href, { decision: 'allow' })
    expect([at.origin, status]).toEqual([one.url, 400])
  })

  test('cannot redeem a code that was sent to it (P14, E74)', async () => {
    const client = await register(app)
    const { at } = await (await visitor()).visit(address(client.id))
    await change(client.id, { redirect_uris: [OTHER] })
    expect((await redeem(client, at)).body.error).toBe('invalid_grant')
  })

  test('leaves a code that was sent to another one (P14)', async () => {
    const client = await register(app)
    const { at } = await (await visitor()).visit(address(client.id, { redirect_uri: OTHER }))
    await change(client.id, { redirect_uris: [OTHER], scopes: ['openid'] })
    const { status, body } = await redeem(client, at, OTHER)
    expect([status, body.scope]).toEqual([200, 'openid'])
  })

  test('sends the browser back without a scope that was removed meanwhile (P14)', async () => {
    const client = await register(app)
    const browser = await visitor()
    const asked = await browser.visit(address(client.id, { prompt: 'consent' }))
    await change(client.id, { scopes: ['openid'] })
    const { at } = await browser.visit(asked.at.href, { decision: 'allow' })
    expect([at.origin, at.searchParams.get('error'), at.searchParams.get('code')]).toEqual(['https://app.example', 'invalid_scope', null])
  })

  test('is not where a browser goes after signing out (P14, E74)', async () => {
    const bye = 'https://app.example/bye'
    const client = await register({ ...app, post_logout_redirect_uris: [bye] })
    const out = `/oauth/logout?${new URLSearchParams({ client_id: client.id, post_logout_redirect_uri: bye, state: 's' })}`
    const leave = async (between: () => Promise<unknown>) => {
      const browser = await visitor()
      const page = await browser.visit(out)
      const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(page.text) ?? []
      const [, action = ''] = /action="([^"]+)"/.exec(page.text) ?? []
      await between()
      return (await browser.visit(action, { xsrf })).at
    }
    expect((await leave(async () => {})).href).toBe(`${bye}?state=s`)
    expect((await leave(() => change(client.id, { post_logout_redirect_uris: [] }))).origin).toBe(one.url)
  })
})
