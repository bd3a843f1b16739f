import assert from 'node:assert/strict'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answerDevice, browserOf, DEVICE_GRANT, postForm } from './conversation.ts'

// Every kind of credential, at Muster's own API and at the APIs of the platform.

const DEPLOY = 'https://deploy.example.com'
const BILLING = 'https://billing.example.com'
const OLD = 'https://old.example.com'
let muster: Muster
let ada: Human
const introspectors: Record<string, { id: string; secret: string }> = {}
const operator = (method: string, path: string, body: unknown) => muster.call(method, path, { token: OPERATOR_TOKEN, body })

beforeAll(async () => {
  muster = await startMuster()
  ada = await muster.person('ada')
  const api = (name: string, audience: string, permission: string, more = {}) => ({
    name,
    audience,
    permissions: { [permission]: 'x' },
    grant: { member: ['*'] },
    ...more,
  })
  const apis = [
    api('Deploy', DEPLOY, 'apps:deploy'),
    api('Billing', BILLING, 'invoices:read'),
    api('Old', OLD, 'things:read', { accept_default_audience: true }),
  ]
  assert.equal((await operator('PUT', '/v1/operator/apis', { apis })).status, 200)
  for (const audience of [undefined, DEPLOY, BILLING, OLD]) {
    const { status, body } = await operator('POST', '/v1/operator/clients', {
      name: 'introspector',
      grants: ['client_credentials'],
      scopes: ['introspect'],
      ...(audience && { api: audience }),
    })
    assert.equal(status, 201, JSON.stringify(body))
    introspectors[audience ?? 'own'] = body
  }
})
afterAll(() => muster.close())

async function introspect(where: string, token: string): Promise<any> {
  const { id = '', secret = '' } = introspectors[where] ?? {}
  const { status, body } = await postForm(muster, '/oauth/introspect', { token, client_id: id, client_secret: secret })
  assert.equal(status, 200, JSON.stringify(body))
  return body
}

async function tokensOf(resource: string, scope: string): Promise<{ access_token: string; refresh_token: string }> {
  const device = await postForm(muster, '/oauth/device/code', { client_id: 'muster-cli', scope, resource })
  await answerDevice(muster, ada, device.body.user_code)
  const { body } = await postForm(muster, '/oauth/token', { client_id: 'muster-cli', grant_type: DEVICE_GRANT, device_code: device.body.device_code })
  return body
}

/** `yes` where a request with the credential is accepted: at the own API, and at an API that introspects. */
async function row(credential: string): Promise<string> {
  const { status } = await muster.call('GET', '/v1/me', { token: credential })
  const places = [status === 200]
  for (const where of ['own', DEPLOY, BILLING, OLD]) places.push((await introspect(where, credential)).active)
  return places.map((accepted) => (accepted ? 'yes' : 'no')).join(' ')
}

test('each credential is accepted at its own API only (P4, P12, P13)', async () => {
  const own = await tokensOf('urn:muster:api', 'openid api offline_access')
  const deploy = await tokensOf(DEPLOY, 'openid api offline_access')
  const scoped = await operator('POST', '/v1/operator/clients', { name: 'shop', grants: [DEVICE_GRANT], scopes: ['openid', 'invoices:read'] })
  const device = await postForm(muster, '/oauth/device/code', {
    client_id: scoped.body.id,
    client_secret: scoped.body.secret,
    scope: 'invoices:read',
    resource: BILLING,
  })
  await answerDevice(muster, ada, device.body.user_code)
  const billing = await postForm(muster, '/oauth/token', {
    client_id: scoped.body.id,
    client_secret: scoped.body.secret,
    grant_type: DEVICE_GRANT,
    device_code: device.body.device_code,
  })
  const { cookie } = await browserOf(muster, ada)
  const createKey = (scope: unknown) =>
    muster.call('POST', '/v1/me/keys', {
      headers: { cookie, origin: muster.url, 'sec-fetch-site': 'same-origin' },
      body: { description: 'CI', scope },
    })
  const [made, narrow] = [await createKey('all'), await createKey(['apps:deploy'])]
  assert.deepEqual([made.status, narrow.status], [201, 201], JSON.stringify([made.body, narrow.body]))
  const unknown = await createKey(['apps:remove'])
  assert.deepEqual([unknown.status, unknown.body.code], [422, 'permission_unknown'])
  const worker = await operator('POST', '/v1/operator/clients', { name: 'worker', grants: ['client_credentials'], scopes: ['introspect'] })
  const machine = await postForm(muster, '/oauth/token', {
    client_id: worker.body.id,
    client_secret: worker.body.secret,
    grant_type: 'client_credentials',
    scope: 'introspect',
  })
  //                                                   own API, introspection for: own, Deploy, Billing, Old (accepts the default audience)
  expect({
    'token for the own API': await row(own.access_token),
    'token for Deploy': await row(deploy.access_token),
    'token of an application for Billing': await row(billing.body.access_token),
    'key without a scope': await row(made.body.key),
    'key for Deploy': await row(narrow.body.key),
    "client's own token": await row(machine.body.access_token),
    'refresh token': await row(own.refresh_token),
    'refresh token for Deploy': await row(deploy.refresh_token),
    "operator's token": await row(OPERATOR_TOKEN),
  }).toEqual({
    'token for the own API': 'yes yes no no yes',
    'token for Deploy': 'no no yes no no',
    'token of an application for Billing': 'no no no yes no',
    'key without a scope': 'yes yes yes yes yes',
    'key for Deploy': 'yes no yes no no',
    "client's own token": 'no yes no no yes',
    'refresh token': 'no no no no no',
    'refresh token for Deploy': 'no no no no no',
    "operator's token": 'no no no no no',
  })
})

