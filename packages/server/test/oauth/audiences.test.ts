import assert from 'node:assert/strict'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import * as client from 'openid-client'
import { afterAll, beforeAll, test } from 'vitest'
import { answerDevice, browserOf, DEVICE_GRANT, deviceLogin, discovered, postForm, refresh, visitorOf } from './conversation.ts'

const REDIRECT = 'https://app.example/callback'
const DEPLOY = 'https://deploy.example.com'
const BILLING = 'https://billing.example.com'
const OWN = 'urn:muster:api'
const apis = [
  {
    name: 'Deploy',
    audience: DEPLOY,
    permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications', 'apps:remove': 'Remove applications' },
    grant: { member: ['apps:read', 'apps:deploy'] },
    longest_token_life: 600,
  },
  { name: 'Billing', audience: BILLING, permissions: { 'invoices:read': 'See invoices' }, grant: { member: ['*'] } },
]
const apply = (wanted: unknown) => muster.call('PUT', '/v1/operator/apis?remove_used=true', { token: OPERATOR_TOKEN, body: { apis: wanted } })
let muster: Muster
let team: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  team = await muster.organization({ ada: 'admin', bob: 'member' })
  assert.equal((await apply(apis)).status, 200)
})
afterAll(() => muster.close())

/** A form whose field `resource` may repeat. */
const post = (path: string, form: Form): ReturnType<typeof postForm> => postForm(muster, path, form as never)

type Form = [string, string][]
const resourceFields = (resources: string[]): Form => resources.map((one) => ['resource', one])

/** A device login that requests these resources, of the command or of another client. */
async function login(human: Human, resources: string[], scope = 'openid api', by: Form = [['client_id', 'muster-cli']]) {
  const device = await post('/oauth/device/code', [...by, ['scope', scope], ...resourceFields(resources)])
  assert.equal(device.status, 200, JSON.stringify(device.body))
  await answerDevice(muster, human, device.body.user_code)
  const poll = (more: Form = []) => post('/oauth/token', [...by, ['grant_type', DEVICE_GRANT], ['device_code', device.body.device_code], ...more])
  return { poll, deviceCode: device.body.device_code as string }
}

async function dashboard(scopes: string[], human: Human, resources: string[]) {
  const { body } = await muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: { name: 'Dashboard', grants: ['authorization_code', 'refresh_token'], redirect_uris: [REDIRECT], scopes },
  })
  const config = await discovered(muster, body.id, body.secret)
  const verifier = client.randomPKCECodeVerifier()
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: scopes.join(' '),
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  for (const one of resources) url.searchParams.append('resource', one)
  const { at } = await visitorOf(muster, (await browserOf(muster, human)).cookie).visit(url.href)
  const redeem = (more: Form = []) =>
    post('/oauth/token', [
      ['grant_type', 'authorization_code'],
      ['code', at.searchParams.get('code') ?? ''],
      ['redirect_uri', REDIRECT],
      ['code_verifier', verifier],
      ['client_id', body.id],
      ['client_secret', body.secret],
      ...more,
    ])
  return { at, redeem, id: body.id, secret: body.secret }
}

const me = async (token: string): Promise<[number, string | undefined]> => {
  const { status, body } = await muster.call('GET', '/v1/me', { token })
  return [status, body.code]
}

test('a login that requests no resource gets a token for the own API, as before (P2)', async () => {
  const { access_token, scope } = await deviceLogin(muster, team.bob as Human)
  const claims = decodeJwt(access_token)
  assert.deepEqual([claims.aud, scope, claims.permissions], [muster.config.audience, 'openid profile email api', undefined])
  assert.deepEqual(await me(access_token), [200, undefined])
  const other = await muster.call('POST', '/v1/me/tokens', { token: access_token, body: { resource: DEPLOY } })
  assert.deepEqual([other.status, other.body.code], [400, 'invalid_target'])
})

