import { limits } from '@muster/server/domain/command/limits.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// The API for invitations: response shapes, problem codes, and tokens that must not be in URLs.
let muster: Muster
let ada: Human
beforeAll(async () => {
  muster = await startMuster()
  ada = (await muster.organization({ ada: 'admin', max: 'member' }))['ada'] as Human
})
afterAll(() => muster.close())

const invitations = '/v1/organizations/ada/invitations'
const asAda = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
  muster.call(method, path, { token: ada.token, ...(body !== undefined && { body }), ...(headers && { headers }) })
const tokenFor = async (email: string): Promise<string> => /token=(\S+)/.exec((await muster.mail.next(email)).text)?.[1] ?? ''

test('an invitation is created with 201, and returned with 200 while it is open (S9)', async () => {
  const created = await asAda('POST', invitations, { email: 'one@example.com', role: 'admin' })
  expect(created).toMatchObject({ status: 201, body: { kind: 'email', email: 'one@example.com', role: 'admin', state: 'open', created_by: 'ada', version: 1 } })
  // The two timestamps are read from the clock separately, so they can be a millisecond further apart.
  const lasts = new Date(created.body.expires_at).getTime() - new Date(created.body.created_at).getTime()
  expect(Math.abs(lasts - 168 * 3_600_000)).toBeLessThan(1_000)
  const open = await asAda('POST', invitations, { email: 'ONE@example.com' })
  expect(open.status).toBe(200)
  expect({ ...open.body, mailed_at: null }).toEqual({ ...created.body, mailed_at: null })
})

test('an invitation of several addresses returns a result for each of them (S22)', async () => {
  for (const emails of [['a1@example.com', 'nonsense', 'max@example.com'], 'a2@example.com,\nnonsense ; max@example.com']) {
    const { status, body } = await asAda('POST', invitations, { emails })
    expect(status).toBe(200)
    expect(body.results.map(({ status, problem }: { status: string; problem?: { code: string } }) => problem?.code ?? status)).toEqual([
      'created',
      'email_invalid',
      'already_member',
    ])
    expect(body.results[2].problem).toMatchObject({ title: expect.any(String), next: expect.any(String) })
  }
  const many = Array.from({ length: 101 }, (_, at) => `x${at}@example.com`)
  expect((await asAda('POST', invitations, { emails: many })).status).toBe(422)
  expect((await asAda('POST', invitations, { emails: many.join('\n') })).status).toBe(422)
  expect((await asAda('POST', invitations, { emails: ' ,\n' })).status).toBe(422)
  expect((await asAda('POST', invitations, {})).status).toBe(422)
  expect((await asAda('POST', invitations, { email: 'x@example.com', emails: ['y@example.com'] })).status).toBe(422)
})

test('a request body with an unknown member is refused (A08)', async () => {
  const foreign = { organization_id: 'org_x', status: 'active', user_id: 'usr_x', version: 9, expires_at: '2099-01-01T00:00:00Z' }
  for (const [name, value] of Object.entries(foreign)) {
    expect((await asAda('POST', invitations, { email: 'x@example.com', [name]: value })).status).toBe(422)
    for (const path of ['preview', 'accept', 'decline']) {
      expect((await asAda('POST', `/v1/invitations/${path}`, { token: 'x', [name]: value })).status).toBe(422)
      expect((await asAda('POST', `/v1/invitations/${path}`, { token: 'x', role: 'admin' })).status).toBe(422)
    }
  }
  expect(await asAda('POST', invitations, { email: 'x@example.com', role: 'owner' })).toMatchObject({ status: 404, body: { code: 'role_not_found' } })
})

test('an invitation repeated with its Idempotency-Key is not created again (I11)', async () => {
  const key = { 'idempotency-key': 'invite-1' }
  const [one, two] = [
    await asAda('POST', invitations, { email: 'idem@example.com' }, key),
    await asAda('POST', invitations, { email: 'idem@example.com' }, key),
  ]
  expect(one.status).toBe(201)
  expect(two.status).toBe(201)
  expect(two.body).toEqual(one.body)
  await tokenFor('idem@example.com')
  expect((await asAda('POST', invitations, { email: 'other@example.com' }, key)).status).toBe(422)
})

test('a copied invite link is the one that was created, and is never cached (S18)', async () => {
  const made = await asAda('POST', '/v1/organizations/ada/secrets', { kind: 'link', role: 'admin' })
  expect(made).toMatchObject({ status: 201, body: { kind: 'link', role: 'admin' } })
  expect(made.body.secret).toBeUndefined()
  expect(made.body.url).toMatch(new RegExp(`^${muster.url}/join\\?token=muster_il_`))
  const copied = await asAda('POST', `${invitations}/${made.body.id}/link`)
  expect(copied.body).toEqual({ url: made.body.url, expires_at: made.body.expires_at })
  for (const { headers } of [made, copied]) expect(headers.get('cache-control')).toBe('no-store')
  const listed = await asAda('GET', '/v1/organizations/ada/secrets')
  expect(listed.body.items[0]).toMatchObject({ id: made.body.id, kind: 'link', state: 'open', created_by: 'ada', created_by_name: 'ada Test' })
})