test('a key loses a permission with the role of its holder, at every place (P12)', async () => {
  const team = await muster.organization({ gil: 'admin', hal: 'admin' })
  await operator('PUT', '/v1/operator/apis?remove_used=true', {
    apis: [
      ...(await muster.call('GET', '/v1/operator/apis', { token: OPERATOR_TOKEN })).body.items.map(({ id: _, ...api }: any) => api),
      { name: 'Admins', audience: 'https://admins.example.com', permissions: { 'secrets:read': 'x' }, grant: { member: [] } },
    ],
  })
  const { body: key } = await muster.call('POST', '/v1/me/keys', {
    token: team.hal?.token,
    body: { description: 'CI', scope: ['secrets:read', 'organization:read'] },
  })
  const ask = async (): Promise<[number, string]> => {
    const { status } = await muster.call('GET', '/v1/forward-auth?scope=secrets:read', { token: key.key })
    return [status, (await introspect('own', key.key)).scope]
  }
  expect(await ask()).toEqual([200, 'organization:read'])
  await muster.call('PATCH', '/v1/organizations/gil/members/hal', { token: team.gil?.token, body: { role: 'member' } })
  expect(await ask()).toEqual([403, 'organization:read'])
})

test('an introspection answers with audience and permissions of the API (P13)', async () => {
  const team = await muster.organization({ eve: 'admin', bob: 'member' })
  assert.ok(team.bob)
  const { access_token: token } = await tokensOf(DEPLOY, 'openid api')
  const answer = await introspect(DEPLOY, token)
  assert.deepEqual([answer.aud, answer.permissions, answer.username], [DEPLOY, ['apps:deploy'], 'ada'])
  const { access_token: own } = await tokensOf('urn:muster:api', 'openid api')
  const old = await introspect(OLD, own)
  assert.deepEqual([old.aud, old.permissions], [muster.config.audience, ['things:read']])
  assert.equal('permissions' in (await introspect('own', own)), false)
})

test('an API with clients cannot be removed (P13)', async () => {
  const { items } = (await muster.call('GET', '/v1/operator/apis', { token: OPERATOR_TOKEN })).body
  const others = items.filter(({ audience }: any) => audience !== BILLING).map(({ id: _, ...api }: any) => api)
  const refused = await operator('PUT', '/v1/operator/apis?remove_used=true', { apis: others })
  assert.deepEqual([refused.status, refused.body.code], [409, 'api_in_use'])
})

test('a client belongs to an API that exists, and introspects there (P13)', async () => {
  const unknown = await operator('POST', '/v1/operator/clients', {
    name: 'x',
    grants: ['client_credentials'],
    scopes: ['introspect'],
    api: 'https://unknown.example',
  })
  assert.deepEqual([unknown.status, unknown.body.faults[0].field], [422, 'api'])
  const without = await operator('POST', '/v1/operator/clients', { name: 'x', grants: ['client_credentials'], scopes: ['hosts:read'], api: DEPLOY })
  assert.deepEqual([without.status, without.body.faults[0].field], [422, 'api'])
})

test('a client keeps its API when the operator names another one (P14)', async () => {
  const path = `/v1/operator/clients/${introspectors[DEPLOY]?.id}`
  const { status, body } = await operator('PATCH', path, { name: 'other', api: BILLING })
  assert.deepEqual([status, body.code, body.faults[0].field], [422, 'client_invalid', 'api'])
  assert.match(body.detail, /muster server client create NAME --grant client_credentials --scope introspect --api https:\/\/billing\./)
  assert.equal((await operator('PATCH', path, { api: null })).status, 422)
  const own = await operator('PATCH', `/v1/operator/clients/${introspectors['own']?.id}`, { api: BILLING })
  assert.equal(own.status, 422)
  const same = await operator('PATCH', path, { name: 'renamed', api: DEPLOY })
  assert.deepEqual([same.status, same.body.name], [200, 'renamed'])
})
