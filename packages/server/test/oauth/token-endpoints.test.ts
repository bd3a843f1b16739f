import assert from 'node:assert/strict'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import * as oauth from 'oauth4webapi'
import { afterAll, beforeAll, test } from 'vitest'
import { type Answered, deviceLogin, postForm, refresh, SCOPE } from './conversation.ts'

let muster: Muster
let introspector: { id: string; secret: string }
beforeAll(async () => {
  muster = await startMuster()
  introspector = await registered({ name: 'Gateway', grants: ['client_credentials'], scopes: ['introspect'] })
})
afterAll(() => muster.close())

async function registered(body: Record<string, unknown>): Promise<{ id: string; secret: string }> {
  const answer = await muster.call('POST', '/v1/operator/clients', { token: muster.config.operatorToken ?? '', body })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

const introspect = (token: string, who = introspector): Promise<Answered> =>
  postForm(muster, '/oauth/introspect', { token, client_id: who.id, client_secret: who.secret })
const revoke = (token: string, more: Record<string, string> = {}): Promise<Answered> => postForm(muster, '/oauth/revoke', { token, ...more })
const limited = ['token by address', '127.0.0.1'] as const
const profile = (token: string) => muster.call('GET', '/v1/me', { token })

test('an access token is revoked without its session and refresh token (S48)', async () => {
  const ada = await muster.person('ada')
  const { access_token, refresh_token = '' } = await deviceLogin(muster, ada, `${SCOPE} offline_access`)
  for (let times = 0; times < 2; times++) assert.equal((await revoke(access_token)).status, 200)
  assert.equal((await profile(access_token)).body.code, 'token_revoked')
  const next = await refresh(muster, refresh_token)
  assert.equal((await profile(next.body.access_token)).status, 200)
  const events = await muster.server.database.kysely.selectFrom('audit_event').select('type').where('type', '=', 'token.revoked').execute()
  assert.equal(events.length, 1)
})

test('a revoked refresh token ends its session and access tokens', async () => {
  const bob = await muster.person('bob')
  const { access_token, refresh_token } = await deviceLogin(muster, bob, `${SCOPE} offline_access`)
  assert.equal((await muster.call('POST', '/oauth/revoke', { body: { token: refresh_token } })).status, 200)
  assert.equal((await profile(access_token)).body.code, 'token_revoked')
  assert.equal((await refresh(muster, refresh_token ?? '')).status, 400)
})

test('a revocation of an unknown token is answered with 200 (RFC 7009 section 2.2)', async () => {
  const cat = await muster.person('cat')
  const { access_token } = await deviceLogin(muster, cat)
  for (const token of ['x', 'muster_rt_nothing', `${access_token}x`, 'a.b.c']) assert.equal((await revoke(token)).status, 200, token)
  assert.equal((await revoke(access_token, { client_id: introspector.id })).body.error, 'unauthorized_client')
  assert.equal((await revoke(access_token, { client_id: introspector.id, client_secret: 'wrong' })).status, 401)
  assert.equal((await postForm(muster, '/oauth/revoke', {})).body.error, 'invalid_request')
  assert.equal((await profile(access_token)).status, 200)
})

test('oauth4webapi introspects an access token, and a refresh token is inactive', async () => {
  const dan = await muster.person('dan')
  const { access_token, refresh_token = '' } = await deviceLogin(muster, dan, `${SCOPE} offline_access`)
  const insecure = { [oauth.allowInsecureRequests]: true } as const
  const as = await oauth.processDiscoveryResponse(new URL(muster.url), await oauth.discoveryRequest(new URL(muster.url), insecure))
  const ask = async (token: string) =>
    oauth.processIntrospectionResponse(
      as,
      { client_id: introspector.id },
      await oauth.introspectionRequest(as, { client_id: introspector.id }, oauth.ClientSecretBasic(introspector.secret), token, insecure),
    )
  const access = await ask(access_token)
  const claims = decodeJwt(access_token)
  assert.deepEqual(
    [access.active, access.sub, access.username, access.org, access.role, access.client_id, access.scope, access.exp, access.sid],
    [true, dan.id, 'dan', 'dan', 'admin', 'muster-cli', 'openid profile email api offline_access', claims.exp, claims.sid],
  )
  assert.deepEqual(await ask(refresh_token), { active: false })
})

test('a client without the scope introspect is refused', async () => {
  const eve = await muster.person('eve')
  const { access_token } = await deviceLogin(muster, eve)
  const other = await registered({ name: 'Other', grants: ['client_credentials'], scopes: ['hosts:read'] })
  assert.equal((await introspect(access_token, other)).status, 403)
  const { body: narrow } = await postForm(muster, '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: other.id,
    client_secret: other.secret,
    scope: 'hosts:read',
  })
  const refused = await postForm(muster, '/oauth/introspect', { token: access_token }, { authorization: `Bearer ${narrow.access_token}` })
  assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [403, 'Bearer error="insufficient_scope", scope="introspect"'])
  assert.equal((await introspect(access_token, { id: introspector.id, secret: 'wrong' })).status, 401)
  assert.equal((await postForm(muster, '/oauth/introspect', { token: access_token, client_id: 'muster-cli' })).status, 401)
  const { body } = await postForm(muster, '/oauth/token', {
    grant_type: 'client_credentials',
    scope: 'introspect',
    client_id: introspector.id,
    client_secret: introspector.secret,
  })
  const byToken = await postForm(muster, '/oauth/introspect', { token: access_token }, { authorization: `Bearer ${body.access_token}` })
  assert.equal(byToken.body.active, true)
  // A caller that sent a token gets a Bearer challenge, and one without any credential a Basic challenge.
  const asPerson = await postForm(muster, '/oauth/introspect', { token: access_token }, { authorization: `Bearer ${access_token}` })
  assert.deepEqual([asPerson.status, asPerson.headers.get('www-authenticate')], [401, 'Bearer error="invalid_token"'])
  const without = await postForm(muster, '/oauth/introspect', { token: access_token })
  assert.deepEqual([without.status, without.headers.get('www-authenticate')], [401, 'Basic realm="muster"'])
})

