import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { postForm } from '../oauth/conversation.ts'

// Resources, hosts, contacts and plans as callers of the API see them.
let muster: Muster
let ada: Human
let bob: Human
let eve: Human
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_CLOUD_DOMAIN: 'cloud.example.com', MUSTER_PLANS: 'free:1, team:5, pro:unlimited', MUSTER_DEFAULT_PLAN: 'team' } })
  const people = await muster.organization({ ada: 'admin', bob: 'member' })
  ;[ada, bob] = [people['ada'] as Human, people['bob'] as Human]
  eve = await muster.person('eve')
})
afterAll(() => muster.close())

const put = (path: string, token: string, body?: unknown) => muster.call('PUT', `/v1/organizations/${path}`, { token, body })

async function platform(...scopes: string[]): Promise<string> {
  const client = { name: 'Platform', grants: ['client_credentials'], scopes }
  const { body } = await muster.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body: client })
  const answer = await postForm(muster, '/oauth/token', {
    grant_type: 'client_credentials',
    client_id: body.id,
    client_secret: body.secret,
    scope: scopes.join(' '),
  })
  return answer.body.access_token
}

describe('resources', () => {
  test('are registered, listed, transferred and removed (S6)', async () => {
    const made = await put('ada/resources/application/shop_front', bob.token)
    expect(made).toMatchObject({
      status: 201,
      body: {
        kind: 'application',
        name: 'shop_front',
        organization: { name: 'ada' },
        owner: { kind: 'user', id: bob.id, name: 'bob' },
        host: 'ada-shop-front.cloud.example.com',
        url: 'https://ada-shop-front.cloud.example.com/',
      },
    })
    expect(await put('ada/resources/application/shop_front', ada.token, {})).toEqual({ ...made, status: 200, headers: expect.anything() })
    expect((await put('ada/resources/database/main', ada.token, { owner: 'bob' })).body).toMatchObject({ host: null, url: null, owner: { name: 'bob' } })

    const list = async (query: string) =>
      (await muster.call('GET', `/v1/organizations/ada/resources${query}`, { token: ada.token })).body.items.map(({ name }: { name: string }) => name)
    expect(await list('')).toEqual(['main', 'shop_front'])
    expect(await list('?kind=application')).toEqual(['shop_front'])
    expect(await list('?owner=bob')).toEqual(['main', 'shop_front'])
    expect(await list(`?owner=${ada.id}`)).toEqual([])
    expect(await list('?owner=nobody_there')).toEqual([])
    const first = await muster.call('GET', '/v1/organizations/ada/resources?limit=1', { token: ada.token })
    const second = await muster.call('GET', `/v1/organizations/ada/resources?limit=1&cursor=${first.body.next_cursor}`, { token: ada.token })
    expect([first.body.items[0].name, second.body.items[0].name, second.body.next_cursor]).toEqual(['main', 'shop_front', null])

    const path = '/v1/organizations/ada/resources/database/main'
    expect((await muster.call('POST', `${path}/transfer`, { token: bob.token, body: { owner: 'ada' } })).body).toMatchObject({
      owner: { id: ada.id, name: 'ada' },
    })
    expect((await muster.call('GET', path, { token: bob.token })).body).toMatchObject({ owner: { id: ada.id } })
    expect(await muster.call('DELETE', path, { token: bob.token })).toMatchObject({ status: 200, body: { removed: { name: 'main' } } })
    expect(await muster.call('GET', path, { token: bob.token })).toMatchObject({ status: 404, body: { code: 'resource_not_found' } })
  })

  test('a registered resource keeps its owner when a PUT names another one', async () => {
    const path = 'ada/resources/database/orders'
    expect((await put(path, ada.token, { owner: 'bob' })).status).toBe(201)
    for (const owner of ['bob', bob.id]) expect((await put(path, ada.token, { owner })).status).toBe(200)
    for (const owner of ['ada', ada.id, 'nobody_there']) {
      const refused = await put(path, ada.token, { owner })
      expect(refused).toMatchObject({ status: 409, body: { code: 'resource_owned', detail: 'database/orders is owned by bob.' } })
      expect(refused.body.command).toContain('muster resource transfer')
    }
    expect((await muster.call('GET', `/v1/organizations/${path}`, { token: ada.token })).body.owner.name).toBe('bob')
    expect((await muster.call('DELETE', `/v1/organizations/${path}`, { token: ada.token })).status).toBe(200)
  })

  test('a service account owns the resources it registers with its key (S6)', async () => {
    const robot = (await muster.call('POST', '/v1/organizations/ada/service-accounts', { token: ada.token, body: { name: 'robot', description: 'Deploys' } }))
      .body
    const { key } = (
      await muster.call('POST', `/v1/organizations/ada/service-accounts/${robot.id}/keys`, { token: ada.token, body: { description: 'CI', scope: 'all' } })
    ).body
    expect(await put('ada/resources/application/robotic', key)).toMatchObject({
      status: 201,
      body: { owner: { kind: 'service_account', id: robot.id, name: 'robot' } },
    })
    const answer = await muster.call('POST', '/v1/organizations/ada/resources/application/robotic/transfer', { token: key, body: { owner: 'bob' } })
    expect(answer.body).toMatchObject({ owner: { name: 'bob' } })
    expect(await muster.call('GET', '/v1/hosts/ada-robotic', { token: key })).toMatchObject({ status: 200, body: { resource: { name: 'robotic' } } })
  })

  test('a platform registers resources in any organization for a named owner (S58)', async () => {
    const token = await platform('resources:register')
    expect(await put('eve/resources/application/blog', token)).toMatchObject({ status: 422, body: { code: 'owner_required' } })
    expect(await put('eve/resources/application/blog', token, { owner: 'bob' })).toMatchObject({ status: 404, body: { code: 'member_not_found' } })
    expect(await put('eve/resources/application/blog', token, { owner: 'eve' })).toMatchObject({ status: 201, body: { owner: { name: 'eve' } } })
    expect((await muster.call('GET', '/v1/organizations/eve/resources', { token })).body.items).toHaveLength(1)
    expect(await muster.call('DELETE', '/v1/organizations/eve/resources/application/blog', { token })).toMatchObject({ status: 200 })
    expect(await put('no_such_thing/resources/application/blog', token, { owner: 'eve' })).toMatchObject({
      status: 404,
      body: { code: 'organization_not_found' },
    })
  })

  test("a removed member's resources pass to the admin and are listed (S28)", async () => {
    const { carl, dora } = await muster.organization({ carl: 'admin', dora: 'member' })
    await put('carl/resources/application/site', (dora as Human).token)
    const removed = await muster.call('DELETE', '/v1/organizations/carl/members/dora', { token: (carl as Human).token })
    expect(removed.body.handed_over).toMatchObject([{ kind: 'application', name: 'site' }])
    const { body } = await muster.call('GET', '/v1/organizations/carl/resources/application/site', { token: (carl as Human).token })
    expect(body.owner.name).toBe('carl')
  })
})

