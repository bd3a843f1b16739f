import { type Answer, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

let muster: Muster
let team: Record<string, Human>
const tokenOf = (name: string): string => (team[name] as Human).token
beforeAll(async () => {
  muster = await startMuster()
  team = await muster.organization({ ada: 'admin', bob: 'member', eve: 'member' })
  const apis = [
    { name: 'Deploy', audience: 'https://deploy.example.com', permissions: { 'apps:read': 'See', 'apps:remove': 'Remove' }, grant: { member: ['apps:read'] } },
  ]
  expect((await muster.call('PUT', '/v1/operator/apis', { token: OPERATOR_TOKEN, body: { apis } })).status).toBe(200)
})
afterAll(() => muster.close())

const why = (token: string, user: string, permission: string, org = 'ada'): Promise<Answer> =>
  muster.call('GET', `/v1/organizations/${org}/access?user=${user}&permission=${permission}`, { token })
const missing = ({ body }: Answer): string[] => body.steps.filter(({ passed }: any) => !passed).map(({ step }: any) => step)

test('an admin sees which step a member lacks, and who can change it (P22)', async () => {
  const may = await why(tokenOf('ada'), 'bob', 'apps:read')
  expect([may.body.allowed, may.body.api, missing(may)]).toEqual([true, 'Deploy', []])
  const lacks = await why(tokenOf('ada'), 'bob', 'apps:remove')
  expect([lacks.body.allowed, missing(lacks)]).toEqual([false, ['role']])
  expect(lacks.body.steps.at(-1).detail).toBe(
    'The role member does not have apps:remove at Deploy. An admin can change the role, and the operator can grant it to members.',
  )
  const own = await why(tokenOf('ada'), 'ada', 'members:remove')
  expect([own.body.allowed, own.body.api]).toEqual([true, null])

  await muster.call('POST', '/v1/organizations/ada/members/eve/deactivate', { token: tokenOf('ada'), body: {} })
  const deactivated = await why(tokenOf('ada'), 'eve', 'apps:remove')
  expect(missing(deactivated)).toEqual(['membership', 'role'])
})

test('a member asks about themselves only, and learns what a key lacks (P22)', async () => {
  expect((await why(tokenOf('bob'), 'bob', 'apps:read')).body.allowed).toBe(true)
  expect((await why(tokenOf('bob'), 'ada', 'apps:read')).status).toBe(403)
  const create = (scope: string[]) => muster.call('POST', '/v1/me/keys', { token: tokenOf('bob'), body: { description: scope.join(' '), scope } })
  const [reader, other] = [await create(['organization:read', 'apps:read']), await create(['organization:read'])]
  const byKey = await why(other.body.key, 'bob', 'apps:read')
  expect([byKey.body.allowed, missing(byKey)]).toEqual([false, ['scope']])
  expect((await why(reader.body.key, 'bob', 'apps:read')).body.allowed).toBe(true)
  expect(
    byKey.body.keys.map(({ description }: any) => description),
    'a key does not list the others of its holder',
  ).toEqual(['organization:read'])
  const { keys } = (await why(tokenOf('ada'), 'bob', 'apps:read')).body
  expect(Object.fromEntries(keys.map(({ description, allowed }: any) => [description, allowed]))).toEqual({
    'organization:read apps:read': true,
    'organization:read': false,
  })
})

test('a question about a stranger or an unknown permission is refused (P22)', async () => {
  const { token } = await muster.person('zoe')
  expect((await why(token, 'bob', 'apps:read')).status).toBe(404)
  expect((await why(tokenOf('ada'), 'zoe', 'apps:read')).body.code).toBe('member_not_found')
  const unknown = await why(tokenOf('ada'), 'bob', 'apps:fly')
  expect([unknown.status, unknown.body.code]).toEqual([422, 'permission_unknown'])
  expect(unknown.body.permissions).toContain('apps:remove')
})

test('an admin sees who can give a permission that a custom role lacks (P22)', async () => {
  const asAda = (method: string, path: string, body?: unknown) => muster.call(method, `/v1/organizations/ada${path}`, { token: tokenOf('ada'), body })
  await asAda('POST', '/roles', { name: 'Remover', permissions: ['apps:remove', 'members:read'] })
  await asAda('PATCH', '/members/bob', { role: 'Remover' })
  const of = async (permission: string) => (await why(tokenOf('ada'), 'bob', permission)).body.steps.find(({ step }: any) => step === 'role')
  expect(await of('apps:remove')).toEqual({ step: 'role', passed: true, detail: 'The role Remover has apps:remove at Deploy.' })
  expect((await of('apps:read')).detail).toBe('The role Remover does not have apps:read at Deploy. An admin can add it to the role, or give bob another role.')
  expect((await of('members:remove')).detail).toBe(
    'The role Remover does not have members:remove. Only the role admin can have it. An admin can make bob an admin.',
  )
  await asAda('PATCH', '/members/bob', { role: 'viewer' })
  expect((await of('apps:read')).detail).toContain('and the operator can grant it to viewers')
})
