import assert from 'node:assert/strict'
import type { ClientId } from '@muster/contract/ids.ts'
import { installBuiltInClients } from '@muster/server/domain/credentials/client.ts'
import type { BuiltInClient } from '@muster/server/domain/model/client.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { type Muster, OPERATOR_TOKEN } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, test } from 'vitest'
import { severalServers } from '../signals/servers.ts'
import { type Answered, answerDevice, DEVICE_GRANT, deviceLogin, postForm, refresh, SCOPE } from './conversation.ts'

// The requests that are answered in front of the library, by a client that the process remembers.

let one: Muster
let two: Muster
beforeAll(async () => {
  ;[one, two] = (await severalServers(2)) as [Muster, Muster]
})
afterAll(async () => {
  await two?.close()
  await one?.close()
})

const operate = async (method: string, path: string, body?: unknown) => (await one.call(method, `/v1/operator${path}`, { token: OPERATOR_TOKEN, body })).body
const basic = ({ id, secret }: { id: string; secret: string }) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` })
const resourceServer = (): Promise<{ id: string; secret: string }> =>
  operate('POST', '/clients', { name: 'Hosts', grants: ['client_credentials'], scopes: ['introspect'] })
const device = (at: Muster, form: Record<string, string>): Promise<Answered> =>
  postForm(at, '/oauth/device/code', { client_id: 'muster-cli', scope: SCOPE, ...form })

test('a plain request and one with more parameters get the same response', async () => {
  const bob = await one.person('bob')
  const { refresh_token = '' } = await deviceLogin(one, bob, `${SCOPE} offline_access`)
  await refresh(one, refresh_token)
  const shape = ({ status, headers, body }: Answered) => {
    const { jti, iat, exp, ...claims } = decodeJwt(body.access_token)
    const { access_token: _, expires_in, ...rest } = body
    assert.ok([expires_in, expires_in + 1].includes((exp ?? 0) - (iat ?? 0)) && jti)
    return { status, type: headers.get('content-type'), cache: headers.get('cache-control'), names: Object.keys(body), rest, claims }
  }
  assert.deepEqual(shape(await refresh(one, refresh_token)), shape(await refresh(one, refresh_token, { audience: one.config.audience })))

  const rows = async (code: string) => {
    const {
      id: _,
      device_code_hash: __,
      user_code: ___,
      requested_at,
      expires_at,
      params,
      ...row
    } = await one.server.database.kysely.selectFrom('device_authorization').selectAll().where('user_code', '=', code.replace('-', '')).executeTakeFirstOrThrow()
    const { audience: ____, ...others } = params
    return { ...row, params: others, lifetime: Math.round((expires_at.getTime() - requested_at.getTime()) / 1000) }
  }
  const [plain, full] = [await device(one, {}), await device(one, { audience: one.config.audience })]
  const codes = /muster_dc_\w+|[A-Z]{4}-[A-Z]{4}/g
  for (const answer of [plain, full]) assert.match(answer.body.device_code, /^muster_dc_/)
  const text = ({ body }: Answered) => JSON.stringify({ ...body, device_code: '' }).replaceAll(codes, '')
  assert.equal(text(plain), text(full))
  assert.deepEqual(await rows(plain.body.user_code), await rows(full.body.user_code))
})

test('a resource server removed at one server cannot introspect at another', async () => {
  const cat = await one.person('cat')
  const introspector = await resourceServer()
  const tokens = [cat.token, 'muster_uk_nothing', 'nothing']
  const introspect = (token: string) => postForm(two, '/oauth/introspect', { token }, basic(introspector))
  for (const token of tokens) assert.equal((await introspect(token)).status, 200)
  await operate('DELETE', `/clients/${introspector.id}`)
  for (const token of tokens) assert.equal((await introspect(token)).status, 401, token)
})

test('a client removed or changed at one server is refused at another at once', async () => {
  const dan = await one.person('dan')
  const id = 'another-make' as ClientId
  const make: BuiltInClient = {
    id,
    name: 'Another make',
    grants: [DEVICE_GRANT, 'refresh_token'],
    scopes: ['openid', 'api', 'offline_access'],
    alg: 'ES256',
    impliedScopes: [],
  }
  const startWith = (clients: BuiltInClient[]) => one.server.services.execute(installBuiltInClients, systemPrincipal, { clients })
  const ask = (scope: string) => device(two, { client_id: id, scope })
  await startWith([make])
  const { body } = await ask('openid api offline_access')
  await answerDevice(one, dan, body.user_code)
  const login = await postForm(two, '/oauth/token', { grant_type: DEVICE_GRANT, device_code: body.device_code, client_id: id })
  const again = () => refresh(two, login.body.refresh_token, { client_id: id })
  const scopeOf = async () => decodeJwt((await again()).body.access_token)['scope']
  for (let time = 0; time < 3; time++) assert.equal(await scopeOf(), 'openid api offline_access')

  await startWith([{ ...make, scopes: ['openid', 'offline_access'] }])
  assert.equal((await ask('openid api')).body.error, 'invalid_scope')
  assert.equal(await scopeOf(), 'openid offline_access')
  await startWith([make])
  assert.equal((await ask('openid api')).status, 200)

  await startWith([])
  assert.deepEqual([(await ask('openid api')).status, (await again()).body.error], [401, 'invalid_client'])
})