/** Another key of the same form. */
const altered = (key: string): string => `${key.slice(0, -1)}${key.endsWith('x') ? 'y' : 'x'}`

test('a key is introspected with its holder, its organization and its key id (S59)', async () => {
  const kim = await muster.person('kim')
  const token = kim.token
  const { id, key } = (await muster.call('POST', '/v1/me/keys', { token, body: { description: 'CI', scope: 'all', expires_in_days: null } })).body
  const organization = (await profile(token)).body.organization
  const { body } = await introspect(key)
  const issued = body.iat
  assert.ok(Math.abs(issued - Date.now() / 1000) < 60)
  const common = { active: true, token_type: 'Bearer', scope: 'api', iss: muster.url, aud: muster.config.audience, org_id: organization.id, org: 'kim' }
  assert.deepEqual(body, { ...common, iat: issued, sub: kim.id, username: 'kim', key_id: id, epoch: decodeJwt(token)['epoch'], role: 'admin' })

  const { id: machine } = (await muster.call('POST', '/v1/organizations/kim/service-accounts', { token, body: { name: 'robot' } })).body
  const made = (
    await muster.call('POST', '/v1/organizations/kim/service-accounts/robot/keys', { token, body: { description: 'CI', scope: 'all', expires_in_days: null } })
  ).body
  const robot = (await introspect(made.key)).body
  assert.deepEqual(robot, { ...common, iat: robot.iat, sub: machine, username: 'robot', key_id: made.id, epoch: 0, role: 'member' })

  for (const forged of [altered(key), 'muster_uk_nothing', `${key}x`]) assert.deepEqual((await introspect(forged)).body, { active: false })
  assert.equal((await muster.call('DELETE', `/v1/me/keys/${id}`, { token })).status, 200)
  assert.deepEqual((await introspect(key)).body, { active: false })
})

test('a key can be revoked by its finder, without learning whether it is valid (S48)', async () => {
  const lee = await muster.person('lee')
  const { key } = (await muster.call('POST', '/v1/me/keys', { token: lee.token, body: { description: 'lost on a train', scope: 'all' } })).body
  for (const found of [key, key, altered(key), 'muster_sk_nothing']) {
    const { status, body } = await revoke(found)
    assert.deepEqual([status, body], [200, ''])
  }
  assert.equal((await profile(key)).body.code, 'token_revoked')
  const events = await muster.server.database.kysely
    .selectFrom('audit_event')
    .select(['actor_kind'])
    .where('type', '=', 'key.ended')
    .where('actor_kind', '=', 'anonymous')
    .execute()
  assert.equal(events.length, 1)
})

