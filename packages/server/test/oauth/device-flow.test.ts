import assert from 'node:assert/strict'
import { claimDevice } from '@muster/server/domain/credentials/device-authorization.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import * as client from 'openid-client'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { answerDevice, browserOf, deviceLogin, discovered, pollDevice, postForm, refresh, SCOPE, startDevice } from './conversation.ts'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

test('openid-client logs in by the device flow, refreshes and revokes', async () => {
  const ada = await muster.person('ada')
  const config = await discovered(muster)
  const device = await client.initiateDeviceAuthorization(config, { scope: `${SCOPE} offline_access` })
  assert.match(device.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  assert.equal(device.verification_uri, `${muster.url}/device`)
  assert.equal(device.verification_uri_complete, `${muster.url}/device?user_code=${device.user_code}`)
  assert.equal(device.expires_in, 600)
  assert.equal(device.interval, 5)
  await answerDevice(muster, ada, device.user_code)
  const tokens = await client.pollDeviceAuthorizationGrant(config, device)
  assert.match(tokens.refresh_token ?? '', /^muster_rt_/)
  assert.equal(tokens.claims()?.sub, ada.id)

  const info = await client.fetchUserInfo(config, tokens.access_token, ada.id)
  assert.deepEqual([info.email, info.preferred_username, info.org, info.role], ['ada@example.com', 'ada', 'ada', 'admin'])

  const again = await client.refreshTokenGrant(config, tokens.refresh_token ?? '')
  assert.equal(again.refresh_token ?? tokens.refresh_token, tokens.refresh_token)
  await client.tokenRevocation(config, tokens.refresh_token ?? '')
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token ?? ''), { error: 'invalid_grant' })
  assert.equal((await muster.call('GET', '/v1/me', { token: again.access_token })).body.code, 'token_revoked')
})

test("an access token has the claims of RFC 9068 and the user's organization (S56)", async () => {
  const eve = await muster.person('eve')
  const { access_token, expires_in, scope } = await deviceLogin(muster, eve)
  const header = decodeProtectedHeader(access_token)
  assert.deepEqual([header.typ, header.alg, typeof header.kid], ['at+jwt', 'ES256', 'string'])
  const { jti, iat, exp, sid, org_id, auth_time, ...rest } = decodeJwt(access_token)
  assert.ok(Math.abs(Number(auth_time) - Number(iat)) < 60, 'the time of the sign-in in the browser (F14)')
  assert.deepEqual(rest, {
    iss: muster.url,
    aud: muster.config.audience,
    sub: eve.id,
    client_id: 'muster-cli',
    scope: SCOPE,
    epoch: 0,
    acr: 'urn:muster:acr:one-factor',
    amr: ['pwd'],
    username: 'eve',
    org: 'eve',
    role: 'admin',
  })
  assert.equal(scope, SCOPE)
  assert.match(String(sid), /^ses_/)
  assert.match(String(org_id), /^org_/)
  assert.ok(expires_in === 86_400 || expires_in === 86_399)
  assert.equal((exp ?? 0) - (iat ?? 0), expires_in)
  assert.equal((await muster.call('GET', '/v1/me', { token: access_token })).body.session.id, sid)
})

test('a user without a username gets a token without an organization (S55)', async () => {
  const nan = await muster.newcomer('nan')
  const claims = decodeJwt((await deviceLogin(muster, nan)).access_token)
  assert.deepEqual([claims.org_id, claims.org, claims.role], [undefined, undefined, undefined])
})

test('a login without offline_access has no refresh token (S46)', async () => {
  const fay = await muster.person('fay')
  assert.equal((await deviceLogin(muster, fay)).refresh_token, undefined)
})

test('a poll is answered as pending, too early, denied or approved', async () => {
  const gus = await muster.person('gus')
  const { body } = await startDevice(muster)
  assert.equal((await pollDevice(muster, body.device_code)).body.error, 'authorization_pending')
  assert.equal((await pollDevice(muster, body.device_code)).body.error, 'slow_down')
  await answerDevice(muster, gus, body.user_code)
  assert.equal((await pollDevice(muster, body.device_code)).status, 200)

  const denied = (await startDevice(muster)).body
  await answerDevice(muster, gus, denied.user_code, 'deny')
  for (let times = 0; times < 2; times++) {
    const answer = await pollDevice(muster, denied.device_code)
    assert.deepEqual([answer.status, answer.body.error], [400, 'access_denied'])
  }
})

test('a client that waits four fifths of the interval is not told to slow down (D05)', async () => {
  const { body } = await startDevice(muster)
  await pollDevice(muster, body.device_code)
  await muster.clock.advance(4.2)
  assert.equal((await pollDevice(muster, body.device_code)).body.error, 'authorization_pending')
})

