import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postForm } from '../oauth/conversation.ts'

// The API for the backends of the platform (P15).

const ORGANIZATIONS = 'platform:organizations:read'
const MEMBERS = 'platform:members:read'
const USERS = 'platform:users:read'
const PLANS = 'platform:plans:write'

let muster: Muster
let people: Record<'ada' | 'adam' | 'bob', Human>
let eve: Human
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_PLANS: 'free:1, team:5, pro:unlimited', MUSTER_DEFAULT_PLAN: 'team' } })
  people = (await muster.organization({ ada: 'admin', adam: 'member', bob: 'member' })) as typeof people
  eve = await muster.person('eve')
})
afterAll(() => muster.close())

const get = (path: string, token: string) => muster.call('GET', `/v1/${path}`, { token })

async function aBackend(...scopes: string[]): Promise<{ id: string; token: string }> {
  const registration = { name: 'Backend', grants: ['client_credentials'], scopes }
  const { body: client } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: registration })
  const form = { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret, scope: scopes.join(' ') }
  return { id: client.id, token: (await postForm(muster, '/oauth/token', form)).body.access_token }
}

/** All items of a list, by pages of one. */
async function all(path: string, token: string): Promise<any[]> {
  const items: any[] = []
  for (let cursor = ''; ; ) {
    const { status, body } = await get(`${path}${path.includes('?') ? '&' : '?'}limit=1${cursor}`, token)
    expect(status, JSON.stringify(body)).toBe(200)
    items.push(...body.items)
    if (body.next_cursor === null) return items
    cursor = `&cursor=${body.next_cursor}`
  }
}

const recorded = async (clientId: string): Promise<any[]> =>
  (await sql<any>`select * from audit_event where type = 'client.addresses_read' and target = ${clientId}`.execute(muster.server.database.kysely)).rows

describe('organizations', () => {
  test('are listed and found by a client, without role and contacts (P15)', async () => {
    const { token } = await aBackend(ORGANIZATIONS)
    await muster.call('PATCH', '/v1/organizations/ada', { token: people.ada.token, body: { billing_contact: 'bills@example.com', technical_contact: 'bob' } })
    const names = (await all('organizations', token)).map(({ name }) => name)
    expect(names).toEqual(['eve', 'bob', 'adam', 'ada'])
    expect((await all('organizations?search=AD', token)).map(({ name }) => name)).toEqual(['ada', 'adam'])
    const { body } = await get('organizations/ada', token)
    expect(body).toMatchObject({ name: 'ada', plan: 'team', seats: 5, members: 3, deactivated_members: 0, suspended_at: null, personal: false })
    expect((await all('organizations?search=ada', token))[0]).toEqual(body)
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['role']))
    for (const field of ['role', 'technical_contact', 'billing_contact', 'address']) expect(body).not.toHaveProperty(field)
    expect(await get('organizations/nothing', token)).toMatchObject({ status: 404, body: { code: 'organization_not_found' } })
  })

  test('are for a person only their own, as before (P15, E75)', async () => {
    expect(await get('organizations', people.ada.token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await get('organizations/ada', people.bob.token)).toMatchObject({ status: 200, body: { role: 'member' } })
    expect((await get('organizations/ada', people.bob.token)).body).not.toHaveProperty('suspended_at')
    expect(await get('organizations/ada', eve.token)).toMatchObject({ status: 404 })
  })

  test('are shown with the time of their suspension (P15)', async () => {
    const { token } = await aBackend(ORGANIZATIONS)
    await muster.call('POST', '/v1/operator/organizations/eve/suspend', { token: OPERATOR_TOKEN, body: {} })
    expect((await get('organizations/eve', token)).body.suspended_at).toEqual(expect.any(String))
    await muster.call('POST', '/v1/operator/organizations/eve/resume', { token: OPERATOR_TOKEN })
  })

  test('get another plan from a client with that right, which is recorded (P15)', async () => {
    const { id, token } = await aBackend(PLANS, ORGANIZATIONS)
    const put = (plan: string, by = token) => muster.call('PUT', '/v1/organizations/eve/plan', { token: by, body: { plan, reason: 'Order 7' } })
    expect(await put('pro')).toMatchObject({ status: 200, body: { name: 'eve', plan: 'pro' } })
    expect((await get('organizations/eve', token)).body).toMatchObject({ plan: 'pro', seats: null })
    expect(await put('gold')).toMatchObject({ status: 422, body: { code: 'plan_unknown' } })
    const { body } = await get('organizations/eve/audit-events?action=organization.plan_changed', eve.token)
    expect(body.items[0]).toMatchObject({ actor: { kind: 'client', id, name: 'Backend' }, details: { to: 'pro', reason: 'Order 7' } })
    expect(await put('team', (await aBackend(ORGANIZATIONS)).token)).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
    await muster.call('PATCH', `/v1/operator/clients/${id}`, { token: OPERATOR_TOKEN, body: { scopes: [ORGANIZATIONS] } })
    expect(await put('team')).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
  })
})

