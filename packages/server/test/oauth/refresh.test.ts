import assert from 'node:assert/strict'
import { CLI_CLIENT_ID } from '@muster/contract/ids.ts'
import { digest } from '@muster/server/domain/model/secret-keys.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, test } from 'vitest'
import { answerDevice, DEVICE_GRANT, deviceLogin, pollDevice, postForm, refresh, SCOPE } from './conversation.ts'

const DAY = 86_400
let muster: Muster
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_TRUSTED_PROXIES: 'loopback' } })
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

const withRefresh = async (human: Human): Promise<string> => (await deviceLogin(muster, human, `${SCOPE} offline_access`)).refresh_token ?? ''
const eventsOf = async (type: string) =>
  muster.server.database.kysely
    .selectFrom('audit_event')
    .leftJoin('audit_personal as from', (join) => join.onRef('from.event_id', '=', 'audit_event.id').on('from.field', '=', 'address'))
    .selectAll('audit_event')
    .select('from.value as from')
    .where('type', '=', type as never)
    .orderBy('at')
    .execute()

test('a CLI refresh token does not rotate, even in twenty requests at once (S47)', async () => {
  const ada = await muster.person('ada')
  const token = await withRefresh(ada)
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(muster, token)))
  assert.deepEqual([...new Set(answers.map(({ status, body }) => `${status} ${body.refresh_token === token}`))], ['200 true'])
})

test('a refresh token has the name the device asked for, on one line, or none (S47)', async () => {
  const nora = await muster.person('nora')
  const ask = (name: string) => postForm(muster, '/oauth/device/code', { client_id: CLI_CLIENT_ID, scope: `${SCOPE} offline_access`, refresh_token_name: name })
  const { body } = await ask('  ci   main ')
  await answerDevice(muster, nora, body.user_code)
  assert.equal((await pollDevice(muster, body.device_code)).status, 200)
  await withRefresh(nora)
  const { items } = (await muster.call('GET', '/v1/me/refresh-tokens', { token: nora.token })).body
  assert.deepEqual(
    items.map(({ name }: { name: string | null }) => name),
    [null, 'ci main'],
  )
  for (const bad of ['x'.repeat(61), 'ci\u202emain', 'ci\u0000main']) {
    const refused = await ask(bad)
    assert.deepEqual([refused.status, refused.body.error], [400, 'invalid_request'], bad)
  }
})

test("a refresh token's issue and first use are recorded, not every use (S57)", async () => {
  const bob = await muster.person('bob')
  const token = await withRefresh(bob)
  for (let times = 0; times < 3; times++) await refresh(muster, token)
  const of = async (type: string) => (await eventsOf(type)).filter(({ details, actor_id }) => details.userId === bob.id || actor_id === bob.id)
  assert.deepEqual(
    [(await of('refresh_token.issued')).length, (await of('refresh_token.first_used')).length, (await of('refresh_token.used_elsewhere')).length],
    [1, 1, 0],
  )
  assert.equal((await of('refresh_token.first_used'))[0]?.actor_id, bob.id)
})

test("each change of a refresh token's address is recorded once (S57)", async () => {
  const wanda = await muster.person('wanda')
  const token = await withRefresh(wanda)
  const from = (address: string) =>
    postForm(muster, '/oauth/token', { grant_type: 'refresh_token', refresh_token: token, client_id: CLI_CLIENT_ID }, { 'x-forwarded-for': address })
  for (const address of ['192.0.2.1', '192.0.2.1', '198.51.100.2', '198.51.100.2', '192.0.2.1']) assert.equal((await from(address)).status, 200)
  const moved = (await eventsOf('refresh_token.used_elsewhere')).filter(({ actor_id }) => actor_id === wanda.id)
  assert.deepEqual(
    moved.map(({ from: address }) => address),
    ['192.0.2.1', '198.51.100.2', '192.0.2.1'],
  )
})