test('a device code redeemed again is refused without revoking its tokens', async () => {
  const hal = await muster.person('hal')
  const { body } = await startDevice(muster)
  await answerDevice(muster, hal, body.user_code)
  const first = await pollDevice(muster, body.device_code)
  const second = await pollDevice(muster, body.device_code)
  assert.deepEqual([second.status, second.body.error], [400, 'invalid_grant'])
  assert.equal((await muster.call('GET', '/v1/me', { token: first.body.access_token })).status, 200)
})

test('an unknown device code is invalid_grant, and an expired one expired_token (D06)', async () => {
  assert.equal((await pollDevice(muster, 'muster_dc_nothing')).body.error, 'invalid_grant')
  const { body } = await startDevice(muster)
  const { requested_at, expires_at } = await muster.server.database.kysely
    .selectFrom('device_authorization')
    .select(['requested_at', 'expires_at'])
    .where('user_code', '=', body.user_code.replace('-', ''))
    .executeTakeFirstOrThrow()
  assert.deepEqual([body.expires_in, Math.round((expires_at.getTime() - requested_at.getTime()) / 1000)], [600, 600])
  await muster.clock.advance(570)
  assert.equal((await pollDevice(muster, body.device_code)).body.error, 'authorization_pending')
  await muster.clock.advance(30)
  assert.equal((await pollDevice(muster, body.device_code)).body.error, 'expired_token')
})

test('a device request by an unknown client or for a scope beyond it is refused (D08)', async () => {
  const count = async () =>
    Number(
      (
        await muster.server.database.kysely
          .selectFrom('device_authorization')
          .select(({ fn }) => fn.countAll().as('n'))
          .executeTakeFirstOrThrow()
      ).n,
    )
  const before = await count()
  const unknown = await postForm(muster, '/oauth/device/code', { client_id: 'nobody', scope: 'api' })
  assert.deepEqual([unknown.status, unknown.body.error], [401, 'invalid_client'])
  const beyond = await postForm(muster, '/oauth/device/code', { client_id: 'muster-cli', scope: 'api introspect' })
  assert.deepEqual([beyond.status, beyond.body.error], [400, 'invalid_scope'])
  const grant = await postForm(muster, '/oauth/token', { grant_type: 'client_credentials', client_id: 'muster-cli' })
  assert.equal(grant.status, 400)
  assert.equal(await count(), before)
})

