import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'

// A role in use is not removed, and its holders can be moved (P9).

let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
})
afterAll(() => muster.close())

async function anOrganization(name: string) {
  const people = await muster.organization({ [name]: 'admin', [`${name}_bo`]: 'member', [`${name}_cy`]: 'member' })
  const [owner, bo, cy] = Object.values(people) as [Human, Human, Human]
  const asOwner = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    muster.call(method, `/v1/organizations/${name}${path}`, { token: owner.token, body, ...(headers && { headers }) })
  const role = async (named: string, permissions = ['resources:read']): Promise<string> =>
    (await asOwner('POST', '/roles', { name: named, permissions })).body.id
  return { owner, bo, cy, asOwner, role }
}

test('a role that somebody holds is not removed, and the answer lists the holders', async () => {
  const { bo, asOwner, role } = await anOrganization('alder')
  const id = await role('Deployer')
  await asOwner('PATCH', `/members/${bo.id}`, { role: 'Deployer' })
  const robot = (await asOwner('POST', '/service-accounts', { name: 'robot', role: id })).body
  const invitation = (await asOwner('POST', '/invitations', { email: 'dee@example.com', role: 'Deployer' })).body
  const secret = (await asOwner('POST', '/secrets', { kind: 'secret', role: 'Deployer' })).body

  const refused = await asOwner('DELETE', `/roles/${id}`)
  const holders = [
    { kind: 'user', id: bo.id, name: bo.name },
    { kind: 'service_account', id: robot.id, name: 'robot' },
    ...[
      { kind: 'invitation', id: invitation.id, name: 'dee@example.com' },
      { kind: 'invitation', id: secret.id, name: null },
    ].sort((one, other) => (one.id < other.id ? -1 : 1)),
  ]
  expect(refused).toMatchObject({ status: 409, body: { code: 'role_in_use', holders, count: 4 } })
  expect((await asOwner('GET', '/roles/Deployer')).body.holders).toBe(4)
  expect((await asOwner('GET', '/roles/Deployer/holders')).body).toEqual({ items: holders, next_cursor: null })
  const pages = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items, next_cursor }: { items: any[]; next_cursor: string | null } = (
      await asOwner('GET', `/roles/Deployer/holders?limit=1${cursor && `&cursor=${cursor}`}`)
    ).body
    pages.push(...items)
    cursor = next_cursor
  }
  expect(pages).toEqual(holders)
})

test('the holders of a removed role get another role', async () => {
  const { bo, asOwner, role } = await anOrganization('birch')
  const id = await role('Deployer')
  const other = await role('Operator', ['resources:read', 'resources:register'])
  await asOwner('PATCH', `/members/${bo.id}`, { role: 'Deployer' })
  await asOwner('POST', '/service-accounts', { name: 'robot', role: 'Deployer' })
  const invitation = (await asOwner('POST', '/invitations', { email: 'eve@example.com', role: 'Deployer' })).body
  const answer = await asOwner('DELETE', '/roles/Deployer?move_to=Operator')
  expect(answer).toMatchObject({ status: 200, body: { removed: { id }, moved: 3 } })
  expect((await asOwner('GET', '/roles/Operator/holders')).body.items.map(({ name }: any) => name)).toEqual([bo.name, 'robot', 'eve@example.com'])
  expect((await asOwner('GET', `/members/${bo.id}`)).body).toMatchObject({ role: 'custom', role_id: other, role_name: 'Operator' })
  const events = (await asOwner('GET', '/audit-events')).body.items.slice(0, 4)
  expect(events.map(({ action, target, details }: any) => [action, target.id, details.roleId])).toEqual([
    ['role.removed', id, undefined],
    ['invitation.role_changed', invitation.id, other],
    ['service_account.role_changed', expect.stringMatching(/^sva_/), other],
    ['membership.role_changed', bo.id, other],
  ])
})

test('the holders of a removed role get an existing role other than admin', async () => {
  const { bo, asOwner, role } = await anOrganization('cedar')
  await role('Deployer')
  await asOwner('PATCH', `/members/${bo.id}`, { role: 'Deployer' })
  expect((await asOwner('DELETE', '/roles/Deployer?move_to=admin')).body.code).toBe('invalid_request')
  expect((await asOwner('DELETE', '/roles/Deployer?move_to=deployer')).body.code).toBe('invalid_request')
  expect((await asOwner('DELETE', '/roles/Deployer?move_to=nothing')).body.code).toBe('role_not_found')
  expect((await asOwner('GET', '/roles/Deployer')).body.holders).toBe(1)
})

