import { delegable, type Permission, permissions } from '@muster/contract/permissions.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

// Custom roles as objects (P7): who may create, change and read them, and what they can contain.

let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
  const deploy = {
    name: 'Deploy',
    audience: 'https://deploy.example.com',
    permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' },
    grant: { member: ['apps:*'], viewer: ['apps:read'] },
  }
  expect((await muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis: [deploy] } })).status).toBe(200)
})
afterAll(() => muster.close())

type Call = (method: string, path: string, body?: unknown) => ReturnType<Muster['call']>
const as =
  (who: Human, org: string): Call =>
  (method, path, body) =>
    muster.call(method, `/v1/organizations/${org}${path}`, { token: who.token, body })

async function anOrganization(name: string) {
  const people = await muster.organization({ [name]: 'admin', [`${name}_bo`]: 'member' })
  const [owner, bo] = [people[name] as Human, people[`${name}_bo`] as Human]
  return { owner, bo, asOwner: as(owner, name), asBo: as(bo, name) }
}

const deployer = { name: 'Deployer', description: 'Deploys from main', permissions: ['apps:deploy', 'resources:read'] }
const code = ({ status, body }: { status: number; body: any }) => [status, body.code]

describe('a role of an organization (P7)', () => {
  test('an admin creates, reads, changes and removes a role', async () => {
    const { asOwner } = await anOrganization('alder')
    const made = await asOwner('POST', '/roles', deployer)
    expect(made).toMatchObject({ status: 201, body: { ...deployer, built_in: false, revision: 1, holders: 0 } })
    const { id } = made.body
    expect(id).toMatch(/^role_/)
    for (const reference of [id, 'Deployer', 'deployer']) expect((await asOwner('GET', `/roles/${reference}`)).body).toEqual(made.body)

    const changed = await asOwner('PATCH', '/roles/Deployer', { name: 'Releaser', permissions: ['resources:read', 'apps:read', 'apps:read'] })
    expect(changed).toMatchObject({ status: 200, body: { id, name: 'Releaser', revision: 2, permissions: ['apps:read', 'resources:read'] } })
    expect(await asOwner('DELETE', `/roles/${id}`)).toMatchObject({ status: 200, body: { removed: { id, name: 'Releaser' }, moved: 0 } })
    expect(code(await asOwner('GET', `/roles/${id}`))).toEqual([404, 'role_not_found'])

    const { items } = (await asOwner('GET', '/audit-events?action=role')).body
    expect(items.map(({ action, target, details }: any) => [action, target.name, details])).toEqual([
      ['role.removed', 'Releaser', { name: 'Releaser' }],
      [
        'role.changed',
        'Releaser',
        {
          name: 'Releaser',
          description: deployer.description,
          permissions: ['apps:read', 'resources:read'],
          revision: 2,
          added: ['apps:read'],
          removed: ['apps:deploy'],
        },
      ],
      ['role.created', 'Releaser', { ...deployer, revision: 1 }],
    ])
  })

  test('a change that changes nothing records nothing and keeps the revision', async () => {
    const { asOwner } = await anOrganization('birch')
    const { id } = (await asOwner('POST', '/roles', deployer)).body
    const before = (await asOwner('GET', `/roles/${id}`)).body
    expect((await asOwner('PATCH', `/roles/${id}`, { ...deployer, permissions: [...deployer.permissions].reverse() })).body).toEqual(before)
    expect((await asOwner('GET', '/audit-events?action=role.changed')).body.items).toEqual([])
  })

  test('a change of another revision than the caller has read is refused', async () => {
    const { asOwner } = await anOrganization('cedar')
    const { id } = (await asOwner('POST', '/roles', deployer)).body
    expect((await asOwner('PATCH', `/roles/${id}`, { name: 'Releaser', revision: 1 })).body.revision).toBe(2)
    const refused = await asOwner('PATCH', `/roles/${id}`, { description: 'Mine', revision: 1 })
    expect([...code(refused), refused.body.revision]).toEqual([409, 'role_outdated', 2])
    expect((await asOwner('PATCH', `/roles/${id}`, { name: 'Releaser', revision: 1 })).status, 'a repeated request').toBe(200)
  })

  test.each(['', ' ', 'a'.repeat(41), 'admin', 'Member', 'VIEWER', 'custom', 'role_1', 'Role_1', 'a\u202eb', 'a\nb'.replace('\n', '\u0000')])(
    'a role cannot have the name %j',
    async (name) => {
      const owner = await muster.person(`n${Math.random().toString(36).slice(2, 10)}`)
      expect(code(await as(owner, owner.name)('POST', '/roles', { ...deployer, name }))).toEqual([422, 'role_name_invalid'])
    },
  )

  test('the name of a role is unique in its organization, without regard to case', async () => {
    const { asOwner } = await anOrganization('elder')
    const other = await anOrganization('fir')
    await asOwner('POST', '/roles', deployer)
    const { id } = (await asOwner('POST', '/roles', { ...deployer, name: 'Other' })).body
    expect(code(await asOwner('POST', '/roles', { ...deployer, name: 'dePloyer' }))).toEqual([409, 'name_taken'])
    expect(code(await asOwner('PATCH', `/roles/${id}`, { name: 'DEPLOYER' }))).toEqual([409, 'name_taken'])
    expect((await other.asOwner('POST', '/roles', deployer)).status).toBe(201)
    await asOwner('DELETE', '/roles/Deployer')
    expect((await asOwner('PATCH', `/roles/${id}`, { name: 'Deployer' })).status, 'the name of a removed role is free').toBe(200)
  })

  test('an organization can have 50 roles', async () => {
    const { asOwner } = await anOrganization('hazel')
    for (let number = 1; number <= 50; number++) expect((await asOwner('POST', '/roles', { name: `Role ${number}`, permissions: [] })).status).toBe(201)
    const refused = await asOwner('POST', '/roles', { name: 'One more', permissions: [] })
    expect([...code(refused), refused.body.detail]).toEqual([409, 'role_limit', 'An organization can have 50 roles of its own.'])
    await asOwner('DELETE', '/roles/Role%201')
    expect((await asOwner('POST', '/roles', { name: 'One more', permissions: [] })).status).toBe(201)
  })

  test('a role cannot have a permission that is not delegable (E81)', async () => {
    const { asOwner } = await anOrganization('holly')
    const { id } = (await asOwner('POST', '/roles', deployer)).body
    for (const permission of (Object.keys(permissions) as Permission[]).filter((name) => !(delegable as readonly string[]).includes(name))) {
      const wanted = { ...deployer, name: 'Chief', permissions: ['resources:read', permission] }
      for (const refused of [await asOwner('POST', '/roles', wanted), await asOwner('PATCH', `/roles/${id}`, wanted)])
        expect([...code(refused), refused.body.permissions], permission).toEqual([422, 'permission_not_delegable', [permission]])
    }
    expect((await asOwner('PATCH', `/roles/${id}`, { permissions: [...delegable] })).status).toBe(200)
    const unknown = await asOwner('POST', '/roles', { ...deployer, name: 'Chief', permissions: ['apps:fly'] })
    expect([...code(unknown), unknown.body.unknown]).toEqual([422, 'permission_unknown', ['apps:fly']])
    expect(unknown.body.permissions).toEqual(expect.arrayContaining([...delegable]))
    expect(unknown.body.permissions).not.toContain('members:role')
  })

  test('a built-in role is listed and cannot be changed or removed', async () => {
    const { asOwner } = await anOrganization('larch')
    await asOwner('POST', '/roles', deployer)
    const { items } = (await asOwner('GET', '/roles')).body
    expect(items.map(({ name, built_in, holders }: any) => [name, built_in, holders])).toEqual([
      ['admin', true, 1],
      ['member', true, 1],
      ['viewer', true, 0],
      ['Deployer', false, 0],
    ])
    expect(items[0].permissions).toEqual([...Object.keys(permissions), 'apps:read', 'apps:deploy'])
    expect(items[1].permissions).toContain('apps:deploy')
    expect(items[2].permissions).toEqual(['organization:read', 'members:read', 'resources:read', 'apps:read'])
    for (const name of ['admin', 'member', 'viewer']) {
      expect(code(await asOwner('PATCH', `/roles/${name}`, { name: 'Other' }))).toEqual([409, 'role_built_in'])
      expect(code(await asOwner('DELETE', `/roles/${name}`))).toEqual([409, 'role_built_in'])
    }
  })
})