describe('members', () => {
  test('are listed by a client, without addresses (P15, E75)', async () => {
    const { id, token } = await aBackend(MEMBERS)
    const members = await all('organizations/ada/members', token)
    expect(members.map(({ username, role }) => [username, role])).toEqual([
      ['bob', 'member'],
      ['adam', 'member'],
      ['ada', 'admin'],
    ])
    for (const field of ['email', 'last_seen_at', 'status_by', 'status_reason']) for (const member of members) expect(member).not.toHaveProperty(field)
    expect(await all('organizations/ada/members?q=adam@example', token)).toEqual([])
    expect((await get('organizations/ada/members/bob', token)).body).toMatchObject({ username: 'bob', suspended_at: null })
    expect((await get('organizations/ada/members/bob', token)).body).not.toHaveProperty('email')
    expect(await get('organizations/ada/members/eve', token)).toMatchObject({ status: 404, body: { code: 'member_not_found' } })
    expect(await recorded(id)).toEqual([])
  })

  test('are listed and found with addresses by a client that may read users too (P15)', async () => {
    const { id, token } = await aBackend(MEMBERS, USERS)
    expect((await all('organizations/ada/members?q=adam@example', token)).map(({ email }) => email)).toEqual([people.adam.email])
    expect((await get('organizations/ada/members/bob', token)).body).toMatchObject({ email: people.bob.email })
    expect(await recorded(id)).toHaveLength(1)
  })

  test('lose their addresses when the right to read users is removed (P15, E75)', async () => {
    const { id, token } = await aBackend(MEMBERS, USERS)
    await muster.call('PATCH', `/v1/operator/clients/${id}`, { token: OPERATOR_TOKEN, body: { scopes: [MEMBERS] } })
    expect((await get('organizations/ada/members/bob', token)).body).not.toHaveProperty('email')
  })
})

describe('users', () => {
  test('are listed by a client, and found by a beginning (P15)', async () => {
    const { token } = await aBackend(USERS)
    expect((await all('users', token)).map(({ username }) => username)).toEqual(['eve', 'bob', 'adam', 'ada'])
    expect((await all('users?search=ada', token)).map(({ username }) => username)).toEqual(['ada', 'adam'])
  })

  test('are found by id, username and complete address (P15)', async () => {
    const { token } = await aBackend(USERS)
    const { id, email } = people.bob
    for (const reference of [id, 'bob', 'BOB', email, email.toUpperCase(), encodeURIComponent(email)])
      expect([reference, (await get(`users/${reference}`, token)).body]).toEqual([
        reference,
        {
          id,
          email,
          username: 'bob',
          given_name: 'bob',
          family_name: 'Test',
          company: null,
          organization: { id: expect.any(String), name: 'ada', role: 'member', status: 'active' },
          created_at: expect.any(String),
          registered_at: expect.any(String),
          suspended_at: null,
        },
      ])
    for (const reference of ['nobody_there', 'bob@', 'nobody@example.com', 'bo', `${email}x`, 'usr_00000000000000000000000000'])
      expect([reference, (await get(`users/${reference}`, token)).body.code]).toEqual([reference, 'user_not_found'])
  })

  test('are recorded once an hour as read, without an address (P15)', async () => {
    const { id, token } = await aBackend(USERS)
    await Promise.all([get('users', token), get('users/bob', token), get('users/nobody_there', token)])
    const rows = await recorded(id)
    expect(rows).toMatchObject([{ actor_kind: 'client', actor_id: id, organization_id: null }])
    expect(JSON.stringify(rows, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain('@example.com')
  })

  test('leave no address in the access log (P15)', async () => {
    const { token } = await aBackend(USERS)
    for (const path of [`users/${people.adam.email}`, `users/${encodeURIComponent(people.adam.email)}`, `users/x@${people.adam.email}`]) {
      const id = (await get(path, token)).headers.get('x-request-id') ?? ''
      await expect.poll(() => muster.log.find((line) => line.includes(id) && line.includes('"path":"/v1/users/{email}"'))).toBeDefined()
    }
    expect(muster.log.filter((line) => /adam(@|%40)/.test(line))).toEqual([])
  })

  test('are not shown to a person, a key or the operator (P15, E75)', async () => {
    const { body: key } = await muster.call('POST', '/v1/me/keys', { token: people.ada.token, body: { description: 'CI', scope: 'all' } })
    for (const token of [people.ada.token, key.key]) expect(await get('users/bob', token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect(await get('users/bob', OPERATOR_TOKEN)).toMatchObject({ status: 401, body: { code: 'invalid_token' } })
  })
})

test('a client cannot ask people for its own rights, nor the reverse (P15)', async () => {
  const redirect = 'https://app.example/callback'
  const settings = { name: 'Both', grants: ['authorization_code', 'client_credentials'], redirect_uris: [redirect], scopes: ['openid', 'api', USERS] }
  const { body: client } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: settings })
  const own = (scope: string) =>
    postForm(muster, '/oauth/token', { grant_type: 'client_credentials', client_id: client.id, client_secret: client.secret, scope })
  expect([(await own(USERS)).status, (await own('api')).body.error, (await own('openid')).body.error]).toEqual([200, 'invalid_scope', 'invalid_scope'])
  const query = new URLSearchParams({
    client_id: client.id,
    redirect_uri: redirect,
    response_type: 'code',
    scope: `openid ${USERS}`,
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'S256',
  })
  const { headers } = await muster.call('GET', `/oauth/authorize?${query}`)
  expect(new URL(headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_scope')
})