test('resources of moved holders pass to the admin without resources:remove (P9)', async () => {
  const { owner, bo, cy, asOwner, role } = await anOrganization('elder')
  await role('Deployer', ['resources:read', 'resources:remove'])
  for (const who of [bo, cy]) {
    await asOwner('PATCH', `/members/${who.id}`, { role: 'Deployer' })
    expect((await asOwner('PUT', `/resources/database/of_${who.name}`, { owner: who.name })).status).toBeLessThan(300)
  }
  // An edit can be taken back, so it moves nothing.
  await asOwner('PATCH', '/roles/Deployer', { permissions: ['resources:read'] })
  expect((await asOwner('GET', `/resources/database/of_${bo.name}`)).body.owner.id).toBe(bo.id)
  await asOwner('PATCH', '/roles/Deployer', { permissions: ['resources:read', 'resources:remove'] })
  await asOwner('DELETE', '/roles/Deployer?move_to=viewer')
  for (const who of [bo, cy]) expect((await asOwner('GET', `/resources/database/of_${who.name}`)).body.owner.id).toBe(owner.id)
})

test('the holders of a role move in several transactions when they are many', async () => {
  const { asOwner, role } = await anOrganization('fir')
  const id = await role('Deployer')
  const { kysely } = muster.server.database
  await sql`insert into account (id, email, email_canonical, password_hash, given_name, username, registered_at)
    select 'usr_' || lpad(n::text, 26, '0'), 'many' || n || '@example.com', 'many' || n || '@example.com', 'x', 'Many', 'many_' || n, now() from generate_series(1, 230) n`.execute(
    kysely,
  )
  await sql`insert into membership (organization_id, user_id, role, role_id, status)
    select (select id from organization where name = 'fir'), 'usr_' || lpad(n::text, 26, '0'), 'custom', ${id}, 'active' from generate_series(1, 230) n`.execute(
    kysely,
  )
  expect((await asOwner('GET', '/roles/Deployer')).body.holders).toBe(230)
  expect((await asOwner('DELETE', '/roles/Deployer?move_to=viewer')).body).toMatchObject({ moved: 230 })
  expect((await asOwner('GET', '/roles/viewer')).body.holders).toBe(230)
})

test('a former member keeps the name of the role that they had', async () => {
  const { bo, asOwner, role } = await anOrganization('hazel')
  await role('Deployer')
  await asOwner('PATCH', `/members/${bo.id}`, { role: 'Deployer' })
  await asOwner('DELETE', `/members/${bo.id}`)
  expect((await asOwner('DELETE', '/roles/Deployer')).status).toBe(200)
  expect((await asOwner('GET', `/members/${bo.id}`)).body).toMatchObject({ status: 'left', role: 'custom', role_name: 'Deployer' })
})

test('a server of the version before takes back a holder of a custom role (P11)', async () => {
  const { bo, asOwner, role } = await anOrganization('laurel')
  const id = await role('Deployer')
  await asOwner('PATCH', `/members/${bo.id}`, { role: id })
  await asOwner('DELETE', `/members/${bo.id}`)
  const { kysely } = muster.server.database
  await sql`update membership set status = 'left', ended_at = now(), ended_reason = 'moved' where user_id = ${bo.id} and status = 'active'`.execute(kysely)
  await sql`insert into membership (organization_id, user_id, role, status) values ((select id from organization where name = 'laurel'), ${bo.id}, 'member', 'active')
    on conflict (organization_id, user_id) do update set role = excluded.role, status = 'active', ended_at = null, ended_reason = null`.execute(kysely)
  const member = (await asOwner('GET', `/members/${bo.id}`)).body
  expect([member.role, member.role_id, member.role_name]).toEqual(['member', undefined, undefined])
  expect((await asOwner('GET', '/roles/Deployer')).body.holders).toBe(0)
  expect((await asOwner('DELETE', '/roles/Deployer')).status).toBe(200)
})

test('an edit of a role is in force at the next request (P10)', async () => {
  const { bo, asOwner, role } = await anOrganization('holly')
  const id = await role('Inviter', ['members:read', 'invitations:create'])
  await asOwner('PATCH', `/members/${bo.id}`, { role: id })
  const { token } = await muster.login(bo)
  const invite = () => muster.call('POST', '/v1/organizations/holly/secrets', { token, body: { kind: 'secret', role: 'Inviter' } })
  expect((await invite()).status).toBe(201)
  const changed = await asOwner('PATCH', `/roles/${id}`, { permissions: ['members:read'] }, { prefer: 'wait=1' })
  expect(changed.body).toMatchObject({ revision: 2, revocation: { receivers: expect.any(Number) } })
  expect((await invite()).body.code).toBe('forbidden')
  const again = await asOwner('PATCH', `/roles/${id}`, { permissions: ['members:read'] }, { prefer: 'wait=1' })
  expect(again.body, 'waits for the original').toMatchObject({ revision: 2, revocation: { receivers: expect.any(Number) } })
  const { rows } = await sql`select value from revocation where kind = 'role_definition' and subject = ${id}`.execute(muster.server.database.kysely)
  expect(rows).toEqual([{ value: { revision: 2 } }])
})
