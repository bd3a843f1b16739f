import { requirePermission, TokenRefused, type Verifier } from '@muster/sdk'
import { authenticate } from '@muster/sdk/http.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceLogin } from '../../server/test/oauth/conversation.ts'
import { type CustomRoles, customRoles } from '../../server/test/oauth/custom-roles.ts'
import { aClient, aVerifier, type Counting, counting, eventually, verdict } from './verifying.ts'

// Verifiers and the custom roles of an organization (P10, P11).

const DEPLOY = 'https://deploy.example.com'
const OTHER = 'https://other.example.com'
const DEFINITIONS = '/v1/role-definitions'
const INTROSPECT = '/oauth/introspect'
let muster: Muster
let team: Record<string, Human>
let roles: CustomRoles
let verifier: Verifier
let http: Counting
/** The definitions are held back, or not answered. */
let answersDefinitions: () => Promise<void> = async () => {}
const closing: Verifier[] = []
const names = ['bob', 'cyd', 'dan', 'eve', 'fay', 'gus', 'hal', 'ivy']

const operator = async (path: string, body: unknown, method = 'POST') => {
  const answer = await muster.call(method, path, { token: OPERATOR_TOKEN, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
const clientOf = async (api: string | undefined, scopes = ['signals', 'introspect']) => {
  const { id, secret } = await operator('/v1/operator/clients', { name: 'deploy', grants: ['client_credentials'], scopes, api })
  return { clientId: id as string, clientSecret: secret as string }
}
const verifierOf = async (more = {}, scopes?: string[]): Promise<Verifier> => {
  const made = await aVerifier(muster, { ...(await clientOf(DEPLOY, scopes)), audience: DEPLOY, fetch: http.fetch, ...more })
  closing.push(made)
  return made
}
const requestsTo = (path: string): number => http.requests.filter((one) => one === path).length
const human = (name: string): Human => team[name] as Human
/** A new login of a member with this role, and its token for the API. */
const tokenOf = async (name: string, role: string, scope = 'api'): Promise<string> => {
  await roles.give(name, role)
  return (await deviceLogin(muster, await muster.login(human(name)), scope, { resource: DEPLOY })).access_token
}
const permissionsOf = async (token: string, by = verifier): Promise<string[]> => [...((await by.verify(token)).permissions ?? [])].sort()

beforeAll(async () => {
  muster = await startMuster()
  team = await muster.organization({ ada: 'admin', ...Object.fromEntries(names.map((name) => [name, 'member' as const])) })
  roles = customRoles(muster, human('ada'))
  const counted = counting()
  http = {
    requests: counted.requests,
    fetch: async (input, init) => {
      const answer = await counted.fetch(input, init)
      if (String(input).endsWith(DEFINITIONS)) await answersDefinitions()
      return answer
    },
  }
  const permissions = { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications', 'apps:remove': 'Remove applications' }
  await operator(
    '/v1/operator/apis',
    {
      apis: [
        { name: 'Deploy', audience: DEPLOY, permissions, grant: { member: ['apps:*'] }, accept_default_audience: true },
        { name: 'Other', audience: OTHER, permissions: { 'bills:read': 'See bills' }, grant: { member: [] } },
      ],
    },
    'PUT',
  )
  verifier = await verifierOf()
})
afterAll(async () => {
  await Promise.all(closing.map((one) => one.close()))
  await muster.close()
})

test('a token names the custom role, its revision and what it allows (P5, P10)', async () => {
  const id = await roles.create('Deployer', ['apps:deploy', 'bills:read', 'resources:read'])
  const token = await tokenOf('bob', id)
  expect(decodeJwt(token)).toMatchObject({ role: 'custom', role_id: id, role_revision: 1, permissions: ['apps:deploy'] })
  const caller = await verifier.verify(token)
  expect([caller.role, caller.roleId, caller.roleRevision, caller.can('apps:deploy'), caller.can('bills:read')]).toEqual(['custom', id, 1, true, false])
})

test('an edited role counts at once, with one request for all its tokens (P10)', async () => {
  const id = await roles.create('Editor', ['apps:read', 'apps:deploy'])
  const tokens = [await tokenOf('cyd', id), await tokenOf('dan', id)]
  for (const token of tokens) expect(await permissionsOf(token)).toEqual(['apps:deploy', 'apps:read'])
  http.requests.length = 0
  expect(await roles.edit(id, ['apps:read', 'apps:remove'])).toMatchObject({ missing: [] })
  const callers = await Promise.all([...tokens, ...tokens].map((token) => verifier.verify(token)))
  for (const caller of callers) expect([caller.roleRevision, caller.can('apps:deploy'), caller.can('apps:remove')]).toEqual([2, false, true])
  for (let time = 0; time < 3; time++) expect(await permissionsOf(tokens[0] as string)).toEqual(['apps:read', 'apps:remove'])
  expect([requestsTo(DEFINITIONS), requestsTo(INTROSPECT)]).toEqual([1, 0])
  const fresh = await verifierOf()
  expect(await permissionsOf(tokens[1] as string, fresh), 'a verifier that read the edit from its snapshot').toEqual(['apps:read', 'apps:remove'])
})

test('an edited role allows a token no more than its scope (P10)', async () => {
  const id = await roles.create('Scoped', ['apps:read'])
  const shop = await operator('/v1/operator/clients', {
    name: 'shop',
    grants: ['urn:ietf:params:oauth:grant-type:device_code'],
    scopes: ['openid', 'apps:read', 'apps:deploy'],
  })
  await roles.give('eve', id)
  const by = { resource: DEPLOY, client_id: shop.id, client_secret: shop.secret }
  const token = (await deviceLogin(muster, await muster.login(human('eve')), 'openid apps:deploy', by)).access_token
  expect(await permissionsOf(token)).toEqual([])
  await roles.edit(id, ['apps:deploy', 'apps:remove'])
  expect(await permissionsOf(token)).toEqual(['apps:deploy'])
})

test('a role that loses all permissions of an API allows nothing there (P10)', async () => {
  const id = await roles.create('Emptied', ['apps:read'])
  const token = await tokenOf('bob', id)
  expect(await permissionsOf(token)).toEqual(['apps:read'])
  await roles.edit(id, ['bills:read'])
  expect(await permissionsOf(token)).toEqual([])
})

test('a verifier without the scope introspect follows an edit (P10)', async () => {
  const id = await roles.create('Signals', ['apps:read'])
  const blind = await verifierOf({ onStale: 'refuse' }, ['signals'])
  const token = await tokenOf('fay', id)
  expect(await permissionsOf(token, blind)).toEqual(['apps:read'])
  await roles.edit(id, ['apps:deploy'])
  expect(await permissionsOf(token, blind)).toEqual(['apps:deploy'])
})

test('a request waits for the definition, and gets 503 if Muster does not answer (P10)', async () => {
  const id = await roles.create('Waiting', ['apps:deploy'])
  const other = await tokenOf('gus', 'member')
  const token = await tokenOf('fay', id)
  await verifier.verify(token)
  await roles.edit(id, ['apps:read'])
  answersDefinitions = () => Promise.reject(new Error('connection reset'))
  expect([await verdict(verifier, token), await verdict(verifier, other)]).toEqual(['unavailable: issuer', 'accepted'])
  answersDefinitions = async () => {}
  expect(await permissionsOf(token)).toEqual(['apps:read'])
})

test('an edit or a revocation during the wait for a definition counts (P10, E82)', async () => {
  const id = await roles.create('Racing', ['apps:read', 'apps:deploy', 'apps:remove'])
  const token = await tokenOf('hal', id)
  await verifier.verify(token)
  await roles.edit(id, ['apps:read', 'apps:deploy'])
  const release = holdNext()
  const waiting = permissionsOf(token)
  await roles.edit(id, ['apps:read'])
  release()
  expect(await waiting).toEqual(['apps:read'])
  await roles.edit(id, ['apps:deploy'])
  const releaseAgain = holdNext()
  const refused = verdict(verifier, token)
  await muster.call('POST', '/v1/organizations/ada/members/hal/deactivate', { token: human('ada').token, headers: { prefer: 'wait=5' }, body: {} })
  releaseAgain()
  expect(await refused).toBe('user_deactivated')
})

/** Holds the next answer with definitions until the returned function is called. */
const holdNext = (): (() => void) => {
  const { promise, resolve } = Promise.withResolvers<void>()
  answersDefinitions = () => {
    answersDefinitions = async () => {}
    return promise
  }
  return resolve
}

test('a caller keeps its permissions during a request (P10)', async () => {
  const id = await roles.create('Steady', ['apps:deploy'])
  const token = await tokenOf('ivy', id)
  const before = await verifier.verify(token)
  await roles.edit(id, ['apps:read'])
  const after = await verifier.verify(token)
  expect([before.can('apps:deploy'), after.can('apps:deploy'), after.can('apps:read')]).toEqual([true, false, true])
  expect(() => requirePermission(after, 'apps:deploy')).toThrow(TokenRefused)
  expect(structuredClone(after)).toMatchObject({ role: 'custom', roleId: id, roleRevision: 2 })
})

test('a renamed role is no edit for a verifier (P10)', async () => {
  const id = await roles.create('Plain', ['apps:read'])
  const token = await tokenOf('ivy', id)
  expect(await permissionsOf(token)).toEqual(['apps:read'])
  const rename = (name: string) => muster.call('PATCH', `/v1/organizations/ada/roles/${id}`, { token: human('ada').token, body: { name } })
  expect((await rename('Renamed')).body).toMatchObject({ name: 'Renamed', revision: 2 })
  const later = await tokenOf('ivy', id)
  expect(decodeJwt(later)).toMatchObject({ role_revision: 2 })
  http.requests.length = 0
  for (const one of [token, later]) expect(await permissionsOf(one)).toEqual(['apps:read'])
  await roles.edit(id, ['apps:deploy'])
  for (const one of [token, later]) expect(await permissionsOf(one)).toEqual(['apps:deploy'])
  expect(requestsTo(DEFINITIONS), 'for the edit only').toBe(1)
})

test('an API key follows an edit, and the lowering of its holder (P10, P11)', async () => {
  const id = await roles.create('Keyed', ['apps:read'])
  await roles.give('dan', 'member')
  const { token } = await muster.login(human('dan'))
  const { body } = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'CI', scope: ['apps:read', 'apps:deploy'] } })
  expect(await permissionsOf(body.key)).toEqual(['apps:deploy', 'apps:read'])
  await roles.give('dan', id)
  expect(await permissionsOf(body.key)).toEqual(['apps:read'])
  await roles.edit(id, ['apps:deploy', 'apps:remove'])
  expect(await permissionsOf(body.key)).toEqual(['apps:deploy'])
  http.requests.length = 0
  for (let time = 0; time < 3; time++) await verifier.verify(body.key)
  expect(requestsTo(INTROSPECT)).toBe(0)
})

test('a lowered person keeps their session, and no earlier token (P11)', async () => {
  const token = await tokenOf('gus', 'member')
  const plain = await aVerifier(muster, await aClient(muster))
  closing.push(plain)
  const login = await muster.login(human('gus'))
  expect([await verdict(verifier, token), await verdict(plain, login.token)]).toEqual(['accepted', 'accepted'])
  await roles.give('gus', 'viewer')
  expect([await verdict(verifier, token), await verdict(plain, login.token)]).toEqual(['token_revoked', 'token_revoked'])
  const session = await muster.server.services.store.reading.sessions.liveState(login.sessionId as never, null)
  expect(session?.session.epoch).toBe(session?.account.epoch)
  const caller = await plain.verify((await muster.login(human('gus'))).token)
  expect([caller.role, caller.roleId]).toEqual(['viewer', null])
})

test('a route that names no role is closed to viewers and custom roles (P11)', async () => {
  const plain = await aVerifier(muster, await aClient(muster))
  closing.push(plain)
  await roles.give('gus', 'viewer')
  await roles.give('fay', await roles.create('Plain', ['apps:read']))
  const tokens = Object.fromEntries(await Promise.all(['ada', 'cyd', 'gus', 'fay'].map(async (name) => [name, (await muster.login(human(name))).token])))
  await roles.give('cyd', 'member')
  tokens['cyd'] = (await muster.login(human('cyd'))).token
  const admitted = async (requirements: Parameters<typeof authenticate>[2]) => {
    const open: string[] = []
    for (const [name, token] of Object.entries(tokens)) {
      const code = await authenticate(plain, `Bearer ${token}`, requirements).then(
        () => null,
        (error) => error.code,
      )
      if (code === null) open.push(name)
      else expect(code).toBe('forbidden')
    }
    return open
  }
  expect(await admitted({})).toEqual(['ada', 'cyd'])
  expect(await admitted({ role: 'member' })).toEqual(['ada', 'cyd'])
  expect(await admitted({ role: 'viewer' })).toEqual(['ada', 'cyd', 'gus'])
  expect(await admitted({ role: null })).toEqual(['ada', 'cyd', 'gus', 'fay'])
  expect(await admitted({ role: 'admin' })).toEqual(['ada'])
})

test('a client reads the definitions of its own API only (P10)', async () => {
  const [here, elsewhere] = [await roles.create('Here', ['apps:read', 'bills:read', 'audit:read']), await roles.create('Elsewhere', ['bills:read'])]
  const read = async (client: { clientId: string; clientSecret: string }, ids: readonly string[], scope = 'signals') => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret, scope })
    const { access_token: token } = (await (await fetch(`${muster.url}/oauth/token`, { method: 'POST', body: form })).json()) as { access_token: string }
    return muster.call('POST', DEFINITIONS, { token, body: { roles: ids } })
  }
  const deploy = await clientOf(DEPLOY)
  const ids = [here, elsewhere, 'role_01h2xcejqtf2nbrexx3vqjhp41', 'nonsense']
  expect((await read(deploy, ids)).body).toEqual({ items: [{ id: here, revision: 1, permissions: ['apps:read'] }] })
  expect((await read(await clientOf(undefined), ids)).body).toEqual({ items: [] })
  expect((await read(deploy, ids, 'introspect')).body.code).toBe('insufficient_scope')
  expect(
    (
      await read(
        deploy,
        Array.from({ length: 101 }, () => here),
      )
    ).status,
  ).toBe(422)
  expect((await muster.call('POST', DEFINITIONS, { token: human('ada').token, body: { roles: ids } })).body.code).toBe('forbidden')
})