describe('reading and changing roles (P7)', () => {
  test('a member lists roles and their members, and changes none', async () => {
    const { owner, bo, asOwner, asBo } = await anOrganization('maple')
    await asOwner('POST', '/roles', deployer)
    expect((await asBo('GET', '/roles')).body.items).toHaveLength(4)
    expect((await asBo('GET', '/roles/member/holders')).body.items).toEqual([{ kind: 'user', id: bo.id, name: bo.name }])
    expect((await asBo('GET', '/roles/admin/holders')).body.items).toEqual([{ kind: 'user', id: owner.id, name: owner.name }])
    expect(code(await asBo('POST', '/roles', deployer))).toEqual([403, 'forbidden'])
    expect(code(await asBo('PATCH', '/roles/Deployer', { name: 'Mine' }))).toEqual([403, 'forbidden'])
    expect(code(await asBo('DELETE', '/roles/Deployer'))).toEqual([403, 'forbidden'])
  })

  test("another organization's roles do not exist for an admin (E81)", async () => {
    const one = await anOrganization('oak')
    const other = await anOrganization('pine')
    const { id } = (await one.asOwner('POST', '/roles', deployer)).body
    expect(code(await other.asOwner('GET', `/roles/${id}`))).toEqual([404, 'role_not_found'])
    expect(code(await other.asOwner('PATCH', `/roles/${id}`, { name: 'Mine' }))).toEqual([404, 'role_not_found'])
    expect(code(await other.asOwner('DELETE', `/roles/${id}`))).toEqual([404, 'role_not_found'])
    expect(code(await as(other.owner, 'oak')('GET', '/roles'))).toEqual([404, 'organization_not_found'])
    expect((await other.asOwner('PATCH', `/members/${other.bo.id}`, { role: id })).body.code).toBe('role_not_found')
    expect((await other.asOwner('POST', '/secrets', { kind: 'secret', role: id })).body.code).toBe('role_not_found')
    await other.asOwner('POST', '/roles', { ...deployer, name: 'Temporary' })
    expect((await other.asOwner('DELETE', `/roles/Temporary?move_to=${id}`)).body.code).toBe('role_not_found')
  })

  test('a key gives a role only permissions that its scope names (P8)', async () => {
    const { owner, asOwner } = await anOrganization('rowan')
    const { key } = (await muster.call('POST', '/v1/me/keys', { token: owner.token, body: { description: 'CI', scope: ['members:role', 'members:read'] } }))
      .body
    const withKey: Call = (method, path, body) => muster.call(method, `/v1/organizations/rowan${path}`, { token: key, body })
    expect(code(await withKey('POST', '/roles', deployer))).toEqual([403, 'insufficient_scope'])
    expect((await withKey('POST', '/roles', { name: 'Reader', permissions: ['members:read'] })).status).toBe(201)
    await asOwner('POST', '/roles', deployer)
    expect((await withKey('PATCH', '/roles/Deployer', { permissions: ['apps:deploy'] })).status, 'taking away').toBe(200)
    expect(code(await withKey('PATCH', '/roles/Deployer', { permissions: ['apps:deploy', 'apps:read'] }))).toEqual([403, 'insufficient_scope'])
  })

  test('an inviter without invitations:read learns only that an invitation is open (P7)', async () => {
    const { bo, asOwner } = await anOrganization('tamarisk')
    await asOwner('POST', '/roles', { name: 'Inviter', permissions: ['invitations:create'] })
    await asOwner('PATCH', `/members/${bo.id}`, { role: 'Inviter' })
    const { token } = await muster.login(bo)
    const asInviter: Call = (method, path, body) => muster.call(method, `/v1/organizations/tamarisk${path}`, { token, body })
    const email = 'zoe@example.com'
    expect((await asOwner('POST', '/invitations', { email, role: 'Inviter' })).status).toBe(201)
    const open = { results: [{ email, status: 'open' }] }
    for (const body of [{ email }, { emails: [email] }]) {
      const answer = await asInviter('POST', '/invitations', { ...body, role: 'Inviter' })
      expect([answer.status, answer.body]).toEqual([200, open])
    }
    expect((await asInviter('POST', '/invitations', { email: 'yan@example.com', role: 'Inviter' })).body).toMatchObject({ email: 'yan@example.com' })
    expect((await asOwner('POST', '/invitations', { email, role: 'Inviter' })).body).toMatchObject({ email, role_name: 'Inviter' })
  })

  test('everybody reads the permissions that a role can have, in words', async () => {
    const { owner, bo } = await anOrganization('sorrel')
    const { body } = await muster.call('GET', '/v1/permissions', { token: bo.token })
    expect(body.items.at(-1)).toEqual({
      area: 'Deploy',
      api: 'https://deploy.example.com',
      permissions: [
        { name: 'apps:read', description: 'See applications', delegable: true },
        { name: 'apps:deploy', description: 'Deploy applications', delegable: true },
      ],
    })
    const own = body.items.slice(0, -1).flatMap(({ api, permissions: all }: any) => {
      expect(api).toBeNull()
      return all
    })
    expect(own.map(({ name }: any) => name).sort()).toEqual(Object.keys(permissions).sort())
    expect(own.flatMap(({ name, delegable: may }: any) => (may ? [name] : [])).sort()).toEqual([...delegable].sort())
    expect((await muster.call('GET', '/v1/permissions', { token: owner.token })).body).toEqual(body)
  })
})