describe('transferring all resources of an owner', () => {
  const crew = async (tag: string) => {
    const [boss = '', owner = '', heir = ''] = ['boss', 'owner', 'heir'].map((name) => `${name}_${tag}`)
    const people = await muster.organization({ [boss]: 'admin', [owner]: 'member', [heir]: 'member' })
    const by = (name: string) => people[name] as Human
    for (const path of ['application/blog', 'application/shop', 'database/main']) await put(`${boss}/resources/${path}`, by(owner).token)
    await put(`${boss}/resources/application/other`, by(boss).token)
    const transferAll = (human: Human, body: unknown, headers?: Record<string, string>) =>
      muster.call('POST', `/v1/organizations/${boss}/resource-transfers`, { token: human.token, body, ...(headers && { headers }) })
    const owned = async (name: string): Promise<string[]> =>
      (await muster.call('GET', `/v1/organizations/${boss}/resources?owner=${name}`, { token: by(boss).token })).body.items.map(
        (one: { name: string }) => one.name,
      )
    const events = async () =>
      (await muster.call('GET', `/v1/organizations/${boss}/audit-events?action=resource.transferred`, { token: by(boss).token })).body.items
    return { boss: by(boss), owner: by(owner), heir: by(heir), transferAll, owned, events }
  }

  test("transfers the caller's resources and lists them", async () => {
    const { boss, owner, heir, transferAll, owned } = await crew('one')
    const { status, body } = await transferAll(owner, { owner: heir.name })
    expect([status, body.from, body.to]).toEqual([200, { kind: 'user', id: owner.id, name: owner.name }, { kind: 'user', id: heir.id, name: heir.name }])
    expect(body.transferred.map(({ kind, name }: { kind: string; name: string }) => `${kind}/${name}`)).toEqual([
      'application/blog',
      'application/shop',
      'database/main',
    ])
    expect(await Promise.all([owner, heir, boss].map(({ name }) => owned(name)))).toEqual([[], ['main', 'shop', 'blog'], ['other']])
  })

  test('records one event for each resource', async () => {
    const { owner, heir, transferAll, events } = await crew('two')
    const { body } = await transferAll(owner, { owner: heir.name })
    const recorded = await events()
    expect(recorded).toHaveLength(3)
    for (const event of recorded) expect(event).toMatchObject({ actor: { id: owner.id }, details: { from: owner.id, to: heir.id, reason: 'transferred' } })
    expect(recorded.map(({ target }: { target: { id: string } }) => target.id).sort()).toEqual(body.transferred.map(({ id }: { id: string }) => id).sort())
  })

  test('answers a repeated request with the first result', async () => {
    const { owner, heir, transferAll, events } = await crew('three')
    const key = { 'idempotency-key': 'transfer-all-1' }
    const first = await transferAll(owner, { owner: heir.name }, key)
    expect(await transferAll(owner, { owner: heir.name }, key)).toMatchObject({ status: 200, body: first.body })
    expect(await events()).toHaveLength(3)
    expect((await transferAll(owner, { owner: heir.name })).body.transferred).toEqual([])
  })

  test('transfers the resources of a deactivated member who is named', async () => {
    const { boss, owner, heir, transferAll, owned } = await crew('four')
    await muster.call('POST', `/v1/organizations/${boss.name}/members/${owner.name}/deactivate`, { token: boss.token, body: {} })
    expect((await transferAll(heir, { owner: heir.name, from: owner.name })).body.transferred).toHaveLength(3)
    expect(await owned(owner.name)).toEqual([])
  })

  test('refuses a new owner who is not active or does not exist', async () => {
    const { boss, owner, heir, transferAll, owned } = await crew('five')
    await muster.call('POST', `/v1/organizations/${boss.name}/members/${heir.name}/deactivate`, { token: boss.token, body: {} })
    expect(await transferAll(owner, { owner: heir.name })).toMatchObject({ status: 409, body: { code: 'owner_not_active' } })
    expect(await transferAll(owner, { owner: 'eve' })).toMatchObject({ status: 404, body: { code: 'member_not_found' } })
    expect(await transferAll(owner, { owner: boss.name, from: 'eve' })).toMatchObject({ status: 404, body: { code: 'member_not_found' } })
    expect(await owned(owner.name)).toHaveLength(3)
  })

  test('changes nothing when the new owner already owns the resources', async () => {
    const { owner, transferAll, events } = await crew('six')
    expect((await transferAll(owner, { owner: owner.id })).body.transferred).toEqual([])
    expect(await events()).toEqual([])
  })
})

