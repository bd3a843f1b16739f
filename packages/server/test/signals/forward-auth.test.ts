import type { ClientId, SessionId } from '@muster/contract/ids.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { customRoles } from '../oauth/custom-roles.ts'
import { aResourceServer } from './receiving.ts'

// For gateways: nginx auth_request, Caddy forward_auth, Traefik ForwardAuth.

let muster: Muster
let people: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member', erin: 'member', frank: 'member', gus: 'member' })
})
afterAll(() => muster.close())

const human = (name: string) => people[name] as Human
const ask = (token: string | undefined, query = '') => muster.call('GET', `/v1/forward-auth${query}`, { token })

test('a valid token passes forward auth, with every X-Muster header set', async () => {
  const { status, headers, body } = await ask(human('bob').token, '?organization=ada&role=member')
  expect(status).toBe(200)
  const organization = body.organization
  expect(body).toMatchObject({ user: human('bob').id, organization_name: 'ada', role: 'member', session: human('bob').sessionId, client: 'muster-cli' })
  expect(Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-muster-')))).toEqual({
    'x-muster-user': human('bob').id,
    'x-muster-service-account': '',
    'x-muster-organization': organization,
    'x-muster-organization-name': 'ada',
    'x-muster-role': 'member',
    'x-muster-session': human('bob').sessionId,
    'x-muster-client': 'muster-cli',
    'x-muster-scope': 'openid profile email api',
  })
  expect((await ask(human('bob').token, `?organization=${organization}`)).status).toBe(200)
})

test('a token without the required scope is refused', async () => {
  const { accessTokens } = muster.server.services
  const { sessionId } = human('bob')
  const given = { sessionId: sessionId as SessionId, clientId: 'muster-cli' as ClientId, expiresAt: new Date(Date.now() + 60_000) }
  const { accessToken } = await accessTokens.issueAccessToken({ ...given, scopes: new Set(['openid']) })
  const refused = await ask(accessToken)
  expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope', scope: 'api' } })
  expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer error="insufficient_scope", scope="api"$/)
  expect([(await ask(accessToken, '?scope=openid')).status, (await ask(accessToken, '?scope=email')).status]).toEqual([200, 403])
  expect((await ask(human('bob').token, '?scope=api')).status).toBe(200)
})