test("an endpoint's address is not taken from a forwarded host", async () => {
  const { body } = await postForm(
    muster,
    '/oauth/device/code',
    { client_id: 'muster-cli', scope: 'api' },
    { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  )
  assert.equal(body.verification_uri, `${muster.url}/device`)
  const discovery = await muster.call('GET', '/.well-known/openid-configuration', { headers: { 'x-forwarded-host': 'evil.example' } })
  assert.equal(discovery.body.token_endpoint, `${muster.url}/oauth/token`)
  assert.equal((await muster.call('GET', '/.well-known/oauth-authorization-server')).body.issuer, muster.url)
})

test('a deactivated user is told at the poll, without a challenge to the client (S35)', async () => {
  const ida = await muster.person('ida')
  const { kysely } = muster.server.database
  const { body } = await startDevice(muster)
  await answerDevice(muster, ida, body.user_code)
  await kysely.updateTable('membership').set({ status: 'deactivated' }).where('user_id', '=', ida.id).execute()
  const answer = await pollDevice(muster, body.device_code)
  assert.deepEqual([answer.status, answer.body.error, answer.body.code], [401, 'access_denied', 'user_deactivated'])
  assert.equal(answer.headers.get('www-authenticate'), null)
  assert.equal(answer.body.organization.name, 'ida')
})

test('a code opened or entered by a deactivated user ends its login (S17, S35, S52)', async () => {
  const { olga, pit } = (await muster.organization({ olga: 'admin', pit: 'member' })) as Record<'olga' | 'pit', Human>
  const { cookie, principal } = await browserOf(muster, pit)
  const start = async (): Promise<{ device_code: string; user_code: string }> => (await startDevice(muster)).body
  const [opened, entered, held, foreign] = [await start(), await start(), await start(), await start()]
  const { execute } = muster.server.services
  const { id } = await execute(claimDevice, principal, { userCode: held.user_code })
  await execute(claimDevice, (await browserOf(muster, olga)).principal, { userCode: foreign.user_code })
  assert.equal((await muster.call('POST', '/v1/organizations/olga/members/pit/deactivate', { token: olga.token, body: {} })).status, 200)

  const visit = async (path: string, init: RequestInit = {}): Promise<number> =>
    (await fetch(muster.url + path, { redirect: 'manual', ...init, headers: { origin: muster.url, ...(init.headers as Record<string, string>) } })).status
  const enter = (userCode: string, headers: Record<string, string>): Promise<number> =>
    visit('/device', { method: 'POST', body: new URLSearchParams({ user_code: userCode }), headers })
  const stateOf = async ({ user_code: code }: { user_code: string }): Promise<string | undefined> =>
    (await muster.server.database.kysely.selectFrom('device_authorization').select('state').where('user_code', '=', code.replace('-', '')).executeTakeFirst())
      ?.state
  const link = `/device?user_code=${opened.user_code}`

  assert.equal(await visit(link), 303)
  assert.equal(await visit(link, { headers: { cookie: 'muster_session=muster_bs_forged' } }), 303)
  assert.equal(await enter(opened.user_code, {}), 303)
  assert.equal(await visit(link, { method: 'HEAD', headers: { cookie } }), 401)
  assert.equal(await enter(foreign.user_code, { cookie }), 401)
  assert.deepEqual([await stateOf(opened), await stateOf(foreign)], ['pending', 'pending'])

  assert.equal(await visit(link, { headers: { cookie } }), 401)
  assert.equal(await enter(entered.user_code, { cookie }), 401)
  assert.equal(await visit(`/device/${id}`, { headers: { cookie } }), 401)
  for (const device of [opened, entered, held]) {
    const answer = await pollDevice(muster, device.device_code)
    assert.deepEqual([answer.status, answer.body.error, answer.body.code], [401, 'access_denied', 'user_deactivated'])
    assert.equal(answer.body.organization.name, 'olga')
  }
})

test('a device login stays valid when another one is revoked (S47)', async () => {
  const jan = await muster.person('jan')
  const one = await deviceLogin(muster, jan, `${SCOPE} offline_access`)
  const two = await deviceLogin(muster, jan, `${SCOPE} offline_access`)
  await postForm(muster, '/oauth/revoke', { token: one.refresh_token ?? '' })
  assert.equal((await refresh(muster, one.refresh_token ?? '')).body.code, 'token_revoked')
  assert.equal((await refresh(muster, two.refresh_token ?? '')).status, 200)
})

test('a device code or token is in no row and no log line (E13, E14)', async () => {
  const kim = await muster.person('kim')
  const { body } = await startDevice(muster, `${SCOPE} offline_access`)
  await answerDevice(muster, kim, body.user_code)
  const { refresh_token, access_token } = (await pollDevice(muster, body.device_code)).body
  await refresh(muster, refresh_token)
  const { kysely } = muster.server.database
  const tables = ['device_authorization', 'refresh_token', 'session', 'oidc_model', 'audit_event', 'revocation'] as const
  const rows = JSON.stringify(await Promise.all(tables.map((table) => kysely.selectFrom(table).selectAll().execute())), (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
  const logged = muster.log.join('\n')
  for (const secret of [body.device_code, refresh_token, access_token]) {
    assert.ok(!rows.includes(secret) && !rows.includes(secret.slice(10, 40)))
    assert.ok(!logged.includes(secret.slice(10, 40)))
  }
})

test('a token has the configured audience when asked for by it or by the issuer', async () => {
  const named = await startMuster({ env: { MUSTER_AUDIENCE: 'dbos-cloud-api' } })
  try {
    const lea = await named.person('lea')
    for (const asked of [{}, { audience: 'dbos-cloud-api' }, { resource: named.url }, { audience: named.url }] as Record<string, string>[]) {
      const { body } = await postForm(named, '/oauth/device/code', { client_id: 'muster-cli', scope: 'api', ...asked })
      await answerDevice(named, lea, body.user_code)
      const { access_token } = (await pollDevice(named, body.device_code)).body
      assert.equal(decodeJwt(access_token).aud, 'dbos-cloud-api')
      assert.equal((await named.call('GET', '/v1/me', { token: access_token })).status, 200)
    }
    const other = await postForm(named, '/oauth/device/code', { client_id: 'muster-cli', scope: 'api', audience: 'https://elsewhere.example' })
    assert.deepEqual([other.status, other.body.error], [400, 'invalid_target'])
  } finally {
    await named.close()
  }
})

test('a request has an id and one log line without its query or body', async () => {
  const form = { client_id: 'muster-cli', scope: `${SCOPE} offline_access`, refresh_token_name: 'said in the body' }
  const { status, headers, body } = await postForm(muster, '/oauth/device/code?code=said_in_the_query', form)
  const id = headers.get('x-request-id') ?? ''
  assert.match(id, /^req_/)
  assert.equal(status, 200)
  await expect.poll(() => muster.log.filter((line) => line.includes(id))).toHaveLength(1)
  const line = muster.log.find((one) => one.includes(id)) ?? ''
  assert.match(line, /"path":"\/oauth\/device\/code".*"answered"/)
  for (const secret of ['said', body.device_code, body.user_code, body.user_code.replace('-', '')]) assert.ok(!line.includes(secret), secret)
})

test('an address that requests too many codes gets a retry time (D09)', async () => {
  const answers = []
  for (let times = 0; times < 125; times++) answers.push(await startDevice(muster))
  const refused = answers.filter(({ status }) => status === 429)
  assert.ok(refused.length >= 5)
  const [first] = refused
  assert.deepEqual([first?.body.code, typeof first?.body.error, Number(first?.headers.get('retry-after')) > 0], ['too_many_attempts', 'string', true])
})
