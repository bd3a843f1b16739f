import { CLI_CLIENT_ID, idPrefixes, type SessionId } from '@muster/contract/ids.ts'
import { nameFault } from '@muster/contract/names.ts'
import { asProblem, problemBody } from '@muster/server/http/problem.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { fill, reviewed } from './reviewed.ts'

// Every route is called with every kind of credential and in every state of an account. A route that is missing from the reviewed list fails.

let muster: Muster
let acme: Record<string, Human>
let other: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_TRUSTED_PROXIES: 'loopback' } })
  acme = await muster.organization({ ada: 'admin', bob: 'member', gone: 'member', barred: 'member' })
  other = await muster.organization({ eve: 'admin' })
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

const call = (route: string, token: string | undefined, org = 'ada') => {
  const [method = '', url = ''] = route.split(' ')
  // Wrong operator tokens are counted by address, so each route is called from its own.
  const address = `198.51.100.${Object.keys(reviewed).indexOf(route) % 250}`
  return muster.call(method, fill(url, org), { token, body: reviewed[route]?.body, headers: { 'x-forwarded-for': address } })
}

test('the reviewed list contains exactly the routes of the API (A09)', () => {
  const served = muster.server.app.servedRoutes.filter(({ url }) => url.startsWith('/v1/')).map(({ method, url }) => `${method} ${url}`)
  expect([...new Set(served)].sort()).toEqual(Object.keys(reviewed).sort())
})

test('every list refuses an invalid cursor', async () => {
  const { token } = acme['ada'] as Human
  const machine = await muster.call('POST', '/v1/organizations/ada/service-accounts', { token, body: { name: 'no-machine' } })
  expect(machine.status).toBe(201)
  const role = await muster.call('POST', '/v1/organizations/ada/roles', { token, body: { name: 'no-role', permissions: [] } })
  expect(role.status).toBe(201)
  const { body: openapi } = await muster.call('GET', '/openapi.json')
  const lists = Object.entries<any>(openapi.paths)
    .filter(([, { get }]) => get?.parameters?.some(({ name }: { name: string }) => name === 'cursor'))
    .map(([url]) => fill(url.replace(/\{(\w+)\}/g, ':$1'), 'ada'))
  expect(lists.length).toBeGreaterThanOrEqual(8)
  const client = await clientToken(['platform:organizations:read', 'platform:users:read'])
  const made = (values: unknown) => Buffer.from(JSON.stringify(values)).toString('base64url')
  const ids = ['usr', 'str'].map((prefix) => `${prefix}_00000000000000000000000000`)
  const foreign = [
    'garbage',
    '',
    made(['\u0000']),
    made('x'),
    made([1]),
    made([]),
    made(['1e9']),
    made(['-1']),
    made(['9'.repeat(19)]),
    ...ids.map((id) => made([id])),
  ]
  for (const list of lists) {
    const caller = { token: list.startsWith('/v1/operator/') ? OPERATOR_TOKEN : reviewed[`GET ${list}`]?.for === 'client' ? client : token }
    expect((await muster.call('GET', list, caller)).status, list).toBe(200)
    for (const cursor of foreign) {
      const answer = await muster.call('GET', `${list}?cursor=${cursor}`, caller)
      expect([list, cursor, answer.status, answer.body.errors?.[0]?.field]).toEqual([list, cursor, 422, 'cursor'])
    }
  }
})

test('a name that begins like an id is reserved (S43)', async () => {
  for (const prefix of Object.values(idPrefixes)) {
    expect((await muster.call('GET', `/v1/usernames/${prefix}_abc`)).body).toMatchObject({ available: false })
    expect([prefix, nameFault(`${prefix}_abc`)]).toEqual([prefix, 'name_reserved'])
  }
})

test('a word of a route is reserved where a name could take its place (S43, B11)', () => {
  const urls = muster.server.app.servedRoutes.map(({ url }) => url.split('/').slice(1))
  const words = new Set<string>()
  for (const parts of urls) {
    words.add(parts[0] ?? '')
    // Words in the place of a name: /v1/organizations/join beside /v1/organizations/:org.
    for (const [at, part] of parts.entries()) {
      if (urls.some((other) => other[at]?.startsWith(':') && parts.slice(0, at).join('/') === other.slice(0, at).join('/'))) words.add(part)
    }
  }
  const asNames = [...words].map((word) =>
    word
      .replace(/^\./, '')
      .replace(/\.\w+$/, '')
      .replaceAll('-', '_'),
  )
  expect(asNames).toContain('join')
  expect(asNames.filter((word) => word.length >= 3 && nameFault(word) === null)).toEqual([])
})