test('a token of a removed member is inactive', async () => {
  const { fay, gus } = (await muster.organization({ fay: 'admin', gus: 'member' })) as Record<'fay' | 'gus', Human>
  const { access_token, refresh_token = '' } = await deviceLogin(muster, gus, `${SCOPE} offline_access`)
  await muster.call('DELETE', '/v1/organizations/fay/members/gus', { token: fay.token })
  assert.deepEqual([(await introspect(access_token)).body, (await introspect(refresh_token)).body], [{ active: false }, { active: false }])
  assert.equal((await muster.call('GET', '/oauth/userinfo', { token: access_token })).body.code, 'membership_left')
})

test('a removed client gets no tokens, and its tokens are inactive', async () => {
  const gone = await registered({ name: 'Gone', grants: ['client_credentials'], scopes: ['introspect'] })
  const fields = { grant_type: 'client_credentials', client_id: gone.id, client_secret: gone.secret, scope: 'introspect' }
  const ask = () => postForm(muster, '/oauth/token', fields)
  const { access_token } = (await ask()).body
  await muster.call('DELETE', `/v1/operator/clients/${gone.id}`, { token: muster.config.operatorToken ?? '' })
  assert.deepEqual([(await ask()).status, (await ask()).body.error], [401, 'invalid_client'])
  assert.equal((await introspect(access_token)).body.active, false)
})

test("userinfo has the claims of the token's scopes, and needs openid", async () => {
  const hal = await muster.person('hal')
  const { access_token } = await deviceLogin(muster, hal, 'openid email')
  assert.deepEqual((await muster.call('GET', '/oauth/userinfo', { token: access_token })).body, { sub: hal.id, email: 'hal@example.com', email_verified: true })
  const narrow = await deviceLogin(muster, hal, 'api')
  const refused = await muster.call('GET', '/oauth/userinfo', { token: narrow.access_token })
  assert.deepEqual([refused.status, refused.body.code], [403, 'insufficient_scope'])
  assert.match((await muster.call('GET', '/oauth/userinfo')).headers.get('www-authenticate') ?? '', /^Bearer/)
})

test('a malformed request is refused with an OAuth error, never with a 500', async () => {
  const nul = '\u0000'
  const form = { client_id: 'muster-cli', scope: 'api openid' }
  const odd: [string, Record<string, string>][] = [
    ['/oauth/token', {}],
    ['/oauth/token', { grant_type: 'password', client_id: 'muster-cli' }],
    ['/oauth/token', { grant_type: 'refresh_token', refresh_token: `muster_rt_${nul}`, client_id: `muster-cli${nul}` }],
    ['/oauth/token', { grant_type: 'refresh_token', refresh_token: `muster_rt_${nul}`, client_id: 'muster-cli' }],
    ['/oauth/token', { x: 'y'.repeat(200_000) }],
    ['/oauth/device/code', { ...form, nonce: `a${nul}b` }],
    ['/oauth/device/code', { ...form, login_hint: '{itself}' }],
    ['/oauth/device/code', { ...form, scope: nul }],
    ['/oauth/introspect', { token: 'x', client_id: nul, client_secret: 'x' }],
    ['/oauth/revoke', { token: 'x', client_id: nul }],
    ['/oauth/revoke', {}],
  ]
  for (const [path, fields] of odd) {
    const { status, body } = await postForm(muster, path, fields)
    assert.ok(status >= 400 && status < 500 && typeof body.error === 'string', `${path} ${JSON.stringify(fields).slice(0, 80)}: ${status}`)
  }
  for (const body of ['{x', '[1]', 'null']) assert.equal((await muster.call('POST', '/oauth/revoke', { body })).status, 400)
  assert.equal((await muster.call('GET', '/oauth/authorize?client_id=%00')).status, 400)
})

test('introspections are limited by client, and failed authentications by address', async () => {
  const { limits } = muster.server.services
  await limits.giveBack([...limited, 1_200]) // of earlier requests
  for (let times = 0; times < 130; times++) assert.equal((await introspect('muster_uk_made_up')).status, 200)
  await limits.spend(...limited, 1_195) // The valid requests above spent none of this limit.
  assert.equal((await introspect('muster_uk_made_up', { id: introspector.id, secret: 'wrong' })).status, 429)
  assert.equal((await introspect('muster_uk_made_up')).status, 200)
  await limits.giveBack([...limited, 1_200])
})
