import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

// The manifest of the platform's APIs and the roles of organizations (P1, P7).

let muster: Muster
let ada: Human
let role: (method: string, path?: string, body?: unknown) => ReturnType<Muster['call']>
beforeAll(async () => {
  muster = await startMuster()
  ada = await muster.person('ada')
  role = (method, path = '', body) => muster.call(method, `/v1/organizations/ada/roles${path}`, { token: ada.token, body })
})
afterAll(() => muster.close())
beforeEach(async () => void (await apply([], '?remove_used=true')))

const deploy = {
  name: 'Deploy',
  audience: 'https://deploy.example.com',
  permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' },
  grant: { member: ['apps:*'], viewer: ['apps:read'] },
}
const billing = {
  name: 'Billing',
  audience: 'https://billing.example.com',
  permissions: { 'invoices:read': 'See invoices' },
  grant: { member: [], viewer: [] },
}
const without = { ...deploy, permissions: { 'apps:read': 'See applications' } }

const apply = (apis: unknown[], query = '') => muster.call('PUT', `/v1/operator/apis${query}`, { token: OPERATOR_TOKEN, body: { apis } })

test('the operator gives permissions to the role viewer in the manifest (P6)', async () => {
  const { grant, ...rest } = deploy
  expect((await apply([{ ...rest, grant: { member: grant.member } }])).status).toBe(200)
  const granted = async () => (await muster.call('GET', '/v1/operator/apis', { token: OPERATOR_TOKEN })).body.items[0].grant
  expect(await granted()).toEqual({ member: ['apps:*'] })
  expect((await apply([deploy])).body.changes).toMatchObject([{ kind: 'changed', fields: ['grant'] }])
  expect(await granted()).toEqual(grant)
  const wrong = await apply([{ ...deploy, grant: { member: [], viewer: ['invoices:*'] } }])
  expect(wrong.body.errors).toMatchObject([{ field: 'apis[0].grant.viewer[0]' }])
})

test('a permission that a manifest removes leaves the roles on demand (E81)', async () => {
  await apply([deploy])
  const { id } = (await role('POST', '', { name: 'Deployer', permissions: ['apps:deploy', 'apps:read'] })).body
  const refused = await apply([without])
  expect(refused).toMatchObject({
    status: 409,
    body: { code: 'permissions_in_use', uses: [{ permission: 'apps:deploy', kind: 'role', id, name: 'Deployer in ada' }] },
  })
  expect((await apply([without], '?dry_run=true&remove_used=true')).body.uses).toHaveLength(1)
  expect((await role('GET', `/${id}`)).body.revision, 'nothing has changed').toBe(1)

  expect((await apply([without], '?remove_used=true')).body.uses).toHaveLength(1)
  expect((await role('GET', `/${id}`)).body).toMatchObject({ permissions: ['apps:read'], revision: 2 })
  await apply([deploy])
  expect((await role('GET', `/${id}`)).body.permissions, 'the name comes back, the permission does not').toEqual(['apps:read'])
  const { items } = (await muster.call('GET', '/v1/organizations/ada/audit-events?action=role.changed', { token: ada.token })).body
  expect(items[0]).toMatchObject({ actor: { kind: 'operator' }, target: { id }, details: { removed: ['apps:deploy'], added: [], revision: 2 } })
  const { rows } = await sql`select value from revocation where kind = 'role_definition' and subject = ${id}`.execute(muster.server.database.kysely)
  expect(rows, 'verifiers learn of it').toEqual([{ value: { revision: 2 } }])
})

test('a permission that passes to another API leaves the roles (E81)', async () => {
  await apply([deploy, billing])
  const { id } = (await role('POST', '', { name: 'Reader', permissions: ['apps:deploy'] })).body
  const moved = [without, { ...billing, permissions: { ...billing.permissions, 'apps:deploy': 'Pay for applications' } }]
  expect((await apply(moved)).body.code).toBe('permissions_in_use')
  expect((await apply(moved, '?remove_used=true')).status).toBe(200)
  expect((await role('GET', `/${id}`)).body.permissions).toEqual([])
})

test('the roles of all organizations lose a removed permission, however many they are', async () => {
  await apply([deploy])
  await sql`insert into role (id, organization_id, name, description, permissions)
    select 'role_many' || n, (select id from organization where name = 'ada'), 'Many ' || n, '', '{apps:read,apps:deploy}' from generate_series(1, 1200) n`.execute(
    muster.server.database.kysely,
  )
  expect((await apply([without], '?remove_used=true')).status).toBe(200)
  const { rows } =
    await sql`select count(*)::int as roles, min(revision) as revision from role where id like 'role_many%' and permissions = '{apps:read}'`.execute(
      muster.server.database.kysely,
    )
  expect(rows).toEqual([{ roles: 1200, revision: 2 }])
})

test('a permission of a role that is not delegable counts for nothing (E81)', async () => {
  const people = await muster.organization({ bee: 'admin', bee_cy: 'member' })
  const [owner, cy] = [people.bee as Human, people.bee_cy as Human]
  const asOwner = (method: string, path: string, body?: unknown) => muster.call(method, `/v1/organizations/bee${path}`, { token: owner.token, body })
  const { id } = (await asOwner('POST', '/roles', { name: 'Chief', permissions: ['members:read'] })).body
  await asOwner('PATCH', '/members/bee_cy', { role: id })
  await sql`update role set permissions = '{members:read,members:role,audit:read}' where id = ${id}`.execute(muster.server.database.kysely)
  const { token } = await muster.login(cy)
  const call = (method: string, path: string, body?: unknown) => muster.call(method, `/v1/organizations/bee${path}`, { token, body })
  expect((await call('GET', '/audit-events')).status).toBe(200)
  expect((await call('PATCH', `/members/${owner.id}`, { role: 'viewer' })).body.code).toBe('forbidden')
  expect((await call('POST', '/roles', { name: 'Mine', permissions: [] })).body.code).toBe('forbidden')
})