describe('an invalid credential is refused', () => {
  const routes = Object.entries(reviewed).filter(([, { for: audience }]) => audience !== 'anyone')

  test.each(routes)('%s', async (route, { for: audience }) => {
    const expected = audience === 'operator' ? 'operator_required' : undefined
    expect(await call(route, undefined)).toMatchObject({ status: 401, body: { code: expected ?? 'authentication_required' } })
    expect(await call(route, 'nonsense')).toMatchObject({ status: 401, body: { code: expected ?? 'invalid_token' } })
    const { token } = acme['ada'] as Human
    const forged = `${token.slice(0, -4)}${token.slice(-4) === 'AAAA' ? 'BBBB' : 'AAAA'}`
    expect(await call(route, forged)).toMatchObject({ status: 401, body: { code: expected ?? 'invalid_token' } })
    if (audience === 'operator') expect(await call(route, token)).toMatchObject({ status: 401, body: { code: 'operator_required' } })
    else expect(await call(route, OPERATOR_TOKEN)).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
  })
})

describe('an account without a username is refused by routes for members (S55)', () => {
  test.each(Object.entries(reviewed).filter(([, { for: audience }]) => audience === 'member' || audience === 'admin'))('%s', async (route) => {
    const newcomer = await muster.newcomer(`n${Object.keys(reviewed).indexOf(route)}`)
    expect(await call(route, newcomer.token)).toMatchObject({ status: 403, body: { code: 'user_not_registered' } })
  })
})

describe('another organization is answered as one that does not exist (B01)', () => {
  const ofOrganizations = Object.keys(reviewed).filter((route) => route.includes('/v1/organizations/:org') && reviewed[route]?.for !== 'client')

  test.each(ofOrganizations)('%s', async (route) => {
    const { token } = other['eve'] as Human
    const foreign = await call(route, token, 'ada')
    const missing = await call(route, token, 'no_such_thing')
    expect(foreign).toMatchObject({ status: 404, body: { code: 'organization_not_found' } })
    const { request_id: _, ...one } = foreign.body
    const { request_id: __, ...two } = missing.body
    expect(one).toEqual(two)
  })
})

