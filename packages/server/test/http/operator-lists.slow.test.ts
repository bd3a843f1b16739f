import { newId } from '@muster/server/domain/model/id.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let muster: Muster
let people: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  people = await muster.organization({ ada: 'admin', adam: 'member', bob: 'member' })
  people.newcomer = await muster.newcomer('adana')
})
afterAll(() => muster.close())

const get = (path: string, token = OPERATOR_TOKEN) => muster.call('GET', `/v1/operator/${path}`, { token })

/** All items of a list, by pages of this size. */
async function all(path: string, limit: number): Promise<any[]> {
  const items: any[] = []
  const separator = path.includes('?') ? '&' : '?'
  for (let cursor = ''; ; ) {
    const { status, body } = await get(`${path}${separator}limit=${limit}${cursor}`)
    expect(status).toBe(200)
    items.push(...body.items)
    if (body.next_cursor === null) return items
    cursor = `&cursor=${body.next_cursor}`
  }
}

describe("the operator's list of users (O13)", () => {
  const emails = async (search: string, limit = 50) => (await all(`users?search=${encodeURIComponent(search)}`, limit)).map(({ email }) => email)

  test('has every account, the newest first', async () => {
    const listed = await all('users', 3)
    expect(listed.map(({ username }) => username)).toEqual([null, 'bob', 'adam', 'ada'])
    expect(listed[1]).toMatchObject({
      id: people.bob?.id,
      email: people.bob?.email,
      organization: { name: 'ada', role: 'member', status: 'active' },
      last_seen_at: expect.any(String),
      created_at: expect.any(String),
    })
    expect(listed[0]).toMatchObject({ username: null, organization: null, registered_at: null, last_seen_at: null })
  })

  test('finds usernames, then addresses, that begin with a text', async () => {
    const found = [people.ada?.email, people.adam?.email, people.newcomer?.email]
    for (const limit of [1, 2, 3, 50]) expect([limit, await emails('ada', limit)]).toEqual([limit, found])
    expect(await emails('ADAM')).toEqual([people.adam?.email])
    expect(await emails('da')).toEqual([])
  })

  test('finds an address whose domain is typed up to a digit', async () => {
    await muster.server.services.store.reading.accounts.insert({
      id: newId('user'),
      email: 'li@163.com',
      emailCanonical: 'li@163.com',
      passwordHash: 'none',
      givenName: 'Li',
      familyName: '',
    })
    for (const text of ['li@163', 'li@163.', 'LI@163.com']) expect([text, await emails(text)]).toEqual([text, ['li@163.com']])
  })

  test('finds a whole address, and a whole id', async () => {
    const { email = '', id = '' } = people.newcomer ?? {}
    expect(await emails(email.toUpperCase())).toEqual([email])
    expect(await emails(id)).toEqual([email])
    expect(await emails(email.slice(0, email.indexOf('@') + 2))).toEqual([email])
  })

  test('takes wildcards as text, and refuses characters that nothing contains', async () => {
    for (const text of ['%', '_', 'a%', '\\', "'", '👩']) expect([text, await emails(text)]).toEqual([text, []])
    for (const text of ['a b', 'a\0', '\u200b']) expect([text, (await get(`users?search=${encodeURIComponent(text)}`)).status]).toEqual([text, 422])
  })

  test('shows the status of a membership', async () => {
    const token = people.ada?.token
    expect((await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token })).status).toBe(200)
    expect((await get('users?search=bob')).body.items).toMatchObject([{ organization: { name: 'ada', status: 'deactivated' } }])
    expect((await muster.call('POST', '/v1/organizations/ada/members/bob/reactivate', { token })).status).toBe(200)
  })
})

describe('a user as the operator sees them (O13)', () => {
  test('is found by username or id, and who looked is recorded', async () => {
    const { id, email } = people.ada as Human
    const { body } = await muster.call('POST', '/v1/operator/tokens', { token: OPERATOR_TOKEN, body: { name: 'helpdesk' } })
    for (const reference of ['ada', 'ADA', id])
      expect(await get(`users/${encodeURIComponent(reference)}`, body.token)).toMatchObject({ status: 200, body: { id, email, sessions: 2, keys: 0 } })
    const { kysely } = muster.server.database
    const events = await kysely.selectFrom('audit_event').selectAll().where('type', '=', 'account.viewed').execute()
    expect(events).toHaveLength(3)
    expect(events[0]).toMatchObject({ actor_id: 'operator:helpdesk', target: id, organization_id: null })
  })

  test('is not found by the beginning of a name', async () => {
    for (const reference of ['ad', 'nobody', 'usr_nobody', people.ada?.email])
      expect(await get(`users/${reference}`)).toMatchObject({ status: 404, body: { code: 'user_not_found' } })
  })
})

