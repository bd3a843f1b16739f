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

test('a member with a narrow custom role asks about themselves (P22)', async () => {
  const asAda = (method: string, path: string, body?: unknown) => muster.call(method, `/v1/organizations/ada${path}`, { token: tokenOf('ada'), body })
  await asAda('POST', '/roles', { name: 'Deployer', permissions: ['apps:remove'] })
  await asAda('PATCH', '/members/bob', { role: 'Deployer' })
  const { token } = await muster.login(team['bob'] as Human) // a lower role ends the login
  for (const reference of ['bob', team['bob']?.id as string]) {
    const own = await why(token, reference, 'apps:remove')
    expect([own.status, own.body.allowed, own.body.user?.username], JSON.stringify(own.body)).toEqual([200, true, 'bob'])
  }
  const other = await why(token, 'ada', 'apps:remove')
  expect([other.status, other.body.permission]).toEqual([403, 'keys:read'])
  expect((await why(token, 'nobody_there', 'apps:remove')).body.detail).toBe(other.body.detail)
  const { body } = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'narrow', scope: ['apps:remove'] } })
  const byKey = await why(body.key, 'bob', 'apps:remove')
  expect([byKey.status, byKey.body.code], 'a key does only what its scope names (P12)').toEqual([403, 'insufficient_scope'])
})

test('a member of a personal organization reads which step is whose (P22)', async () => {
  const { token } = await muster.person('dave')
  const { body } = await why(token, 'dave', 'apps:read', 'dave')
  expect(body.steps.slice(0, 3).map(({ detail }: any) => detail)).toEqual([
    'The organization dave is not suspended.',
    'The account of dave is not suspended.',
    'dave is an active member.',
  ])
})

test('an admin sees what a service account may do, and why not (P22)', async () => {
  const asAda = (method: string, path: string, body?: unknown) => muster.call(method, `/v1/organizations/ada${path}`, { token: tokenOf('ada'), body })
  const { body: robot } = await asAda('POST', '/service-accounts', { name: 'ci_bot', role: 'viewer' })
  const { body: key } = await asAda('POST', '/service-accounts/ci_bot/keys', { description: 'all', scope: 'all' })
  const lacks = await why(tokenOf('ada'), 'ci_bot', 'apps:read')
  expect(lacks.body).toMatchObject({ user: { id: robot.id, username: 'ci_bot' }, allowed: false, keys: [{ description: 'all', allowed: false }] })
  expect(lacks.body.steps.map(({ step }: any) => step)).toEqual(['organization', 'membership', 'role'])
  expect(lacks.body.steps[1].detail).toBe('ci_bot is a service account of ada.')
  expect((await why(tokenOf('ada'), robot.id, 'members:remove')).body.steps.at(-1).detail).toBe(
    'The role viewer does not have members:remove. Only the role admin can have it, and a service account is never an admin.',
  )
  expect((await why(key.key, 'ci_bot', 'resources:read')).body, 'a service account asks about itself').toMatchObject({ allowed: true, user: { id: robot.id } })
  expect((await why(key.key, 'ada', 'resources:read')).body.permission).toBe('keys:read')

  await asAda('POST', '/roles', { name: 'Key reader', permissions: ['keys:read'] })
  await asAda('PATCH', '/members/bob', { role: 'Key reader' })
  const { token } = await muster.login(team['bob'] as Human)
  expect((await why(token, 'ada', 'apps:read')).status).toBe(200)
  expect((await why(token, 'ci_bot', 'apps:read')).body.code, 'without service-accounts:read').toBe('member_not_found')
  await asAda('DELETE', '/service-accounts/ci_bot')
  expect((await why(tokenOf('ada'), robot.id, 'apps:read')).body.code).toBe('member_not_found')
})