test('a refresh token expires after 30 days unused, and each use restarts them (E10)', async () => {
  const cat = await muster.person('cat')
  const token = await withRefresh(cat)
  await muster.clock.advance(30 * DAY - 30)
  assert.equal((await refresh(muster, token)).status, 200)
  const { idle_expires_at, last_used_at } = await muster.server.database.kysely
    .selectFrom('refresh_token')
    .select(['idle_expires_at', 'last_used_at'])
    .where('user_id', '=', cat.id)
    .executeTakeFirstOrThrow()
  assert.equal(Math.round((idle_expires_at.getTime() - (last_used_at?.getTime() ?? 0)) / 1000), 30 * DAY)
  await muster.clock.advance(30 * DAY - 30)
  assert.equal((await refresh(muster, token, { scope: 'introspect' })).body.error, 'invalid_scope') // A refused request extends nothing.
  await muster.clock.advance(30)
  const over = await refresh(muster, token)
  assert.deepEqual([over.status, over.body.error, over.body.code], [400, 'invalid_grant', 'token_revoked']) // An idle token counts as revoked, because its year is not over (S36).
})

test('a refresh token expires a year after its issue, however often it is used (S47)', async () => {
  const dan = await muster.person('dan')
  const token = await withRefresh(dan)
  for (let month = 0; month < 12; month++) {
    await muster.clock.advance(29 * DAY)
    assert.equal((await refresh(muster, token)).status, 200)
  }
  await muster.clock.advance(365 * DAY - 12 * 29 * DAY - 60)
  const last = await refresh(muster, token)
  assert.ok(last.body.expires_in <= 60, 'the access token ends with its session')
  await muster.clock.advance(60)
  assert.equal((await refresh(muster, token)).body.code, 'token_expired')
})

test('a login without a refresh token expires after exactly 24 hours (S46)', async () => {
  const eve = await muster.person('eve')
  const { access_token } = await deviceLogin(muster, eve)
  const { exp = 0, iat = 0 } = decodeJwt(access_token)
  assert.ok([DAY, DAY - 1].includes(exp - iat), 'it ends with the session, which may have begun in the second before')
  await muster.clock.advance(exp - Date.now() / 1000 - 30)
  assert.equal((await muster.call('GET', '/v1/me', { token: access_token })).status, 200)
  await muster.clock.advance(exp - Date.now() / 1000)
  const over = await muster.call('GET', '/v1/me', { token: access_token })
  assert.deepEqual([over.status, over.body.code], [401, 'token_expired'])
})

test('a refreshed token has the current organization and role', async () => {
  const { fay, gus } = (await muster.organization({ fay: 'admin', gus: 'member' })) as Record<'fay' | 'gus', Human>
  const nan = await muster.newcomer('nan')
  const tokens = { gus: await withRefresh(gus), nan: await withRefresh(nan) }
  const claimed = async (token: string) => {
    const { org, org_id, role } = decodeJwt((await refresh(muster, token)).body.access_token)
    return [org, typeof org_id, role]
  }
  assert.deepEqual(await claimed(tokens.gus), ['fay', 'string', 'member'])
  assert.deepEqual(await claimed(tokens.nan), [undefined, 'undefined', undefined])
  await muster.call('PATCH', '/v1/organizations/fay/members/gus', { token: fay.token, body: { role: 'admin' } })
  await muster.call('POST', '/v1/me/registration', { token: nan.token, body: { username: 'nan' } })
  assert.deepEqual(await claimed(tokens.gus), ['fay', 'string', 'admin'])
  assert.deepEqual(await claimed(tokens.nan), ['nan', 'string', 'admin'])
})