test('a preview masks the address unless the invited user is logged in (S5, S24)', async () => {
  const bob = await muster.person('bob')
  await asAda('POST', invitations, { email: bob.email })
  const token = await tokenFor(bob.email)
  const anonymous = await muster.call('POST', '/v1/invitations/preview', { body: { token } })
  expect(anonymous).toMatchObject({
    status: 200,
    body: { kind: 'email', organization: { name: 'ada' }, role: 'member', invited_by: 'ada', invited_by_name: 'ada Test', email: 'b•••@example.com' },
  })
  expect(anonymous.body.plan).toBeUndefined()
  expect((await muster.call('POST', '/v1/invitations/preview', { token: ada.token, body: { token } })).body.email).toBe('b•••@example.com')
  const own = await muster.call('POST', '/v1/invitations/preview', { token: bob.token, body: { token } })
  expect(own.body).toMatchObject({
    email: bob.email,
    plan: { possible: true, from: { name: 'bob' }, to: { name: 'ada', role: 'member' }, blockers: [], problem: null },
  })
  const plan = await muster.call('GET', `/v1/me/move?invitation=${own.body.id}`, { token: bob.token })
  expect(plan.body).toEqual(own.body.plan)
  expect((await muster.call('GET', `/v1/me/move?invitation=${own.body.id}`, { token: ada.token })).body.code).toBe('invitation_not_found')
  expect((await muster.call('GET', '/v1/me/move?token=x', { token: bob.token })).status).toBe(422)
  expect((await muster.call('GET', '/v1/me/move', { token: bob.token })).body).toMatchObject({ to: null, invitation: null, from: { name: 'bob' } })
  expect((await muster.call('POST', '/v1/invitations/preview', { token: 'nonsense', body: { token } })).status).toBe(401)
})

test('an accepted invitation can be accepted again by the same user (S14, S25)', async () => {
  const carl = await muster.person('carl')
  await asAda('POST', invitations, { email: carl.email })
  const token = await tokenFor(carl.email)
  const accepted = await muster.call('POST', '/v1/invitations/accept', { token: carl.token, body: { token } })
  expect(accepted).toMatchObject({ status: 200, body: { me: { organization: { name: 'ada', role: 'member' }, session: { id: carl.sessionId } } } })
  expect((await muster.call('GET', '/v1/me', { token: carl.token })).body.code).toBe('membership_left')
  const again = await muster.call('POST', '/v1/invitations/accept', { token: accepted.body.access_token, body: { token } })
  expect(again).toMatchObject({ status: 200, body: { me: { organization: { name: 'ada' } } } })
  const listed = await asAda('GET', `${invitations}?q=${carl.email}&state=accepted`)
  expect(listed.body.items).toMatchObject([{ accepted_by: 'carl', state: 'accepted' }])
})

test('a newcomer accepts an invitation only with a username (S5, S55)', async () => {
  const nina = await muster.newcomer('nina')
  await asAda('POST', invitations, { email: nina.email })
  const token = await tokenFor(nina.email)
  const accept = (body: object) => muster.call('POST', '/v1/invitations/accept', { token: nina.token, body: { token, ...body } })
  expect((await accept({})).body.code).toBe('user_not_registered')
  expect((await accept({ username: 'ada' })).body.code).toBe('name_taken')
  expect(await accept({ username: 'nina' })).toMatchObject({ status: 200, body: { me: { username: 'nina', organization: { name: 'ada', role: 'member' } } } })
})

test('an invitation does not exist for admins of other organizations (B01)', async () => {
  const eve = await muster.person('eve')
  const { id } = (await asAda('POST', invitations, { email: 'target@example.com' })).body
  const before = (await asAda('GET', `${invitations}?q=target`)).body.items[0]
  for (const [method, path] of [
    ['POST', `/${id}/resend`],
    ['POST', `/${id}/link`],
    ['DELETE', `/${id}`],
  ] as const) {
    expect((await muster.call(method, `/v1/organizations/eve/invitations${path}`, { token: eve.token })).body.code).toBe('invitation_not_found')
    expect((await muster.call(method, `${invitations}${path}`, { token: eve.token })).body.code).toBe('organization_not_found')
  }
  expect((await asAda('GET', `${invitations}?q=target`)).body.items[0]).toMatchObject({ version: before.version, state: 'open' })
  expect(await asAda('DELETE', `${invitations}/${id}`)).toMatchObject({ status: 200, body: { id, state: 'revoked' } })
})

