import { strict as assert } from 'node:assert'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { limits } from '@muster/server/domain/command/limits.ts'
import { type Answer, type Human, type Muster, PASSWORD, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { type Front, startFront } from './front.ts'

const ID = 'id.featurebase.com'
const API = 'api.featurebase.com'
const hasCurl = (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, 'curl')))

/** Copied from the documentation of FeatureBase. */
const INVITE = `curl --location --request POST 'https://api.featurebase.com/v2/invites' \\
--header 'Authorization: Bearer <IdToken>' \\
--header 'Content-Type: application/json' \\
--data-raw '{
    "email": "<email address>"
}'`

const env = { MUSTER_COMPAT: 'featurebase', MUSTER_ISSUER: `https://${ID}`, MUSTER_HOSTS: API, MUSTER_TRUSTED_PROXIES: '127.0.0.1' }

describe("FeatureBase Cloud's requests", () => {
  let muster: Muster
  let front: Front

  beforeAll(async () => {
    muster = await startMuster({ env })
    front = await startFront([ID, API], muster.server.port)
  })
  afterAll(async () => {
    await front?.close()
    await muster?.close()
  })

  const token = (body: object, headers: Record<string, string> = {}): Promise<Answer> => front.ask('POST', ID, '/', { body: JSON.stringify(body), headers })
  const api = (credential: string | Record<string, string>, method: string, path: string, body?: object): Promise<Answer> =>
    front.ask(method, API, path, {
      headers: { ...(typeof credential === 'string' ? { authorization: `Bearer ${credential}` } : credential), 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
  const signedIn = async (human: Human): Promise<{ IdToken: string; RefreshToken: string }> =>
    (await token({ USERNAME: human.email, PASSWORD })).body.AuthenticationResult

  test("a password returns tokens without a content type or with curl's default", async () => {
    const ada = await muster.person('ada')
    for (const headers of [{}, { 'content-type': 'application/x-www-form-urlencoded' }, { 'content-type': 'application/json' }] as Record<string, string>[]) {
      const { status, body, headers: answered } = await token({ USERNAME: ada.email, PASSWORD }, headers)
      assert.equal(status, 200, JSON.stringify(body))
      assert.equal(answered.get('cache-control'), 'no-store')
      const { IdToken, AccessToken, RefreshToken, ExpiresIn, TokenType } = body.AuthenticationResult
      assert.deepEqual([TokenType, IdToken === AccessToken, ExpiresIn > 86_390 && ExpiresIn <= 86_400], ['Bearer', true, true])
      assert.match(RefreshToken, /^muster_rt_/)
    }
    const { IdToken } = await signedIn(ada)
    const me = await api(IdToken, 'GET', '/v2/users/current')
    assert.equal(me.status, 200)
    const { id, email, first_name, last_name, role, status, organization_id, created_at, updated_at } = me.body
    assert.deepEqual([id, email, first_name, last_name, role, status], [ada.id, 'ada@example.com', 'ada', 'Test', 'admin', 'active'])
    assert.match(organization_id, /^org_/)
    for (const instant of [created_at, updated_at]) assert.ok(!Number.isNaN(Date.parse(instant)))
  })

  test('a refresh token is not rotated and is in the list of its user (S47)', async () => {
    const ben = await muster.person('ben')
    const { RefreshToken, IdToken } = await signedIn(ben)
    for (let time = 0; time < 2; time++) {
      const { status, body } = await token({ REFRESH_TOKEN: RefreshToken })
      assert.equal(status, 200, JSON.stringify(body))
      assert.deepEqual(Object.keys(body.AuthenticationResult).toSorted(), ['AccessToken', 'ExpiresIn', 'IdToken', 'TokenType'])
      assert.equal((await api(body.AuthenticationResult.IdToken, 'GET', '/v2/users/current')).status, 200)
    }
    const listed = await front.ask('GET', ID, '/v1/me/refresh-tokens', { headers: { authorization: `Bearer ${IdToken}` } })
    assert.deepEqual([listed.body.items.length, listed.body.items[0].client_id], [1, 'featurebase-scripts'])
    // The issuer's token endpoint does not accept it.
    const form = new URLSearchParams({ grant_type: 'refresh_token', client_id: 'featurebase-scripts', refresh_token: RefreshToken }).toString()
    const elsewhere = await front.ask('POST', ID, '/oauth/token', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: form })
    assert.deepEqual([elsewhere.status, elsewhere.body.error], [400, 'invalid_grant'])

    await front.ask('DELETE', ID, `/v1/me/refresh-tokens/${listed.body.items[0].id}`, { headers: { authorization: `Bearer ${ben.token}` } })
    const over = await token({ REFRESH_TOKEN: RefreshToken })
    assert.deepEqual([over.status, over.body.code], [401, 'token_revoked'])
    assert.equal(typeof over.body.message, 'string')
  })

  test('a refresh token expires after 30 days without use (S47)', async () => {
    const ida = await muster.person('ida')
    const { RefreshToken } = await signedIn(ida)
    await muster.clock.advance(30 * 86_400 + 1)
    try {
      const { status, body } = await token({ REFRESH_TOKEN: RefreshToken })
      assert.deepEqual([status, body.code], [401, 'token_revoked'])
    } finally {
      await muster.clock.restore()
    }
  })

  test('a wrong password is counted as at sign-in and reveals nothing (C06, C08)', async () => {
    const cleo = await muster.person('cleo')
    const wrong = await token({ USERNAME: cleo.email, PASSWORD: 'not the password' })
    const nobody = await token({ USERNAME: 'nobody@example.com', PASSWORD: 'not the password' })
    assert.deepEqual([wrong.status, nobody.status, wrong.body.message], [401, 401, nobody.body.message])
    for (let attempt = 1; attempt < 10; attempt++) await token({ USERNAME: cleo.email, PASSWORD: 'not the password' })
    const limited = await token({ USERNAME: cleo.email, PASSWORD })
    assert.deepEqual([limited.status, limited.body.code], [429, 'too_many_attempts'])
    assert.ok(Number(limited.headers.get('retry-after')) > 0)

    const dan = await muster.person('dan')
    assert.equal((await token({ USERNAME: dan.email, PASSWORD }, { origin: 'https://evil.example' })).status, 403)
    for (const body of ['', '{', '{}', '{"USERNAME": ["x"], "PASSWORD": {}}']) {
      const { status, body: answer } = await front.ask('POST', ID, '/', { body })
      assert.ok(status === 400 || status === 422, `${body}: ${status}`)
      assert.equal(typeof answer.message, 'string')
    }
  })

  test.skipIf(!hasCurl)("the documentation's curl command sends an invitation", async () => {
    const eva = await muster.person('eva')
    const { IdToken } = await signedIn(eva)
    const folder = await mkdtemp(join(tmpdir(), 'muster-curl-'))
    try {
      // The line is unchanged: curl's own settings resolve the name and trust the certificate.
      await writeFile(join(folder, 'authority.pem'), front.authority)
      await writeFile(
        join(folder, '.curlrc'),
        `silent\nconnect-to = "${API}:443:127.0.0.1:${front.port}"\ncacert = "${join(folder, 'authority.pem')}"\nwrite-out = "\\n%{http_code}"\n`,
      )
      const line = INVITE.replace('<IdToken>', IdToken).replace('<email address>', 'finn@example.com')
      const env = { PATH: process.env['PATH'] ?? '', CURL_HOME: folder, HOME: folder }
      const run = async () => (await promisify(execFile)('sh', ['-c', line], { env })).stdout.split(/\n(?=\d+$)/)
      const [text = '', status] = await run()
      assert.equal(status, '201', text)
      const { id, email, status: state, expires_at, url } = JSON.parse(text)
      assert.deepEqual([email, state], ['finn@example.com', 'open'])
      assert.match(id, /^inv_/)
      assert.ok(Math.abs(Date.parse(expires_at) - Date.now() - 7 * 86_400_000) < 60_000)
      assert.ok(url.startsWith(`https://${ID}/join?token=muster_ei_`))
      const mail = await muster.mail.next('finn@example.com')
      assert.match(mail.text, /eva/)
      // A second request returns the same invitation (S9).
      const [again = '', once] = await run()
      assert.deepEqual([JSON.parse(again).id, once], [id, '200'])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('invitations are listed, copied and revoked', async () => {
    const gil = await muster.person('gil')
    const { IdToken } = await signedIn(gil)
    const { body: made } = await api(IdToken, 'POST', '/v2/invites', { email: 'hana@example.com' })
    const listed = await api(IdToken, 'GET', '/v2/invites')
    assert.deepEqual(
      listed.body.invites.map(({ email, status }: { email: string; status: string }) => [email, status]),
      [['hana@example.com', 'open']],
    )
    const copied = await api(IdToken, 'GET', `/v2/invites/${made.id}`)
    assert.deepEqual([copied.status, copied.body.url], [200, made.url])
    assert.equal((await api(IdToken, 'DELETE', `/v2/invites/${made.id}`)).status, 204)
    const after = await api(IdToken, 'GET', `/v2/invites/${made.id}`)
    assert.deepEqual([after.body.status, after.body.url], ['revoked', undefined])
    const bad = await api(IdToken, 'POST', '/v2/invites', { email: 'nothing' })
    assert.deepEqual([bad.status, bad.body.code, typeof bad.body.message], [422, 'email_invalid', 'string'])
    const stranger = await muster.person('stranger')
    assert.equal((await api((await signedIn(stranger)).IdToken, 'GET', `/v2/invites/${made.id}`)).status, 404)
  })

  test('a link is copied only within the limit of the sender, as over the API', async () => {
    const ike = await muster.person('ike')
    const { IdToken } = await signedIn(ike)
    const { body: made } = await api(IdToken, 'POST', '/v2/invites', { email: 'jo@example.com' })
    const limit = 'invitation link by sender'
    await muster.server.services.limits.spend(limit, ike.id, limits[limit].points)
    assert.equal((await api(IdToken, 'GET', `/v2/invites/${made.id}`)).status, 429)
    assert.equal((await api(IdToken, 'POST', '/v2/invites', { email: 'jo@example.com' })).status, 429)
    // A new invitation was paid for with its email, so its link is shown.
    assert.equal((await api(IdToken, 'POST', '/v2/invites', { email: 'kay@example.com' })).status, 201)
  })

  test('a login by password or refresh token stays within the limit of the address', async () => {
    const lea = await muster.person('lea')
    const { RefreshToken } = await signedIn(lea)
    const limit = 'token by address'
    await muster.server.services.limits.spend(limit, '127.0.0.1', limits[limit].points).catch(() => {}) // Some were spent already.
    assert.equal((await token({ USERNAME: lea.email, PASSWORD })).status, 429)
    assert.equal((await token({ REFRESH_TOKEN: RefreshToken })).status, 429)
    await muster.server.services.limits.giveBack([limit, '127.0.0.1', limits[limit].points])
  })

  test('users are listed, searched and changed, each change wholly or not at all', async () => {
    const { ivy, jan } = (await muster.organization({ ivy: 'admin', jan: 'member' })) as Record<'ivy' | 'jan', Human>
    const { IdToken } = await signedIn(ivy)
    const everyone = await api(IdToken, 'GET', '/v2/users')
    assert.deepEqual(everyone.body.users.map(({ email }: { email: string }) => email).toSorted(), ['ivy@example.com', 'jan@example.com'])
    const search = await api(IdToken, 'GET', '/v2/users?search=jan%40example')
    assert.deepEqual(
      search.body.users.map(({ id }: { id: string }) => id),
      [jan.id],
    )

    const changed = await api(IdToken, 'PATCH', `/v2/users/${jan.id}`, { first_name: 'Jan', last_name: 'Novak', role: 'admin' })
    assert.deepEqual([changed.status, changed.body.first_name, changed.body.last_name, changed.body.role], [200, 'Jan', 'Novak', 'admin'])
    const own = await api(IdToken, 'PATCH', `/v2/users/${ivy.id}`, { first_name: 'Yvonne' })
    assert.deepEqual([own.status, own.body.first_name], [200, 'Yvonne'])
    const half = await api(IdToken, 'PATCH', `/v2/users/${ivy.id}`, { first_name: 'Nobody', status: 'deactivated' })
    assert.deepEqual([half.status, half.body.code], [409, 'self_action'])
    assert.equal((await api(IdToken, 'GET', '/v2/users/current')).body.first_name, 'Yvonne')

    const off = await api(IdToken, 'PATCH', `/v2/users/${jan.id}`, { status: 'deactivated' })
    assert.deepEqual([off.status, off.body.status], [200, 'deactivated'])
    const on = await api(IdToken, 'PATCH', `/v2/users/${jan.id}`, { status: 'active' })
    assert.deepEqual([on.status, on.body.status], [200, 'active'])
  })

  test('a client that sends back the role member does not raise a viewer (P6, E80)', async () => {
    const { xena, yves } = (await muster.organization({ xena: 'admin', yves: 'viewer' })) as Record<'xena' | 'yves', Human>
    const { IdToken } = await signedIn(xena)
    const shown = await api(IdToken, 'PATCH', `/v2/users/${yves.id}`, { first_name: 'Yves', role: 'member' })
    assert.deepEqual([shown.status, shown.body.role, shown.body.first_name], [200, 'member', 'Yves'])
    const stored = async () =>
      (await sql<{ role: string }>`select role from membership where username = 'yves' and status = 'active'`.execute(muster.server.database.kysely)).rows[0]
        ?.role
    assert.equal(await stored(), 'viewer')
    await api(IdToken, 'PATCH', `/v2/users/${yves.id}`, { role: 'admin' })
    assert.equal(await stored(), 'admin')
  })

  test('updated_at changes with each change of a user, created_at never', async () => {
    const { olga, pete } = (await muster.organization({ olga: 'admin', pete: 'member' })) as Record<'olga' | 'pete', Human>
    const admin = (await signedIn(olga)).IdToken
    const read = async (): Promise<{ created_at: string; updated_at: string }> => (await api(admin, 'GET', `/v2/users/${pete.id}`)).body
    const { created_at } = await read()
    const call = async (by: Human, method: string, path: string, body?: object): Promise<Record<string, string>> => {
      const headers = { authorization: `Bearer ${by.token}`, ...(body && { 'content-type': 'application/json' }) }
      const answer = await front.ask(method, ID, path, { headers, ...(body && { body: JSON.stringify(body) }) })
      assert.ok(answer.status < 300, `${method} ${path}: ${answer.status}`)
      return answer.body
    }
    const patch = async (body: object) => assert.equal((await api(admin, 'PATCH', `/v2/users/${pete.id}`, body)).status, 200)
    const again = () => muster.login(pete)
    const returns = async () => {
      const { secret } = await call(olga, 'POST', '/v1/organizations/olga/secrets', {})
      await call(await again(), 'POST', '/v1/organizations/join', { organization: 'olga', secret })
    }
    const changes: Record<string, () => Promise<void>> = {
      'first name': () => patch({ first_name: 'Peter' }),
      'case of the first name': () => patch({ first_name: 'PETER' }),
      'last name': () => patch({ last_name: 'Pan' }),
      'own names': async () => void (await call(await again(), 'PATCH', '/v1/me', { given_name: 'Pete' })),
      role: () => patch({ role: 'admin' }),
      'role back': () => patch({ role: 'member' }),
      deactivation: () => patch({ status: 'deactivated' }),
      reactivation: () => patch({ status: 'active' }),
      address: async () => {
        const me = await again()
        await call(me, 'POST', '/v1/me/email', { password: PASSWORD, email: 'peter@example.com' })
        const [code] = /\b\d{6}\b/.exec((await muster.mail.next('peter@example.com')).text) ?? []
        await call(me, 'POST', '/v1/me/email/verify', { code })
      },
      removal: async () => void (await call(olga, 'DELETE', `/v1/organizations/olga/members/${pete.id}`)),
      return: returns,
    }
    for (const [what, change] of Object.entries(changes)) {
      const before = await read()
      await change()
      const after = await read()
      assert.ok(after.updated_at > before.updated_at, `${what}: ${before.updated_at} to ${after.updated_at}`)
      assert.equal(after.created_at, created_at, what)
    }

    const { updated_at } = await read()
    await patch({ first_name: 'Pete', role: 'member', status: 'active' })
    await muster.login(pete)
    assert.equal((await read()).updated_at, updated_at) // no displayed value has changed
  })

  test('keys are created, used as X-API-Key, renamed and revoked', async () => {
    const { kim, lou } = (await muster.organization({ kim: 'admin', lou: 'member' })) as Record<'kim' | 'lou', Human>
    const { IdToken } = await signedIn(lou)
    const made = await api(IdToken, 'POST', `/v2/users/${lou.id}/keys`, { description: 'nightly' })
    assert.equal(made.status, 201, JSON.stringify(made.body))
    const { id, secret } = made.body
    const key = { 'x-api-key': secret }
    assert.equal((await api(key, 'GET', '/v2/users/current')).body.id, lou.id)
    const { body } = await api(IdToken, 'GET', `/v2/users/${lou.id}/keys`)
    assert.deepEqual(
      body.keys.map(({ description }: { description: string }) => description),
      ['nightly'],
    )
    assert.equal((await api(IdToken, 'PUT', `/v2/users/${lou.id}/keys/${id}`, { description: 'weekly' })).body.description, 'weekly')
    assert.equal((await api(IdToken, 'GET', `/v2/users/${kim.id}/keys`)).status, 403)
    assert.equal((await api((await signedIn(kim)).IdToken, 'GET', `/v2/users/${lou.id}/keys`)).body.keys[0].description, 'weekly')
    assert.equal((await api(key, 'POST', `/v2/users/${lou.id}/keys`, { description: 'more' })).status, 403)
    const admin = (await signedIn(kim)).IdToken
    const { body: other } = await api(admin, 'POST', '/v2/users/current/keys', { description: 'hers' })
    assert.equal((await api(admin, 'DELETE', `/v2/users/${lou.id}/keys/${other.id}`)).status, 404) // her key, not his
    assert.equal((await api(IdToken, 'DELETE', `/v2/users/${kim.id}/keys/${other.id}`)).status, 403)
    assert.equal((await api(IdToken, 'DELETE', `/v2/users/${lou.id}/keys/${id}`)).status, 204)
    const over = await api(key, 'GET', '/v2/users/current')
    assert.deepEqual([over.status, over.body.code], [401, 'token_revoked'])
  })

  test('a deactivated user gets a 401 with the reason on every route (S35)', async () => {
    const { mona, nils } = (await muster.organization({ mona: 'admin', nils: 'member' })) as Record<'mona' | 'nils', Human>
    const { IdToken, RefreshToken } = await signedIn(nils)
    const { body: key } = await api(IdToken, 'POST', `/v2/users/${nils.id}/keys`, { description: 'his' })
    assert.equal((await api((await signedIn(mona)).IdToken, 'PATCH', `/v2/users/${nils.id}`, { status: 'deactivated' })).status, 200)

    const routes: [string, string, object?][] = [
      ['GET', '/v2/users/current'],
      ['GET', '/v2/users'],
      ['GET', `/v2/users/${nils.id}`],
      ['PATCH', `/v2/users/${nils.id}`, { first_name: 'N' }],
      ['GET', '/v2/invites'],
      ['POST', '/v2/invites', { email: 'x@example.com' }],
      ['DELETE', '/v2/invites/inv_x'],
      ['GET', `/v2/users/${nils.id}/keys`],
      ['POST', `/v2/users/${nils.id}/keys`, { description: 'x' }],
      ['DELETE', `/v2/users/${nils.id}/keys/${key.id}`],
    ]
    const answers = [await token({ USERNAME: nils.email, PASSWORD }), await token({ REFRESH_TOKEN: RefreshToken })]
    for (const [method, path, body] of routes) {
      answers.push(await api(IdToken, method, path, body), await api({ 'x-api-key': key.secret }, method, path, body))
    }
    for (const { status, body } of answers) {
      assert.deepEqual([status, body.code], [401, 'user_deactivated'])
      assert.match(body.message, /^Your account was deactivated in mona on \d{4}-\d\d-\d\d\. Ask mona/)
    }
    const begun = sql`select kind from session join account on account.id = user_id where user_id = ${nils.id} and session.epoch = account.epoch`
    assert.deepEqual((await begun.execute(muster.server.database.kysely)).rows, [])
    // The reason is shown only after the correct password.
    const wrong = await token({ USERNAME: nils.email, PASSWORD: 'not the password' })
    assert.deepEqual([wrong.status, wrong.body.code], [401, 'wrong_credentials'])
  })

  test('a refusal without a credential or at an unknown path has a message', async () => {
    const none = await api({}, 'GET', '/v2/users/current')
    assert.deepEqual([none.status, typeof none.body.message], [401, 'string'])
    const nowhere = await api({}, 'GET', '/v2/tables')
    assert.deepEqual([nowhere.status, typeof nowhere.body.message], [404, 'string'])
  })
})

test('the password request exists only while compat is on', async () => {
  const muster = await startMuster()
  try {
    const ada = await muster.person('ada')
    const { status } = await muster.call('POST', '/', { body: { USERNAME: ada.email, PASSWORD } })
    assert.equal(status, 405) // GET / serves the home page.
    assert.equal((await muster.call('GET', '/v2/users/current', { token: ada.token })).status, 404)
  } finally {
    await muster.close()
  }
})

test('a script gets passwords_off for the right password (F23)', async () => {
  const muster = await startMuster({ env: { ...env, MUSTER_PASSWORDS: 'off' } })
  const front = await startFront([ID, API], muster.server.port)
  try {
    const { email } = await muster.person('zoe')
    const { status, body } = await front.ask('POST', ID, '/', { body: JSON.stringify({ USERNAME: email, PASSWORD }) })
    assert.deepEqual([status, body.code], [403, 'passwords_off'])
    assert.match(body.message, /^Passwords are switched off on this server\..*Scripts use an API key\.$/)
  } finally {
    await front.close()
    await muster.close()
  }
})