test('a refresh returns an ID token only when its own scope contains openid (S56)', async () => {
  const ivy = await muster.person('ivy')
  const login = await deviceLogin(muster, ivy, `${SCOPE} offline_access`)
  const { rotating, login: other } = await rotatingClient(ivy)
  assert.ok(login.id_token && other.id_token, 'the login itself returns one')
  const keys = createLocalJWKSet((await muster.call('GET', '/.well-known/jwks.json')).body)
  const refreshed = async (scope?: string) => {
    const { status, body } = await refresh(muster, login.refresh_token ?? '', scope === undefined ? {} : { scope })
    assert.equal(status, 200)
    await jwtVerify(body.access_token, keys, { typ: 'at+jwt', audience: muster.config.audience })
    return body.id_token as string | undefined
  }
  for (let use = 0; use < 2; use++) assert.equal(await refreshed(), undefined)
  assert.equal(await refreshed('api'), undefined)
  const { payload } = await jwtVerify((await refreshed('openid api')) ?? '', keys, { audience: CLI_CLIENT_ID, issuer: muster.url })
  assert.equal(payload.sub, ivy.id)
  assert.equal((await refresh(muster, other.refresh_token, rotating)).body.id_token, undefined)
})

test('a refusal of a refresh says whether the user left or is deactivated (S35, S36)', async () => {
  const people = await muster.organization({ hal: 'admin', ida: 'member', jim: 'member' })
  const { hal, ida, jim } = people as Record<'hal' | 'ida' | 'jim', Human>
  const [idas, jims] = [await withRefresh(ida), await withRefresh(jim)]
  const removed = await muster.call('DELETE', '/v1/organizations/hal/members/ida', { token: hal.token })
  assert.equal(removed.status, 200, JSON.stringify(removed.body))
  const left = await refresh(muster, idas)
  assert.deepEqual([left.status, left.body.error, left.body.code], [400, 'invalid_grant', 'membership_left'])

  await muster.server.database.kysely
    .updateTable('membership')
    .set({ status: 'deactivated' })
    .where('user_id', '=', jim.id)
    .where('status', '=', 'active')
    .execute()
  const deactivated = await refresh(muster, jims)
  assert.deepEqual(
    [deactivated.status, deactivated.body.error, deactivated.body.code, deactivated.body.contact],
    [401, 'invalid_grant', 'user_deactivated', 'hal'],
  )
  assert.equal(deactivated.headers.get('www-authenticate'), null)

  const unknown = await refresh(muster, `${idas.slice(0, -7)}AAAAAAA`)
  assert.deepEqual([unknown.status, unknown.body.error, unknown.body.code], [400, 'invalid_grant', 'invalid_token'])
})

test('a refresh is refused when anything ends between its check and its use (E11)', async () => {
  const { kysely } = muster.server.database
  const { clients, refreshTokens } = muster.server.services.store.reading
  const how = { address: '127.0.0.1', idleSeconds: 60 }
  const changes: Record<string, (userId: string) => Promise<unknown>> = {
    'the epoch': (id) => kysely.updateTable('account').set({ epoch: 7 }).where('id', '=', id).execute(),
    'the session': (id) => kysely.updateTable('session').set({ ended_at: new Date(), ended_reason: 'revoked' }).where('user_id', '=', id).execute(),
    'the status': (id) => kysely.updateTable('membership').set({ status: 'deactivated' }).where('user_id', '=', id).where('status', '=', 'active').execute(),
    'the organization': (id) => kysely.updateTable('organization').set({ suspended_at: new Date() }).where('founder_id', '=', id).execute(),
    'the time': (id) =>
      kysely
        .updateTable('refresh_token')
        .set({ idle_expires_at: new Date(0) })
        .where('user_id', '=', id)
        .execute(),
  }
  for (const [index, [name, change]] of Object.entries(changes).entries()) {
    const person = await muster.person(`late_${index}`)
    const used = await withRefresh(person)
    await refresh(muster, used)
    const tokens = [await refreshTokens.findByHash(digest(used)), await refreshTokens.findByHash(digest(await withRefresh(person)))]
    const [again, first] = tokens.map((token) => token?.id ?? assert.fail())
    assert.ok(again && first && (await refreshTokens.useAgain(again, how)))
    assert.equal(await refreshTokens.useAgain(first, how), null, 'a first use is more than that')
    const cli = (await clients.find(CLI_CLIENT_ID)) ?? assert.fail()
    assert.ok(await refreshTokens.useAgainBy(digest(used), cli, how))
    await change(person.id)
    assert.equal(await refreshTokens.useAgainBy(digest(used), cli, how), null, name)
    for (const id of [again, first]) assert.deepEqual([await refreshTokens.useAgain(id, how), await refreshTokens.use(id, how)], [null, null], name)
  }
})