test('a token for an API names it alone, with what its person may do there (P2, P5)', async () => {
  for (const [name, permissions] of [
    ['ada', ['apps:read', 'apps:deploy', 'apps:remove']],
    ['bob', ['apps:read', 'apps:deploy']],
  ] as const) {
    const { poll } = await login(team[name] as Human, [DEPLOY])
    const { status, body } = await poll()
    assert.equal(status, 200, JSON.stringify(body))
    const claims = decodeJwt(body.access_token)
    assert.deepEqual(
      [claims.aud, claims.scope, claims.permissions, claims.username, claims.client_id, claims.org],
      [DEPLOY, 'api', permissions, name, 'muster-cli', 'ada'],
    )
    assert.equal(body.expires_in, 600, 'the longest life that the API accepts')
    assert.equal(Number(claims.exp) - Number(claims.iat), 600)
    for (const path of ['/v1/me', '/oauth/userinfo', '/v1/forward-auth']) {
      const refused = await muster.call('GET', path, { token: body.access_token })
      assert.deepEqual([refused.status, refused.body.code, refused.body.detail], [401, 'invalid_token', 'The token is for another API.'], path)
    }
  }
})

test('a login without a refresh token gets tokens for its other APIs only (P3)', async () => {
  const { poll } = await login(team.bob as Human, [OWN, DEPLOY])
  const own = (await poll()).body.access_token
  assert.equal(decodeJwt(own).aud, muster.config.audience)
  const other = await muster.call('POST', '/v1/me/tokens', { token: own, body: { resource: DEPLOY } })
  assert.equal(other.status, 200, JSON.stringify(other.body))
  const [claims, first] = [decodeJwt(other.body.access_token), decodeJwt(own)]
  assert.deepEqual([claims.aud, claims.sid, claims.scope, other.body.scope, claims.client_id], [DEPLOY, first.sid, 'api', 'api', 'muster-cli'])
  assert.ok(Number(claims.exp) <= Number(first.exp) && Number(claims.exp) - Number(claims.iat) <= 600)
  for (const resource of [BILLING, OWN, 'https://unknown.example']) {
    const refused = await muster.call('POST', '/v1/me/tokens', { token: own, body: { resource } })
    assert.deepEqual([refused.status, refused.body.code], [400, 'invalid_target'], resource)
  }
  const again = await muster.call('POST', '/v1/me/tokens', { token: own, body: { resource: OWN } })
  assert.equal(again.body.detail, "The token that you sent is for Muster's own API already. Use it there.")
  const byOther = await muster.call('POST', '/v1/me/tokens', { token: other.body.access_token, body: { resource: DEPLOY } })
  assert.deepEqual([byOther.status, byOther.body.code], [401, 'invalid_token'])
  const cookie = { cookie: (await browserOf(muster, team.bob as Human)).cookie, origin: muster.url, 'sec-fetch-site': 'same-origin' }
  const byBrowser = await muster.call('POST', '/v1/me/tokens', { headers: cookie, body: { resource: DEPLOY } })
  assert.deepEqual([byBrowser.status, byBrowser.body.code], [400, 'invalid_target'])
})

test('a login with a refresh token gets a token for each API of its grant (P2)', async () => {
  const { poll } = await login(team.bob as Human, [OWN, DEPLOY], 'openid api offline_access')
  const { access_token: own, refresh_token: token } = (await poll()).body
  const refused = await muster.call('POST', '/v1/me/tokens', { token: own, body: { resource: DEPLOY } })
  assert.match(refused.body.detail, /refresh token/)
  const audiences = async (...resources: string[]): Promise<unknown> => {
    const answer = await post('/oauth/token', [
      ['grant_type', 'refresh_token'],
      ['refresh_token', token],
      ['client_id', 'muster-cli'],
      ...resourceFields(resources),
    ])
    return answer.status === 200 ? decodeJwt(answer.body.access_token).aud : answer.body.error
  }
  assert.equal(await audiences(), muster.config.audience)
  assert.equal(await audiences(DEPLOY), DEPLOY)
  assert.equal(await audiences(OWN), muster.config.audience)
  assert.equal(await audiences(BILLING), 'invalid_target')
  assert.equal(await audiences(DEPLOY, OWN), 'invalid_target')
})

