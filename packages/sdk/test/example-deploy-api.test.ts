import { readFileSync } from 'node:fs'
import { freePort, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEVICE_GRANT, deviceLogin } from '../../server/test/oauth/conversation.ts'
import { examples, type RunningExample, startExample } from './running-example.ts'
import { eventually } from './verifying.ts'

// The example of an API with an audience and permissions of its own, by the steps of its README.

const manifest = JSON.parse(readFileSync(new URL('deploy-api/apis.json', examples), 'utf8'))
const audience: string = manifest.apis[0].audience

let muster: Muster
let example: RunningExample
let url: string
let ada: Human
let bob: Human
let deployer: string
const operate = async (method: string, path: string, body: unknown): Promise<any> => {
  const answer = await muster.call(method, `/v1/operator${path}`, { token: OPERATOR_TOKEN, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
const ask = (method: string, path: string, token?: string, body?: unknown) =>
  fetch(url + path, {
    method,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
const call = async (...request: Parameters<typeof ask>): Promise<{ status: number; body: any }> => {
  const answer = await ask(...request)
  return { status: answer.status, body: await answer.json() }
}
const tokenOf = async (human: Human): Promise<string> =>
  (await deviceLogin(muster, human, 'openid apps:read apps:deploy', { client_id: deployer, resource: audience })).access_token

beforeAll(async () => {
  muster = await startMuster()
  const people = await muster.organization({ ada: 'admin', bob: 'member' })
  ;[ada, bob] = [people['ada'] as Human, people['bob'] as Human]
  await operate('PUT', '/apis', manifest)
  const own = { name: 'deploy', grants: ['client_credentials'], scopes: ['signals', 'introspect'], api: audience }
  const { id, secret } = await operate('POST', '/clients', own)
  deployer = (await operate('POST', '/clients', { name: 'deployer', public: true, grants: [DEVICE_GRANT], scopes: ['openid', 'apps:read', 'apps:deploy'] })).id
  const port = await freePort()
  url = `http://127.0.0.1:${port}`
  example = startExample('deploy-api/server.ts', {
    MUSTER_ISSUER: muster.url,
    MUSTER_CLIENT_ID: id,
    MUSTER_CLIENT_SECRET: secret,
    PORT: String(port),
  })
  await eventually(() =>
    ask('GET', '/apps').then(
      () => true,
      () => false,
    ),
  )
})
afterAll(async () => {
  await example?.stop()
  await muster?.close()
})

test('an admin deploys and a member sees it, but cannot deploy', async () => {
  expect(await call('PUT', '/apps/shop', await tokenOf(ada), { version: '1.4.0' })).toEqual({ status: 200, body: { version: '1.4.0', by: ada.id } })
  const token = await tokenOf(bob)
  expect(await call('GET', '/apps', token)).toEqual({ status: 200, body: { apps: { shop: { version: '1.4.0', by: ada.id } }, may_deploy: false } })
  const { status, body } = await call('PUT', '/apps/shop', token, { version: '1.5.0' })
  expect([status, body.code, body.detail]).toEqual([403, 'forbidden', 'This requires the permission apps:deploy. Ask an admin of ada.'])
})

test('a key with the scope apps:read cannot deploy for its holder', async () => {
  const { body: made } = await muster.call('POST', '/v1/me/keys', { token: ada.token, body: { description: 'status page', scope: ['apps:read'] } })
  expect(await call('GET', '/apps', made.key)).toMatchObject({ status: 200, body: { may_deploy: false } })
  expect(await call('PUT', '/apps/shop', made.key, { version: '1.5.0' })).toMatchObject({
    status: 403,
    body: {
      code: 'insufficient_scope',
      detail: 'This requires the permission apps:deploy, which the scope of the key or the role of its holder does not have. Ask an admin of ada.',
      permission: 'apps:deploy',
    },
  })
})

test("the API refuses a token for Muster's own API, and Muster one for the API", async () => {
  expect(await call('GET', '/apps', ada.token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
  expect((await muster.call('GET', '/v1/me', { token: await tokenOf(ada) })).status).toBe(401)
})

test('a client without a token finds out where to get one', async () => {
  const refused = await ask('GET', '/apps')
  const document = /^Bearer resource_metadata="(.*)"$/.exec(refused.headers.get('www-authenticate') ?? '')?.[1] ?? ''
  expect([refused.status, document.startsWith(`${audience}/.well-known/`)]).toEqual([401, true])
  expect((await call('GET', new URL(document).pathname)).body).toMatchObject({ resource: audience, authorization_servers: [muster.url] })
})