describe('a member is refused by routes for admins (S4)', () => {
  test.each(Object.entries(reviewed).filter(([, { for: audience }]) => audience === 'admin'))('%s', async (route) => {
    expect(await call(route, (acme['bob'] as Human).token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

describe("a platform's client is accepted only by routes of its scope (S58)", () => {
  const tokens: Record<string, string> = {}
  beforeAll(async () => {
    for (const scope of ['resources:register', 'hosts:read', 'platform:organizations:read', 'platform:members:read', 'platform:users:read'])
      tokens[scope] = await clientToken([scope])
  })
  test.each(Object.entries(reviewed).filter(([, { for: audience }]) => audience !== 'anyone' && audience !== 'operator' && audience !== 'gateway'))(
    '%s',
    async (route, { client }) => {
      for (const [scope, token] of Object.entries(tokens)) {
        const { status, body } = await call(route, token)
        if (client === undefined) expect([status, body.code], scope).toEqual([403, 'forbidden'])
        else if (client !== scope) expect([status, body.code, body.scope], scope).toEqual([403, 'insufficient_scope', client])
        else expect([200, 404], scope).toContain(status)
      }
    },
  )
  test("a removed client's token is refused (S36)", async () => {
    const token = await clientToken(['hosts:read'])
    expect(await call('GET /v1/hosts/:host', token)).toMatchObject({ status: 404, body: { code: 'host_not_found' } })
    const { body } = await muster.call('GET', '/v1/operator/clients', { token: OPERATOR_TOKEN })
    const { id } = body.items.find(({ name }: { name: string }) => name === `Platform ${clients}`)
    expect((await muster.call('DELETE', `/v1/operator/clients/${id}`, { token: OPERATOR_TOKEN })).status).toBe(200)
    expect(await call('GET /v1/hosts/:host', token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  })
})

let clients = 0
/** The access token of a platform's own client. */
async function clientToken(scopes: string[]): Promise<string> {
  const client = { name: `Platform ${++clients}`, grants: ['client_credentials'], scopes }
  const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
  const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: body.id, client_secret: body.secret, scope: scopes.join(' ') })
  const answer = await muster.call('POST', '/oauth/token', { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  return answer.body.access_token
}

describe("a removed member's token is refused once the removal is answered (S32, E11, I7)", () => {
  let gone: Human
  beforeAll(async () => {
    gone = acme['gone'] as Human
    expect((await muster.call('DELETE', '/v1/organizations/ada/members/gone', { token: (acme['ada'] as Human).token })).status).toBe(200)
  })
  test.each(Object.entries(reviewed).filter(([, { for: audience }]) => audience !== 'anyone' && audience !== 'operator'))('%s', async (route) => {
    expect(await call(route, gone.token)).toMatchObject({ status: 401, body: { code: 'membership_left' } })
  })
  test('a removed member logs in to their personal organization', async () => {
    const { body } = await muster.call('GET', '/v1/me', { token: (await muster.login(gone)).token })
    expect(body.organization).toMatchObject({ name: 'gone', personal: true, role: 'admin' })
  })
})

describe('every route tells a deactivated member the organization and the contact (S35)', () => {
  let barred: Human
  beforeAll(async () => {
    barred = acme['barred'] as Human
    await muster.server.database.kysely
      .updateTable('membership')
      .set({ status: 'deactivated' })
      .where('user_id', '=', barred.id)
      .where('status', '=', 'active')
      .execute()
  })
  test.each(Object.entries(reviewed).filter(([, { for: audience }]) => audience !== 'anyone' && audience !== 'operator' && audience !== 'gateway'))(
    '%s',
    async (route) => {
      const answer = await call(route, barred.token)
      expect(answer).toMatchObject({ status: 401, body: { code: 'user_deactivated', organization: { name: 'ada' }, contact: 'ada' } })
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/)
    },
  )
})

test('the token of an ended session is token_revoked, not invalid_token (S36)', async () => {
  const login = await muster.login(acme['bob'] as Human)
  expect((await muster.call('DELETE', '/v1/me/sessions/current', { token: login.token })).body).toEqual({ ended: 1 })
  expect(await muster.call('GET', '/v1/me', { token: login.token })).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
})

test('a login without the scope api can end only itself', async () => {
  const [narrow, other] = [await muster.login(acme['bob'] as Human), await muster.login(acme['bob'] as Human)]
  const { accessToken: token } = await muster.server.services.accessTokens.issueAccessToken({
    sessionId: narrow.sessionId as SessionId,
    clientId: CLI_CLIENT_ID,
    scopes: new Set(['openid']),
    expiresAt: new Date(Date.now() + 60_000),
  })
  const refused = { status: 403, body: { code: 'insufficient_scope' } }
  expect(await muster.call('GET', '/v1/me', { token })).toMatchObject(refused)
  expect(await muster.call('DELETE', `/v1/me/sessions/${other.sessionId}`, { token })).toMatchObject(refused)
  expect((await muster.call('DELETE', '/v1/me/sessions/current', { token })).body).toEqual({ ended: 1 })
  expect(await muster.call('GET', '/v1/me', { token: other.token })).toMatchObject({ status: 200 })
})

test('a login expires after exactly 24 hours (S46, I9)', async () => {
  const login = await muster.login(acme['bob'] as Human)
  const session = await muster.server.services.store.reading.sessions.find(login.sessionId as SessionId)
  if (!session) throw new Error('no session')
  expect(Math.round((session.expiresAt.getTime() - session.createdAt.getTime()) / 1000)).toBe(86_400)
  expect(decodeJwt(login.token).exp).toBe(Math.floor(session.expiresAt.getTime() / 1000))
  await muster.clock.advance(86_400 - 30)
  expect((await muster.call('GET', '/v1/me', { token: login.token })).status).toBe(200)
  await muster.clock.advance(30)
  expect(await muster.call('GET', '/v1/me', { token: login.token })).toMatchObject({ status: 401, body: { code: 'token_expired' } })
})

test('an unknown member of a body is refused (A08, B05)', async () => {
  const { token } = acme['ada'] as Human
  for (const [route, extra] of [
    ['PATCH /v1/me', { email: 'x@example.com' }],
    ['PATCH /v1/me', { status: 'active' }],
    ['PATCH /v1/me', { organization: 'other' }],
    ['POST /v1/organizations/:org/secrets', { organizationId: 'org_x' }],
    ['POST /v1/invitations/accept', { role: 'admin' }],
    ['PATCH /v1/organizations/:org/members/:user', { epoch: 0 }],
  ] as const) {
    const [method = '', url = ''] = route.split(' ')
    const body = { ...(reviewed[route]?.body as object), ...extra }
    expect(await muster.call(method, fill(url, 'ada'), { token, body }), route).toMatchObject({ status: 422, body: { code: 'invalid_request' } })
  }
})

test('a request for another host gets 421 (A11)', async () => {
  const { request } = await import('node:http')
  const status = await new Promise<number>((resolve, reject) => {
    const { port } = new URL(muster.url)
    request(
      { host: '127.0.0.1', port, path: '/oauth/device/code', method: 'POST', headers: { host: 'evil.example', 'x-forwarded-host': muster.url } },
      (response) => resolve(response.statusCode ?? 0),
    )
      .on('error', reject)
      .end('client_id=muster-cli')
  })
  expect(status).toBe(421)
})

test('a browser is redirected from another local name only (A11)', async () => {
  const { request } = await import('node:http')
  const { port } = new URL(muster.url)
  const get = (host: string, path: string, accept = 'text/html') =>
    new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
      request({ host: '127.0.0.1', port, path, headers: { host, accept } }, (response) => {
        let body = ''
        response.on('data', (chunk) => (body += chunk)).on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
      })
        .on('error', reject)
        .end()
    })
  const led = await get(`127.0.0.1:${port}`, '/device?user_code=BCDF-GHJK')
  expect([led.status, led.headers['location']]).toEqual([302, `${muster.url}/device?user_code=BCDF-GHJK`])
  expect((await get(`127.0.0.1:${port}`, '//evil.example/')).headers['location']).toBe(`${muster.url}//evil.example/`)
  const told = await get('evil.example', '/sign-in')
  expect([told.status, told.headers['location'], told.headers['content-type']]).toEqual([421, undefined, 'text/html; charset=utf-8'])
  expect(told.body).toContain(`href="${muster.url}/"`)
  expect(told.body).not.toContain('evil.example')
  expect(told.headers['content-security-policy']).toContain("default-src 'none'")
  for (const [host, path, accept] of [
    [`127.0.0.1:${port}`, '/v1/me', 'text/html'],
    [`127.0.0.1:${port}`, '/', 'application/json'],
  ] as const)
    expect(await get(host, path, accept)).toMatchObject({
      status: 421,
      headers: { 'x-content-type-options': 'nosniff' },
      body: expect.stringContaining('host_unknown'),
    })
})

test('an unusable body is refused with the code of its fault', async () => {
  const { token } = acme['ada'] as Human
  expect(await muster.call('PATCH', '/v1/me', { token, body: { given_name: 'x'.repeat(70_000) } })).toMatchObject({
    status: 413,
    body: { code: 'body_too_large' },
  })
  expect(await muster.call('PATCH', '/v1/me', { token, body: '{"given_name":' })).toMatchObject({ status: 400, body: { code: 'malformed_body' } })
  expect(await muster.call('PATCH', '/v1/me', { token, body: 'x', headers: { 'content-type': 'text/plain' } })).toMatchObject({ status: 415 })
  expect(await muster.call('GET', '/v1/nothing', { token })).toMatchObject({ status: 404, body: { code: 'not_found' } })
})

test('a request that declares JSON and sends nothing has no body', async () => {
  const { token } = await muster.login(acme['ada'] as Human)
  const headers = { 'content-type': 'application/json' }
  const missing = await muster.call('PATCH', '/v1/me', { token, body: '', headers })
  expect(missing).toMatchObject({ status: 422, body: { code: 'invalid_request' } })
  expect(await muster.call('DELETE', '/v1/me/sessions/current', { token, body: '', headers })).toMatchObject({ status: 200 })
})

test('only admins see email addresses and when members were last seen (S4)', async () => {
  const seen = async (token: string) =>
    (await muster.call('GET', '/v1/organizations/ada/members', { token })).body.items as { username: string; email?: string }[]
  const bob = (await seen((acme['ada'] as Human).token)).find(({ username }) => username === 'bob')
  expect(bob).toMatchObject({ email: 'bob@example.com', last_seen_at: expect.stringMatching(/Z$/) })
  expect((await seen((acme['bob'] as Human).token)).every((member) => member.email === undefined && !('last_seen_at' in member))).toBe(true)
})

test('a former name redirects reads and refuses writes (S42)', async () => {
  const { founder } = await muster.organization({ founder: 'admin' })
  const token = (founder as Human).token
  expect((await muster.call('POST', '/v1/organizations/founder/rename', { token, body: { from: 'founder', to: 'renamed' } })).body).toMatchObject({
    renamed: true,
    application_url: { from: 'https://founder-<app>.cloud.localhost/', to: 'https://renamed-<app>.cloud.localhost/' },
  })
  const old = await muster.call('GET', '/v1/organizations/founder', { token })
  expect([old.status, old.headers.get('location')]).toEqual([308, '/v1/organizations/renamed'])
  expect([old.body, old.headers.get('content-type')]).toEqual(['', null])
  expect(await muster.call('POST', '/v1/organizations/founder/secrets', { token, body: {} })).toMatchObject({
    status: 409,
    body: { code: 'organization_renamed', name: 'renamed' },
  })
  // Nobody has to log in again: the earlier token belongs to the same organization.
  expect((await muster.call('GET', '/v1/me', { token })).body.organization.name).toBe('renamed')
})

test('the log contains request ids and no secrets (E13)', async () => {
  const { token } = acme['ada'] as Human
  const { body, headers } = await muster.call('POST', '/v1/organizations/ada/secrets', { token, body: {} })
  await muster.call('POST', '/v1/invitations/preview', { body: { token: body.secret } })
  await muster.call('GET', `/v1/usernames/x?token=${body.secret}`)
  const lines = muster.log.join('')
  expect(lines).toContain(headers.get('x-request-id'))
  for (const secret of [token, body.secret, OPERATOR_TOKEN]) expect(lines).not.toContain(secret)
})

test('the database contains no secret in plain text (E14)', async () => {
  const { token } = acme['ada'] as Human
  const { body } = await muster.call('POST', '/v1/organizations/ada/secrets', { token, body: {}, headers: { 'idempotency-key': 'canary' } })
  const { kysely } = muster.server.database
  const { sql } = await import('kysely')
  const tables = await sql<{
    name: string
  }>`select table_schema || '."' || table_name || '"' as name from information_schema.tables where table_schema in ('public', 'jobs') and table_type = 'BASE TABLE'`.execute(
    kysely,
  )
  const secrets = [token, body.secret, OPERATOR_TOKEN].flatMap((secret) => [secret, Buffer.from(secret).toString('hex')]) // bytes are text in hexadecimal
  for (const { name } of tables.rows) {
    const { rows } = await sql<{ text: string }>`select string_agg(t::text, '') as text from ${sql.raw(name)} t`.execute(kysely)
    for (const secret of secrets) expect(rows[0]?.text ?? '', name).not.toContain(secret)
  }
})

/** Well-formed requests with values that the database refuses. */
const unstorable = [
  '/v1/organizations/%00',
  '/v1/organizations/ada/members/%00',
  '/v1/organizations/ada/members?q=%00',
  '/v1/organizations/ada/invitations?q=%00',
  '/v1/organizations/ada/resources/database/%00',
  '/v1/organizations/ada/audit-events?actor=%00',
  '/v1/organizations/ada/audit-events?from=0000-01-01T00:00:00Z',
  '/v1/organizations/ada/audit-events?from=0001-01-01T00:00:00%2B01:00',
  '/v1/organizations/ada/audit-events?to=9999-12-31T23:59:59-01:00',
]

test('responses contain no stack trace, SQL or version (F07)', async () => {
  const { token } = acme['ada'] as Human
  const inside = /\\n\s+at |:\d+:\d+|select |node_modules|fastify|kysely/i
  for (const path of unstorable) expect(JSON.stringify((await muster.call('GET', path, { token })).body), path).not.toMatch(inside)
  const unexpected = problemBody(asProblem(Object.assign(new Error('select password_hash from account'), { code: '42703' })), 'req_1')
  expect(unexpected).toMatchObject({ status: 500, code: 'internal_error' })
  expect(JSON.stringify(unexpected)).not.toMatch(inside)
  const headers = (await muster.call('GET', '/healthz')).headers
  expect(headers.get('server')).toBeNull()
  expect(headers.get('x-powered-by')).toBeNull()
})

test('a NUL or an impossible time gets 422 (F03)', async () => {
  const { token } = acme['ada'] as Human
  for (const path of unstorable) expect([path, (await muster.call('GET', path, { token })).status]).toEqual([path, 422])
})