describe("the operator's list of organizations (O13)", () => {
  const names = async (query: string, limit = 50) => (await all(`organizations${query}`, limit)).map(({ name }) => name)

  test('has every organization, and finds those whose name begins with a text', async () => {
    for (const limit of [1, 2, 50]) expect([limit, await names('?search=ada', limit)]).toEqual([limit, ['ada', 'adam']])
    expect(await names('', 2)).toEqual(['bob', 'adam', 'ada'])
    const [ada] = await all('organizations?search=ADA', 50)
    expect(ada).toMatchObject({ name: 'ada', personal: false, plan: 'pro', suspended_at: null, members: { active: 3, deactivated: 0 } })
    expect(await names(`?search=${ada.id}`)).toEqual(['ada'])
    expect(await names('?search=da')).toEqual([])
  })

  test('can have the suspended ones only', async () => {
    expect(await names('?suspended=true')).toEqual([])
    const { status } = await muster.call('POST', '/v1/operator/organizations/bob/suspend', { token: OPERATOR_TOKEN, body: { reason: 'unpaid' } })
    expect(status).toBe(200)
    expect((await get('organizations?suspended=true')).body.items).toMatchObject([{ name: 'bob', suspended_reason: 'unpaid' }])
    expect(await names('?suspended=true&search=ada')).toEqual([])
    await muster.call('POST', '/v1/operator/organizations/bob/resume', { token: OPERATOR_TOKEN })
  })
})

describe('the id of a request (O13)', () => {
  test('finds the audit events of the request', async () => {
    const { headers } = await muster.call('PATCH', '/v1/operator/organizations/ada', { token: OPERATOR_TOKEN, body: { plan: 'free' } })
    const id = headers.get('x-request-id')
    const { body } = await get(`requests/${id}`)
    expect(body).toMatchObject({ items: [{ action: 'organization.plan_changed', actor: { id: 'operator:root' }, request_id: id }], next_cursor: null })
    expect(body.items[0].organization_id).toMatch(/^org_/)
    await muster.call('PATCH', '/v1/operator/organizations/ada', { token: OPERATOR_TOKEN, body: { plan: 'pro' } })
  })

  test('finds nothing when the request changed nothing', async () => {
    const { headers } = await get('organizations')
    expect((await get(`requests/${headers.get('x-request-id')}`)).body).toEqual({ items: [], next_cursor: null })
    expect((await get('requests/unknown')).body.items).toEqual([])
    expect((await get('requests/a%20b')).status).toBe(422)
  })

  test('begins with the time, so that ids are in the order of requests', async () => {
    const ids: (string | null)[] = []
    for (let time = 0; time < 3; time++) ids.push((await get('requests/unknown')).headers.get('x-request-id'))
    expect(ids.map((id) => id?.slice(0, 16))).toEqual(ids.map((id) => id?.slice(0, 16)).toSorted())
    expect(new Set(ids).size).toBe(3)
  })
})

describe("the operator's list of invitations (O13)", () => {
  const list = async (query: string, limit = 50) => (await all(`invitations${query}`, limit)).map(({ email, organization }) => [email, organization.name])
  beforeAll(async () => {
    const invite = (by: string, ...emails: string[]) =>
      muster.call('POST', `/v1/organizations/${by}/invitations`, { token: people[by === 'ada' ? 'ada' : 'eve']?.token, body: { emails } })
    people.eve = await muster.person('eve')
    expect((await invite('ada', 'zoe@example.com', 'zack@example.com')).status).toBeLessThan(300)
    expect((await invite('eve', 'zoe@example.com')).status).toBeLessThan(300)
  })

  test('finds the addresses that begin with a text, of every organization', async () => {
    const found = [
      ['zack@example.com', 'ada'],
      ['zoe@example.com', 'ada'],
      ['zoe@example.com', 'eve'],
    ]
    for (const limit of [1, 2, 50]) expect([limit, await list('?search=z', limit)]).toEqual([limit, found])
    expect(await list('?search=ZOE@example.com')).toEqual(found.slice(1))
    expect(await list('?search=%25')).toEqual([])
  })

  test('has those of one organization, the newest first, with their state', async () => {
    expect(await list('?organization=eve', 1)).toEqual([['zoe@example.com', 'eve']])
    const [newest, older] = await all('invitations?organization=ada', 1)
    expect(newest.id > older.id).toBe(true)
    expect(newest).toMatchObject({ kind: 'email', state: 'open', role: 'member', created_by: 'ada' })
    expect((await all(`invitations?search=${newest.id}`, 50)).map(({ id }) => id)).toEqual([newest.id])
    expect((await muster.call('DELETE', `/v1/organizations/ada/invitations/${newest.id}`, { token: people.ada?.token })).status).toBeLessThan(300)
    expect((await all('invitations', 1))[0]).toMatchObject({ organization: { name: 'eve' } })
    expect((await all(`invitations?search=${newest.id}`, 50))[0]).toMatchObject({ state: 'revoked' })
  })

  test('refuses a search together with an organization, and an unknown organization', async () => {
    expect((await get('invitations?organization=ada&search=z')).status).toBe(422)
    expect(await get('invitations?organization=nobody_there')).toMatchObject({ status: 404, body: { code: 'organization_not_found' } })
  })
})