describe('hosts', () => {
  test('a gateway gets the application of a host, also after a rename (S40, S42)', async () => {
    const gateway = await platform('hosts:read')
    const { gus } = await muster.organization({ gus: 'admin' })
    const { token } = gus as Human
    await put('gus/resources/application/web', token)
    const ask = (host: string) => muster.call('GET', `/v1/hosts/${host}`, { token: gateway })
    expect(await ask('gus-web.cloud.example.com')).toMatchObject({
      status: 200,
      body: {
        host: 'gus-web.cloud.example.com',
        organization: { name: 'gus', suspended: false },
        resource: { kind: 'application', name: 'web', url: 'https://gus-web.cloud.example.com/' },
      },
    })
    expect(await ask('GUS-WEB.cloud.example.com.')).toMatchObject({ status: 200 })

    const renaming = { token, body: { from: 'gus', to: 'gus_labs' } }
    const urls = [{ name: 'web', from: 'https://gus-web.cloud.example.com/', to: 'https://gus-labs-web.cloud.example.com/' }]
    expect((await muster.call('POST', '/v1/organizations/gus/rename', { token, body: { ...renaming.body, dry_run: true } })).body).toMatchObject({
      renamed: false,
      urls,
    })
    expect((await muster.call('POST', '/v1/organizations/gus/rename', renaming)).body).toMatchObject({ renamed: true, urls })
    const old = await ask('gus-web.cloud.example.com')
    expect([old.status, old.headers.get('location')]).toEqual([308, '/v1/hosts/gus-labs-web.cloud.example.com'])
    expect(old.headers.get('content-type')).toBe(null)
    expect((await ask('gus-labs-web')).body.resource.name).toBe('web')

    await muster.call('POST', '/v1/operator/organizations/gus_labs/suspend', { token: OPERATOR_TOKEN, body: {} })
    expect((await ask('gus-labs-web')).body.organization.suspended).toBe(true)
    await muster.call('POST', '/v1/operator/organizations/gus_labs/resume', { token: OPERATOR_TOKEN })

    await muster.call('DELETE', '/v1/organizations/gus_labs/resources/application/web', { token })
    for (const host of ['gus-labs-web', 'gus-web', 'nothing', 'gus-labs-web.example.org', 'a.b.cloud.example.com', '%00', 'x'.repeat(64)])
      expect(await ask(host), host).toMatchObject({ status: 404, body: { code: 'host_not_found' } })
  })

  test('a member finds only hosts of their own organization (B01)', async () => {
    await put('eve/resources/application/secret', eve.token)
    expect((await muster.call('GET', '/v1/hosts/eve-secret', { token: eve.token })).status).toBe(200)
    const foreign = await muster.call('GET', '/v1/hosts/eve-secret', { token: ada.token })
    const missing = await muster.call('GET', '/v1/hosts/eve-nothing', { token: ada.token })
    for (const answer of [foreign, missing]) delete answer.body.request_id
    expect(foreign.body).toEqual(missing.body)
    expect(foreign.status).toBe(404)
  })
})

