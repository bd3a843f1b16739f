import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deviceLogin, postForm } from './conversation.ts'
import { type CustomRoles, customRoles } from './custom-roles.ts'

// The claims of a role (P5, P10).

const LARGE = 'https://large.example.com'
const permissions = Array.from({ length: 100 }, (_, place) => `a-rather-long-name:number-${place}`)
let muster: Muster
let team: Record<string, Human>
let roles: CustomRoles
let reader: { id: string; secret: string }
let largeReader: { id: string; secret: string }

const operator = async (method: string, path: string, body: unknown) => {
  const answer = await muster.call(method, path, { token: OPERATOR_TOKEN, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
beforeAll(async () => {
  muster = await startMuster()
  team = await muster.organization({ ada: 'admin', bob: 'member', eve: 'member' })
  roles = customRoles(muster, team.ada as Human)
  const catalogue = Object.fromEntries(permissions.map((name) => [name, 'x']))
  await operator('PUT', '/v1/operator/apis', { apis: [{ name: 'Large', audience: LARGE, permissions: catalogue, grant: { member: [] } }] })
  const client = { name: 'reader', grants: ['client_credentials'], scopes: ['introspect'] }
  reader = await operator('POST', '/v1/operator/clients', client)
  largeReader = await operator('POST', '/v1/operator/clients', { ...client, api: LARGE })
})
afterAll(() => muster.close())

const human = (name: string): Human => team[name] as Human
const introspect = async (token: string, by: { id: string; secret: string }) =>
  (await postForm(muster, '/oauth/introspect', { token, client_id: by.id, client_secret: by.secret })).body

describe('the role of a person', () => {
  test('is in a token of the own API, with the id and the revision of a custom role (P5)', async () => {
    const id = await roles.create('Auditor', ['audit:read'])
    await roles.give('bob', id)
    const { token } = await muster.login(human('bob'))
    const claims = decodeJwt(token)
    expect([claims['role'], claims['role_id'], claims['role_revision'], claims['permissions']]).toEqual(['custom', id, 1, undefined])
    expect(await introspect(token, reader)).toMatchObject({ active: true, role: 'custom', role_id: id, role_revision: 1 })
    await roles.edit(id, ['audit:read', 'members:read'])
    expect((await introspect(token, reader)).role_revision).toBe(2)
    const built = decodeJwt(human('ada').token)
    expect([built['role'], 'role_id' in built, 'role_revision' in built]).toEqual(['admin', false, false])
  })

  test('is in userinfo with the scope profile (P5)', async () => {
    const id = await roles.create('Profiled', ['audit:read'])
    await roles.give('bob', id)
    const { token } = await muster.login(human('bob'))
    expect((await muster.call('GET', '/oauth/userinfo', { token })).body).toMatchObject({ role: 'custom', role_id: id, role_revision: 1 })
  })

  test('is in the introspection of a key (P5)', async () => {
    const { body } = await muster.call('POST', '/v1/me/keys', { token: human('eve').token, body: { description: 'CI', scope: 'all' } })
    const id = await roles.create('Keyed', permissions.slice(0, 2))
    await roles.give('eve', id)
    const answer = await introspect(body.key, largeReader)
    expect(answer).toMatchObject({ active: true, role: 'custom', role_id: id, role_revision: 1, permissions: permissions.slice(0, 2) })
    await roles.give('eve', 'member')
  })

  test('fits into a token of 4 KB with 100 permissions (P5)', async () => {
    const id = await roles.create('Everything', permissions)
    await roles.give('bob', id)
    const { access_token: token } = await deviceLogin(muster, await muster.login(human('bob')), 'api', { resource: LARGE })
    expect(token.length).toBeLessThan(4_096)
    expect(decodeJwt(token)).toMatchObject({ role_id: id, role_revision: 1, permissions: null })
    expect((await introspect(token, largeReader)).permissions).toEqual(permissions)
  })
})

test("Muster's own API uses the role of the moment in each request (P10)", async () => {
  const id = await roles.create('Momentary', ['audit:read', 'members:read'])
  await roles.give('bob', id)
  const { token } = await muster.login(human('bob'))
  const read = async () => (await muster.call('GET', '/v1/organizations/ada/audit-events', { token })).status
  expect(await read()).toBe(200)
  await roles.edit(id, ['members:read'])
  expect(await read()).toBe(403)
  await roles.edit(id, ['members:read', 'audit:read'])
  expect(await read()).toBe(200)
})