describe("the operator's list of emails (O13)", () => {
  const emailsTo = async (search: string) => (await get(`emails?search=${search}`)).body.items
  const resend = (id: string) => muster.call('POST', `/v1/operator/emails/${id}/resend`, { token: OPERATOR_TOKEN })
  const invite = (email: string) => muster.call('POST', '/v1/organizations/eve/invitations', { token: people.eve?.token, body: { email } })

  test('says why an email is retried, and when it has been sent', async () => {
    muster.mail.refuse(1_000)
    expect((await invite('Late@example.com')).status).toBe(201)
    await expect.poll(() => emailsTo('late@'), { timeout: 20_000 }).toMatchObject([{ address: 'Late@example.com', about: 'invitation', state: 'retrying' }])
    const [retried] = await emailsTo('late@')
    expect(retried.reason).toContain('Try again later')
    expect(await resend(retried.id)).toMatchObject({ status: 409, body: { code: 'email_still_retrying' } })
    muster.mail.refuse(0)
    await expect.poll(() => emailsTo('late@'), { timeout: 60_000 }).toMatchObject([{ id: retried.id, state: 'sent', reason: null }])
    expect((await emailsTo('late@'))[0].attempts).toBeGreaterThan(1)
  })

  test('says that an email whose link ended while it was retried has failed', async () => {
    muster.mail.refuse(1_000)
    const { body: invitation } = await invite('ended@example.com')
    await expect.poll(() => emailsTo('ended@'), { timeout: 20_000 }).toMatchObject([{ state: 'retrying' }])
    const revoked = await muster.call('DELETE', `/v1/organizations/eve/invitations/${invitation.id}`, { token: people.eve?.token })
    expect(revoked.status).toBe(200)
    muster.mail.refuse(0)
    await expect.poll(() => emailsTo('ended@'), { timeout: 60_000 }).toMatchObject([{ state: 'failed', reason: 'Its code or link is no longer valid.' }])
    const [{ id }] = await emailsTo('ended@')
    expect(await resend(id)).toMatchObject({ status: 410, body: { code: 'email_outdated' } })
  })

  test('sends an email again while its link is valid, which is recorded', async () => {
    const { body: invitation } = await invite('again@example.com')
    const first = await muster.mail.next('again@example.com')
    await expect.poll(() => emailsTo('again@')).toHaveLength(1)
    const [{ id }] = await emailsTo('again@')
    expect(await resend(id)).toMatchObject({ status: 200, body: { address: 'again@example.com' } })
    expect((await muster.mail.next('again@example.com')).text).toBe(first.text)
    await expect.poll(() => emailsTo('again@')).toHaveLength(2)
    const events = await muster.server.database.kysely.selectFrom('audit_event').selectAll().where('type', '=', 'email.resent').execute()
    expect(events).toMatchObject([{ actor_id: 'operator:root', target: id, details: { template: 'invitation' } }])
    await muster.call('DELETE', `/v1/organizations/eve/invitations/${invitation.id}`, { token: people.eve?.token })
    expect(await resend(id)).toMatchObject({ status: 410, body: { code: 'email_outdated' } })
    expect(await resend('unknown')).toMatchObject({ status: 404, body: { code: 'email_not_found' } })
  })

  test('has every email once, by pages', async () => {
    const ids = (await all('emails', 50)).map(({ id }) => id)
    expect(ids.length).toBeGreaterThanOrEqual(5)
    expect((await all('emails', 2)).map(({ id }) => id)).toEqual(ids)
    const addresses = (await all('emails?search=z', 1)).map(({ address }) => address)
    expect(addresses).toEqual(['zack@example.com', 'zoe@example.com', 'zoe@example.com'])
    expect((await get('emails')).body.waiting).toBe(0)
  })
})