test('a refresh token of a login for one API gets no token for the own API (P2)', async () => {
  const { poll } = await login(team.bob as Human, [DEPLOY], 'openid api offline_access')
  const { refresh_token: token } = (await poll()).body
  const again = await refresh(muster, token)
  assert.equal(decodeJwt(again.body.access_token).aud, DEPLOY)
  assert.equal((await refresh(muster, token, { resource: OWN })).body.error, 'invalid_target')
})

test('an application gets its permissions as far as the role of its person goes (P5)', async () => {
  const scope = 'openid offline_access apps:deploy apps:remove invoices:read'
  const { body } = await muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: { name: 'Deployer', grants: [DEVICE_GRANT, 'refresh_token'], scopes: scope.split(' ') },
  })
  const by: Form = [
    ['client_id', body.id],
    ['client_secret', body.secret],
  ]
  const { poll } = await login(team.bob as Human, [DEPLOY, BILLING], scope, by)
  let { access_token: access, refresh_token: renewal } = (await poll([['resource', DEPLOY]])).body
  const claimsOf = () => {
    const { aud, scope, permissions } = decodeJwt(access)
    return [aud, scope, permissions]
  }
  const renew = async (resource: string): Promise<void> => {
    const answer = await post('/oauth/token', [...by, ['grant_type', 'refresh_token'], ['refresh_token', renewal], ['resource', resource]])
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    access = answer.body.access_token
    renewal = answer.body.refresh_token
  }
  assert.deepEqual(claimsOf(), [DEPLOY, 'apps:deploy apps:remove', ['apps:deploy']])
  await renew(BILLING)
  assert.deepEqual(claimsOf(), [BILLING, 'invoices:read', ['invoices:read']])
  const setRole = (role: string) => muster.call('PATCH', '/v1/organizations/ada/members/bob', { token: team.ada?.token, body: { role } })
  await setRole('admin')
  await renew(DEPLOY)
  assert.deepEqual(claimsOf(), [DEPLOY, 'apps:deploy apps:remove', ['apps:deploy', 'apps:remove']])
  await setRole('member')
})

/** Requests that a login for Deploy and Billing refuses, and how the answer begins. */
const refusedRequests: [string[], string][] = [
  [[], 'This login is for several APIs.'],
  [[OWN], 'This login does not include that resource.'],
  [['https://unknown.example'], 'This login does not include that resource.'],
  [[DEPLOY, BILLING], 'A token is for one API.'],
]

/** Sends each refused request, then one for Billing with the same code or token. */
async function requireNothingUsedUp(send: (more: Form) => ReturnType<typeof postForm>): Promise<void> {
  for (const [resources, reason] of refusedRequests) {
    const { status, body } = await send(resourceFields(resources))
    const description = `${reason} The parameter resource takes one of: ${DEPLOY}, ${BILLING}.`
    assert.deepEqual([status, body], [400, { error: 'invalid_target', error_description: description }])
  }
  const { status, body } = await send(resourceFields([BILLING]))
  assert.equal(status, 200, JSON.stringify(body))
  assert.equal(decodeJwt(body.access_token).aud, BILLING)
}

/** A confidential client, whose refresh tokens rotate. */
async function rotatingClient(permissions: string[] = []): Promise<Form> {
  const body = { name: 'Deployer', grants: [DEVICE_GRANT, 'refresh_token'], scopes: ['openid', 'offline_access', 'api', ...permissions] }
  const { id, secret } = (await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })).body
  return Object.entries({ client_id: id, client_secret: secret })
}

test('a device code refused for its resource can be used again (P2, E09)', async () => {
  const { poll } = await login(team.bob as Human, [DEPLOY, BILLING])
  await requireNothingUsedUp(poll)
})

test('an authorization code refused for its resource can be used again (P2, E09)', async () => {
  const { redeem } = await dashboard(['openid', 'apps:read', 'invoices:read'], team.bob as Human, [DEPLOY, BILLING])
  await requireNothingUsedUp(redeem)
})

test('a refresh token refused for its resource can be used again (P2, E09)', async () => {
  for (const by of [await rotatingClient(), undefined]) {
    const { poll } = await login(team.bob as Human, [DEPLOY, BILLING], 'openid api offline_access', by)
    const { refresh_token: token } = (await poll([['resource', DEPLOY]])).body
    const fields: Form = [...(by ?? ([['client_id', 'muster-cli']] as Form)), ['grant_type', 'refresh_token'], ['refresh_token', token]]
    await requireNothingUsedUp((more) => post('/oauth/token', [...fields, ...more]))
  }
})