test('a move repeated with its Idempotency-Key happens once (I11)', async () => {
  const zoe = await muster.person('zoe')
  await asAda('POST', invitations, { email: zoe.email })
  const body = { token: await tokenFor(zoe.email) }
  const accept = (token: string) => muster.call('POST', '/v1/invitations/accept', { token, body, headers: { 'idempotency-key': 'once' } })
  const moved = await accept(zoe.token)
  expect(moved).toMatchObject({ status: 200, body: { me: { organization: { name: 'ada' } } } })
  expect(await accept(zoe.token)).toMatchObject({ status: 401, body: { code: 'membership_left' } })
  expect(await accept(moved.body.access_token)).toMatchObject({ status: 200, body: { me: { organization: { name: 'ada' } } } })
  const { body: trail } = await asAda('GET', '/v1/organizations/ada/audit-events?action=membership.started&target=zoe')
  expect(trail.items).toHaveLength(1)
})

// These tests come last because they use up the rate limit of this address.
describe('wrong invitation tokens', () => {
  test('wrong invitation tokens are limited by address, with a Retry-After (S5)', async () => {
    const preview = () => muster.call('POST', '/v1/invitations/preview', { body: { token: 'muster_os_made_up' } })
    const answers = await Promise.all(Array.from({ length: limits['invitation token by address'].points + 1 }, preview))
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['invitation_not_found', 'too_many_attempts']))
    const { status, headers, body } = await preview()
    expect([status, body.code]).toEqual([429, 'too_many_attempts'])
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('wrong invitation tokens are limited on every path (S5)', async () => {
    const token = 'muster_os_made_up'
    const norah = await muster.newcomer('norah')
    for (const [path, body] of [
      ['/v1/invitations/preview', { token }],
      ['/v1/invitations/accept', { token }],
      ['/v1/invitations/decline', { token }],
      ['/v1/organizations/join', { organization: 'ada', secret: token }],
    ] as const)
      expect([path, (await asAda('POST', path, body)).status]).toEqual([path, 429])
    expect((await muster.call('POST', '/v1/me/registration', { token: norah.token, body: { username: 'norah', secret: token } })).status).toBe(429)
    const cookie = `muster_invitation=${token}`
    expect((await fetch(`${muster.url}/join`, { headers: { cookie } })).status).toBe(429)
  })

  test('a valid invitation works at an address that has reached the limit', async () => {
    const { body: made } = await asAda('POST', '/v1/organizations/ada/secrets', {})
    expect((await muster.call('POST', '/v1/invitations/preview', { body: { token: made.secret } })).status).toBe(200)
    expect((await fetch(`${muster.url}/join`, { headers: { cookie: `muster_invitation=${made.secret}` } })).status).toBe(200)
  })
})

test('a list says why an open invitation does not count now (P8)', async () => {
  const team = await muster.organization({ fay: 'admin', gil: 'member' })
  const at = '/v1/organizations/fay'
  const as = (who: string, method: string, path: string, body?: unknown) => muster.call(method, `${at}${path}`, { token: team[who]?.token, body })
  const recruiter = ['organization:read', 'members:read', 'invitations:create']
  await as('fay', 'POST', '/roles', { name: 'Recruiter', permissions: recruiter })
  await as('fay', 'POST', '/roles', { name: 'Reader', permissions: ['members:read'] })
  const reasons = async () => {
    const lists = [await as('fay', 'GET', '/invitations?kind=email'), await as('fay', 'GET', '/secrets?state=open')]
    lists.push(await muster.call('GET', '/v1/operator/invitations?search=why@example.com', { token: OPERATOR_TOKEN }))
    return lists.map(({ body }) => body.items.map(({ state, invalid_reason: reason }: any) => [state, reason]))
  }
  const setRole = (role: string) => as('fay', 'PATCH', '/members/gil', { role })
  const always = (reason: string | null) => Array.from({ length: 3 }, () => [['open', reason]])

  await setRole('Recruiter')
  team['gil'] = await muster.login(team['gil'] as Human)
  expect((await as('gil', 'POST', '/invitations', { email: 'why@example.com', role: 'Reader' })).status).toBe(201)
  expect((await as('gil', 'POST', '/secrets', { kind: 'link', role: 'Reader' })).status).toBe(201)
  expect(await reasons()).toEqual(always(null))
  const editRole = (name: string, permissions: string[]) => as('fay', 'PATCH', `/roles/${name}`, { permissions })
  await editRole('Recruiter', ['organization:read', 'members:read'])
  expect(await reasons()).toEqual(always('gil may no longer invite.'))
  await editRole('Recruiter', recruiter)
  await editRole('Reader', ['members:read', 'audit:read'])
  expect(await reasons()).toEqual(always('gil may no longer give the role Reader.'))
  await setRole('admin')
  expect(await reasons()).toEqual(always(null))
})
