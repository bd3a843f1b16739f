import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { invariants } from '../../src/store/archive/invariants.ts'

// Changes of a role at the same moment (P7, P9).

const ROUNDS = 12
let muster: Muster
let ada: Human
let bob: Human
let asAda: (method: string, path: string, body?: unknown) => ReturnType<Muster['call']>
beforeAll(async () => {
  muster = await startMuster({ engine: 'postgres' })
  const people = await muster.organization({ ada: 'admin', bob: 'member' })
  ada = people.ada as Human
  bob = people.bob as Human
  asAda = (method, path, body) => muster.call(method, `/v1/organizations/ada${path}`, { token: ada.token, body })
})
afterAll(() => muster.close())

const createRole = async (name: string, permissions: string[]): Promise<string> => (await asAda('POST', '/roles', { name, permissions })).body.id

async function requireInvariants(): Promise<void> {
  for (const [rule, query] of Object.entries(invariants)) {
    const { rows } = await sql.raw(query).execute(muster.server.database.kysely)
    expect(rows, rule).toEqual([])
  }
}

test('a role is either removed or given, even at the same moment (P9)', async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const id = await createRole(`Race ${round}`, ['members:read'])
    const [given, invited, removed] = await Promise.all([
      asAda('PATCH', `/members/${bob.id}`, { role: id }),
      asAda('POST', '/secrets', { kind: 'secret', role: id }),
      asAda('DELETE', `/roles/${id}`),
    ])
    if (removed.status === 200) expect([given.body.code, invited.body.code]).toEqual(['role_not_found', 'role_not_found'])
    else expect(removed.body.code).toBe('role_in_use')
    await requireInvariants()
    await asAda('DELETE', `/roles/${id}?move_to=member`)
  }
})

test('an admin who edits a revision that another has just edited is refused (P7)', async () => {
  const id = await createRole('Twice', [])
  for (let revision = 1; revision <= ROUNDS; revision++) {
    const edits = await Promise.all(
      ['members:read', 'resources:read'].map((name) => asAda('PATCH', `/roles/${id}`, { description: `${name} ${revision}`, revision })),
    )
    expect(edits.map(({ status, body }) => body.code ?? status).sort()).toEqual([200, 'role_outdated'])
  }
})

test('an edit brings no permission back that a manifest removes meanwhile (E81)', async () => {
  const api = (permissions: Record<string, string>) => ({ name: 'Deploy', audience: 'https://deploy.example.com', permissions, grant: { member: [] } })
  const apply = (permissions: Record<string, string>) =>
    muster.call('PUT', '/v1/operator/apis?remove_used=true', { token: OPERATOR_TOKEN, body: { apis: [api(permissions)] } })
  const both = { 'apps:read': 'See', 'apps:deploy': 'Deploy' }
  const id = await createRole('Deployer', [])
  for (let round = 0; round < ROUNDS; round++) {
    await apply(both)
    const [edited, applied] = await Promise.all([asAda('PATCH', `/roles/${id}`, { permissions: ['apps:read', 'apps:deploy'] }), apply({ 'apps:read': 'See' })])
    expect(applied.status).toBe(200)
    expect([200, 422]).toContain(edited.status)
    expect((await asAda('GET', `/roles/${id}`)).body.permissions).not.toContain('apps:deploy')
    await asAda('PATCH', `/roles/${id}`, { permissions: [] })
  }
})