test('a client learns nothing about the codes and tokens of another client (P2)', async () => {
  const by = await rotatingClient()
  const [pending, redeemed] = [
    await login(team.bob as Human, [DEPLOY, BILLING], 'api', by),
    await login(team.bob as Human, [DEPLOY, BILLING], 'api offline_access', by),
  ]
  const { refresh_token: token } = (await redeemed.poll([['resource', DEPLOY]])).body
  const { at } = await dashboard(['openid', 'apps:read', 'invoices:read'], team.bob as Human, [DEPLOY, BILLING])
  const other = await dashboard(['openid'], team.bob as Human, [OWN])
  const otherClient: Form = Object.entries({ client_id: other.id, client_secret: other.secret })
  const credentials: [Form, Form][] = [
    [
      [['client_id', 'muster-cli']],
      [
        ['grant_type', DEVICE_GRANT],
        ['device_code', pending.deviceCode],
      ],
    ],
    [
      [['client_id', 'muster-cli']],
      [
        ['grant_type', 'refresh_token'],
        ['refresh_token', token],
      ],
    ],
    [
      otherClient,
      [
        ['grant_type', 'authorization_code'],
        ['code', at.searchParams.get('code') ?? ''],
        ['redirect_uri', REDIRECT],
      ],
    ],
  ]
  for (const [client, fields] of credentials)
    for (const [resources] of refusedRequests)
      assert.equal((await post('/oauth/token', [...client, ...fields, ...resourceFields(resources)])).body.error, 'invalid_grant')
})

test('a login without the own API is stored in a form that earlier servers refuse (P2)', async () => {
  await login(team.bob as Human, [DEPLOY], 'openid api offline_access')
  const rows = await muster.server.database.kysely.selectFrom('session').select('grant_payload').orderBy('created_at', 'desc').limit(2).execute()
  const payload = rows.map(({ grant_payload }) => grant_payload as any).find((one) => one?.grant)
  // `scopes` would mean everything at Muster's own API to a server of the version before.
  assert.deepEqual(payload, { grant: { openid: { scope: 'openid api offline_access' }, resources: { [DEPLOY]: 'openid api offline_access' } } })
})

test('an unknown resource is refused where it is requested (P2)', async () => {
  const device = await post('/oauth/device/code', [
    ['client_id', 'muster-cli'],
    ['scope', 'api'],
    ['resource', 'https://unknown.example'],
  ])
  assert.equal(device.body.error, 'invalid_target')
  const { at } = await dashboard(['openid', 'apps:read'], team.bob as Human, ['https://unknown.example'])
  assert.equal(at.searchParams.get('error'), 'invalid_target')
})

test('a login that names a permission without its API is refused (P2)', async () => {
  const detail = `The scope apps:read is for ${DEPLOY}. Name that API in the parameter resource.`
  const scopes = ['openid', 'api', 'apps:read', 'invoices:read']
  const body = { name: 'Public', grants: [DEVICE_GRANT], scopes, public: true }
  const { id } = (await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })).body
  const confidential = await rotatingClient(['apps:read'])
  for (const by of [[['client_id', id]] as Form, confidential]) {
    const device = (scope: string, resources: string[]) => post('/oauth/device/code', [...by, ['scope', scope], ...resourceFields(resources)])
    for (const resources of [[], [OWN], [BILLING]]) {
      const { status, body } = await device('openid apps:read', resources)
      assert.deepEqual([status, body.error, body.error_description, body.scope], [400, 'invalid_scope', detail, 'apps:read'])
    }
    assert.equal((await device('openid apps:read', [DEPLOY, BILLING])).status, 200)
    assert.equal((await device('openid api', [])).status, 200)
  }
  const { at } = await dashboard(['openid', 'apps:read'], team.bob as Human, [])
  assert.deepEqual([at.origin, at.searchParams.get('error'), at.searchParams.get('error_description')], ['https://app.example', 'invalid_scope', detail])
})