test('a refresh by another client, scope or audience is refused without effect (E09)', async () => {
  const kim = await muster.person('kim')
  const token = await withRefresh(kim)
  const { body: other } = await muster.call('POST', '/v1/operator/clients', {
    token: muster.config.operatorToken ?? '',
    body: { name: 'Other', grants: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], scopes: ['openid', 'offline_access'], public: true },
  })
  assert.equal((await refresh(muster, token, { client_id: other.id })).body.error, 'invalid_grant')
  assert.equal((await refresh(muster, token, { scope: `${SCOPE} introspect` })).body.error, 'invalid_scope')
  assert.equal((await refresh(muster, token, { resource: 'https://elsewhere.example' })).body.error, 'invalid_target')
  assert.equal((await refresh(muster, token, { resource: muster.config.issuer })).status, 200)
  const narrow = await refresh(muster, token, { scope: 'openid' })
  assert.deepEqual([narrow.status, decodeJwt(narrow.body.access_token).scope], [200, 'openid'])
})

test('a rotated refresh token that is used again ends its family (E08)', async () => {
  const lea = await muster.person('lea')
  const { rotating, login } = await rotatingClient(lea)
  const second = await refresh(muster, login.refresh_token, rotating)
  assert.notEqual(second.body.refresh_token, login.refresh_token)
  const third = await refresh(muster, second.body.refresh_token, rotating)
  assert.equal(third.status, 200)
  assert.equal((await refresh(muster, second.body.refresh_token, rotating)).body.error, 'invalid_grant') // A reuse within ten seconds may be a client's retry, so it is refused without ending the family.
  await muster.clock.advance(11)
  const fourth = await refresh(muster, third.body.refresh_token, rotating)
  assert.equal(fourth.status, 200)
  const reused = await refresh(muster, login.refresh_token, rotating)
  assert.deepEqual([reused.status, reused.body.error, reused.body.code], [400, 'invalid_grant', 'token_revoked'])
  assert.equal((await refresh(muster, fourth.body.refresh_token, rotating)).body.code, 'token_revoked')
  assert.equal((await muster.call('GET', '/v1/me', { token: fourth.body.access_token })).body.code, 'token_revoked')
  assert.equal((await eventsOf('refresh_token.reused')).length, 1)
})

test('a rotating token used eight times at once has one successor', async () => {
  const mia = await muster.person('mia')
  const { rotating, login } = await rotatingClient(mia)
  const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(muster, login.refresh_token, rotating)))
  assert.equal(answers.filter(({ status }) => status === 200).length, 1)
})

async function rotatingClient(human: Human) {
  const { body } = await muster.call('POST', '/v1/operator/clients', {
    token: muster.config.operatorToken ?? '',
    body: {
      name: 'Rotating',
      grants: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
      scopes: ['openid', 'offline_access', 'api'],
      public: true,
    },
  })
  const device = await postForm(muster, '/oauth/device/code', { client_id: body.id, scope: 'openid offline_access api' })
  await answerDevice(muster, human, device.body.user_code)
  const login = await postForm(muster, '/oauth/token', { grant_type: DEVICE_GRANT, device_code: device.body.device_code, client_id: body.id })
  return { rotating: { client_id: body.id as string }, login: login.body as { refresh_token: string; access_token: string; id_token?: string } }
}