test('a token of another organization or with a lesser role is refused', async () => {
  await muster.organization({ eve: 'admin' })
  expect(await ask(human('bob').token, '?organization=eve')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await ask(human('bob').token, '?organization=nobody')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect(await ask(human('bob').token, '?role=admin')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  expect((await ask(human('ada').token, '?role=admin&organization=ada')).status).toBe(200)
  expect((await ask(human('ada').token, '?role=member')).status).toBe(200)
})

test('a missing or forged token is refused with a challenge', async () => {
  const none = await ask(undefined)
  expect([none.status, none.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
  const forged = await ask(`${human('bob').token.slice(0, -4)}AAAA`)
  expect([forged.status, forged.body.code]).toEqual([401, 'invalid_token'])
  expect(forged.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_token"/)
})

test('a user without a username is refused as not registered (S56)', async () => {
  const newcomer = await muster.newcomer('newcomer')
  for (const query of ['', '?role=member', '?organization=ada'])
    expect(await ask(newcomer.token, query), query).toMatchObject({ status: 403, body: { code: 'user_not_registered' } })
})

test('a deactivated member is refused once the deactivation is answered (I7, S35)', async () => {
  expect((await ask(human('carol').token)).status).toBe(200)
  const { body } = await muster.call('POST', '/v1/organizations/ada/members/carol/deactivate', { token: human('ada').token, headers: { prefer: 'wait=5' } })
  // This process answers from memory, so it is a receiver itself.
  expect(body.revocation).toMatchObject({ receivers: 1, acknowledged: 1 })
  expect(await ask(human('carol').token)).toMatchObject({ status: 401, body: { code: 'user_deactivated', organization: { name: 'ada' }, contact: 'ada' } })
  await muster.call('POST', '/v1/organizations/ada/members/carol/reactivate', { token: human('ada').token })
  expect(await ask(human('carol').token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  expect((await ask((await muster.login(human('carol'))).token)).status).toBe(200)
})

test('a refusal tells an ended session from an ended membership (S36)', async () => {
  const [one, two] = [await muster.login(human('dave')), await muster.login(human('dave'))]
  await muster.call('DELETE', '/v1/me/sessions/current', { token: one.token })
  await muster.call('POST', '/oauth/revoke', { body: `token=${two.token}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
  for (const { token } of [one, two]) expect(await ask(token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  const three = await muster.login(human('dave'))
  await muster.call('DELETE', '/v1/organizations/ada/members/dave', { token: human('ada').token })
  expect(await ask(three.token)).toMatchObject({ status: 401, body: { code: 'membership_left' } })
})

test('a role change takes effect at once, whatever role the token has (S32)', async () => {
  const { token } = human('erin')
  const change = (role: string) => muster.call('PATCH', '/v1/organizations/ada/members/erin', { token: human('ada').token, body: { role } })
  expect((await ask(token, '?role=admin')).status).toBe(403)
  await change('admin')
  expect((await ask(token, '?role=admin')).body.role).toBe('admin')
  await change('member')
  expect((await ask(token, '?role=admin')).status).toBe(403)
})

test('a person below member does not pass forward auth as a member (P6, E80)', async () => {
  const before = human('gus')
  await muster.call('PATCH', '/v1/organizations/ada/members/gus', { token: human('ada').token, body: { role: 'viewer' } })
  expect(await ask(before.token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  const { token } = await muster.login(before)
  expect((await ask(token, '?organization=ada&role=viewer')).status).toBe(200)
  for (const role of ['member', 'admin']) expect(await ask(token, `?role=${role}`)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
})

test('a gateway that names no role admits neither viewers nor custom roles (P11)', async () => {
  const roles = customRoles(muster, human('ada'))
  const passing = async (token: string) => {
    const queries = ['', '?role=member', '?role=admin', '?role=viewer', '?role=any']
    const answers = await Promise.all(queries.map((query) => ask(token, query)))
    for (const { status, body } of answers) expect(status === 200 || body.code === 'forbidden').toBe(true)
    return queries.filter((_, place) => answers[place]?.status === 200)
  }
  await roles.give('erin', 'viewer')
  expect(await passing((await muster.login(human('erin'))).token)).toEqual(['?role=viewer', '?role=any'])
  await roles.give('erin', await roles.create('Deployer', ['resources:read']))
  const { token } = await muster.login(human('erin'))
  expect(await passing(token)).toEqual(['?role=any'])
  expect((await ask(token, '?role=any')).body.role).toBe('custom')
  await roles.give('erin', 'member')
  expect(await passing(token), 'at once').toEqual(['', '?role=member', '?role=viewer', '?role=any'])
  expect((await ask(token, '?role=custom')).status).toBe(422)
})

test('a revocation by this process is known without a notice (I7)', async () => {
  const frank = await muster.login(human('frank'))
  expect((await ask(frank.token)).status).toBe(200)
  // The process receives no notice for half a second.
  const { kysely } = muster.server.database
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'muster-notices'`.execute(kysely)
  await muster.call('DELETE', '/v1/me/sessions/current', { token: frank.token })
  expect(await ask(frank.token)).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
})

test('forward auth answers from memory, without a query for each request', async () => {
  await ask(human('bob').token, '?organization=ada')
  const executor = muster.server.database.kysely.getExecutor()
  const provide = executor.provideConnection
  let queries = 0
  executor.provideConnection = ((consumer, options) => {
    queries += 1
    return provide.call(executor, consumer, options)
  }) as typeof provide
  for (let round = 0; round < 100; round++) expect((await ask(human('bob').token, '?organization=ada&role=member')).status).toBe(200)
  executor.provideConnection = provide
  expect(queries).toBeLessThan(100) // The count includes the queries that the process makes in the background.
})

describe('keys and clients', () => {
  test('a key passes forward auth as its holder until it is revoked (S59)', async () => {
    const { body: made } = await muster.call('POST', '/v1/me/keys', { token: human('bob').token, body: { description: 'for the gateway', scope: 'all' } })
    expect((await ask(made.key, '?organization=ada')).body).toMatchObject({ user: human('bob').id, role: 'member', session: null })
    await muster.call('DELETE', `/v1/me/keys/${made.id}`, { token: human('bob').token })
    expect(await ask(made.key)).toMatchObject({ status: 401, body: { code: 'token_revoked' } })
  })
  test("a client's own token passes only where clients are allowed", async () => {
    const service = await aResourceServer(muster)
    expect(await ask(service.token)).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    expect((await ask(service.token, '?clients=true')).body).toMatchObject({ client: service.clientId, user: null, scope: 'signals' })
    expect(await ask(service.token, '?clients=true&scope=introspect')).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } })
    expect(await ask(service.token, '?clients=true&role=member')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})

test('a token is refused while its organization is suspended', async () => {
  const { zoe } = await muster.organization({ zoe: 'admin' })
  const token = (zoe as Human).token
  expect((await ask(token)).status).toBe(200)
  await muster.call('POST', '/v1/operator/organizations/zoe/suspend', { token: OPERATOR_TOKEN, body: {} })
  expect(await ask(token)).toMatchObject({ status: 403, body: { code: 'organization_suspended' } })
  await muster.call('POST', '/v1/operator/organizations/zoe/resume', { token: OPERATOR_TOKEN })
  expect((await ask(token)).status).toBe(200)
})