test('a refresh that names a permission without its API is refused (P2)', async () => {
  const by = await rotatingClient(['apps:read'])
  const { poll } = await login(team.bob as Human, [OWN, DEPLOY], 'openid api offline_access apps:read', by)
  let { refresh_token: token } = (await poll()).body
  const again = async (more: Form) => {
    const answer = await post('/oauth/token', [...by, ['grant_type', 'refresh_token'], ['refresh_token', token], ...more])
    token = answer.body.refresh_token ?? token
    return answer
  }
  const scope: [string, string] = ['scope', 'openid api apps:read']
  const refused = (await again([scope])).body
  assert.deepEqual([refused.error, refused.scope], ['invalid_scope', 'apps:read'])
  assert.equal((await again([])).status, 200) // The refused request has used up nothing.
  assert.match((await again([scope, ['resource', DEPLOY]])).body.scope, /apps:read/)
  assert.equal((await again([scope, ['resource', OWN]])).body.scope, 'openid api') // The resource narrows the scope (RFC 8707 section 2.2).
})

test('a permission that no API has any more is left out of a login (P1)', async () => {
  const gone = { name: 'Gone', audience: 'https://gone.example.com', permissions: { 'gone:read': 'Read' }, grant: { member: ['*'] } }
  assert.equal((await apply([...apis, gone])).status, 200)
  const by = await rotatingClient(['gone:read'])
  assert.equal((await apply(apis)).status, 200)
  const scope = 'openid api offline_access gone:read'
  const { poll } = await login(team.bob as Human, [OWN], scope, by)
  const { refresh_token: token } = (await poll()).body
  assert.equal((await apply([...apis, gone])).status, 200)
  // The login has no resource that the refresh could name instead.
  const fields: Form = [...by, ['grant_type', 'refresh_token'], ['refresh_token', token], ['scope', scope]]
  const { status, body } = await post('/oauth/token', fields)
  assert.deepEqual([status, body.scope], [200, 'openid api offline_access'])
  assert.equal((await apply(apis)).status, 200)
})

test("a client's own token is for the own API only (P4)", async () => {
  const { body } = await muster.call('POST', '/v1/operator/clients', {
    token: OPERATOR_TOKEN,
    body: { name: 'worker', grants: ['client_credentials'], scopes: ['introspect'] },
  })
  const ask = (resource: string) =>
    post('/oauth/token', [
      ['grant_type', 'client_credentials'],
      ['client_id', body.id],
      ['client_secret', body.secret],
      ['scope', 'introspect'],
      ['resource', resource],
    ])
  assert.equal((await ask(DEPLOY)).body.error, 'invalid_target')
  assert.equal((await ask(OWN)).status, 200)
})

test('a removed API gets no more tokens, and its tokens can still be revoked (P1)', async () => {
  const by = await rotatingClient()
  const { poll } = await login(team.bob as Human, [BILLING], 'openid api offline_access', by)
  const { access_token: token, refresh_token: renewal } = (await poll()).body
  const renew = () => post('/oauth/token', [...by, ['grant_type', 'refresh_token'], ['refresh_token', renewal]])
  const { items } = (await muster.call('GET', '/v1/operator/apis', { token: OPERATOR_TOKEN })).body
  const put = (apis: unknown[]) => muster.call('PUT', '/v1/operator/apis?remove_used=true', { token: OPERATOR_TOKEN, body: { apis } })
  const all = items.map(({ id: _, ...api }: any) => api)
  assert.equal((await put(all.filter(({ audience }: any) => audience !== BILLING))).status, 200)
  const { error, error_description } = (await renew()).body
  assert.deepEqual([error, error_description], ['invalid_target', 'The API was removed, and this login is for no other.'])
  assert.equal((await put(all)).status, 200)
  assert.equal(decodeJwt((await renew()).body.access_token).aud, BILLING)
  assert.equal((await post('/oauth/revoke', [['token', token]])).status, 200)
  const { jti } = decodeJwt(token)
  const row = await muster.server.database.kysely.selectFrom('revocation').selectAll().where('subject', '=', String(jti)).executeTakeFirst()
  assert.ok(row, 'the revocation reaches the verifiers of the API')
})