test('a verifier admits a role of a later version nowhere by rank (P11)', async () => {
  const { claimsOf } = await import('@muster/sdk/claims.ts')
  const payload = {
    iss: 'i',
    aud: 'a',
    sub: 'usr_1',
    exp: 1,
    jti: 'j',
    client_id: 'c',
    sid: 's',
    epoch: 0,
    org_id: 'o',
    org: 'acme',
    scope: 'api',
    role: 'auditor',
  }
  const claims = claimsOf(payload, { issuer: 'i', audience: 'a' })
  expect(claims?.role).toBe('auditor')
  for (const role of [undefined, 'admin', 'member', 'viewer'] as const)
    await expect(authenticate({ verify: async () => claims as never }, 'Bearer x', { role })).rejects.toMatchObject({ code: 'forbidden' })
  expect(claimsOf({ ...payload, role_id: 'role_1' }, { issuer: 'i', audience: 'a' }), 'a role without its revision').toBeNull()
})

// The last one, because it ends all tokens.
test('a token is refused if its key is withdrawn while a definition is read (E82)', async () => {
  const id = await roles.create('Withdrawn', ['apps:read'])
  const token = await tokenOf('ivy', id)
  await verifier.verify(token)
  await roles.edit(id, ['apps:deploy'])
  const release = holdNext()
  const refused = verdict(verifier, token)
  await operator(`/v1/operator/signing-keys/${decodeProtectedHeader(token).kid}`, undefined, 'DELETE')
  await eventually(async () => (await verdict(verifier, human('ada').token)) === 'invalid_token')
  await eventually(() => verifier.sizes().tokens === 0)
  release()
  expect(await refused).toBe('invalid_token')
})