describe('details', () => {
  test('admins set the contacts, and members see the technical contact (S4, S35)', async () => {
    const change = { technical_contact: 'bob', billing_contact: 'pay@example.com', address: 'Main Street 1\nTown' }
    expect(await muster.call('PATCH', '/v1/organizations/ada', { token: bob.token, body: change })).toMatchObject({ status: 403 })
    const changed = await muster.call('PATCH', '/v1/organizations/ada', { token: ada.token, body: change })
    expect(changed).toMatchObject({
      status: 200,
      body: {
        technical_contact: { id: bob.id, username: 'bob', email: null },
        billing_contact: { id: null, username: null, email: 'pay@example.com' },
        address: 'Main Street 1\nTown',
      },
    })
    const seen = (await muster.call('GET', '/v1/organizations/ada', { token: bob.token })).body
    expect(seen.technical_contact).toMatchObject({ username: 'bob' })
    expect(Object.keys(seen)).not.toContain('billing_contact')
    expect(Object.keys(seen)).not.toContain('address')
    // A field that is left out stays; null removes the value.
    const less = await muster.call('PATCH', '/v1/organizations/ada', { token: ada.token, body: { billing_contact: null } })
    expect(less.body).toMatchObject({ technical_contact: { username: 'bob' }, billing_contact: null, address: 'Main Street 1\nTown' })
  })
})

describe('the operator', () => {
  const operated = (method: string, path: string, body?: unknown) => muster.call(method, `/v1/operator/organizations/${path}`, { token: OPERATOR_TOKEN, body })

  test('gets an organization with its seats and changes its plan (S7, S58)', async () => {
    expect(await operated('GET', 'ada')).toMatchObject({
      status: 200,
      body: {
        name: 'ada',
        plan: 'team',
        seats: 5,
        suspended_at: null,
        founder: { username: 'ada' },
        admins: [{ username: 'ada' }],
        members: { active: 2, deactivated: 0 },
      },
    })
    expect((await operated('PATCH', 'ada', { plan: 'pro' })).body).toMatchObject({ plan: 'pro', seats: null })
    expect(await operated('PATCH', 'ada', { plan: 'gold' })).toMatchObject({ status: 422, body: { code: 'plan_unknown', plans: ['free', 'team', 'pro'] } })
    expect(await operated('GET', 'nobody_there')).toMatchObject({ status: 404, body: { code: 'organization_not_found' } })
    const events = await muster.server.database.kysely.selectFrom('audit_event').selectAll().where('type', '=', 'organization.plan_changed').execute()
    expect(events).toMatchObject([{ actor_kind: 'operator', details: { from: 'team', to: 'pro' } }])
  })

  test('promotes a member of an organization without an admin (S29)', async () => {
    const { hal, ida } = (await muster.organization({ hal: 'admin', ida: 'member' })) as Record<'hal' | 'ida', Human>
    const { kysely } = muster.server.database
    await kysely.updateTable('membership').set({ status: 'deactivated' }).where('user_id', '=', hal.id).where('status', '=', 'active').execute()
    expect((await operated('GET', 'hal')).body.admins).toEqual([])
    const reactivate = () => muster.call('POST', '/v1/organizations/hal/members/hal/reactivate', { token: ida.token })
    expect((await reactivate()).status).toBe(403)
    expect(await operated('POST', 'hal/promote', { user: 'ida' })).toMatchObject({ status: 200, body: { username: 'ida', role: 'admin' } })
    expect((await operated('GET', 'hal')).body.admins).toMatchObject([{ username: 'ida' }])
    expect((await reactivate()).status).toBe(200)
  })
})
