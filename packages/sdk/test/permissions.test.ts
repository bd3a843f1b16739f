import { createVerifier, TokenRefused, type Verifier } from '@muster/sdk'
import { authenticate, refusalOf } from '@muster/sdk/http.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { browserOf, DEVICE_GRANT, deviceLogin } from '../../server/test/oauth/conversation.ts'
import { aClient, aVerifier, type Counting, counting, movedClock, verdict } from './verifying.ts'

// An API with an audience and permissions of its own (P21).

const DEPLOY = 'https://deploy.example.com/v1'
let muster: Muster
let team: Record<string, Human>
let verifier: Verifier
let http: Counting
let shop: { id: string; secret: string }
const closing: Verifier[] = []
const operator = async (method: string, path: string, body: unknown) => {
  const answer = await muster.call(method, path, { token: OPERATOR_TOKEN, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
const verifierOf = async (more = {}, scopes = ['signals', 'introspect']): Promise<Verifier> => {
  const { id: clientId, secret: clientSecret } = await operator('POST', '/v1/operator/clients', {
    name: 'deploy',
    grants: ['client_credentials'],
    scopes,
    api: DEPLOY,
  })
  const made = await aVerifier(muster, { clientId, clientSecret, audience: DEPLOY, fetch: http.fetch, ...more })
  closing.push(made)
  return made
}

beforeAll(async () => {
  muster = await startMuster()
  team = await muster.organization({ ada: 'admin', bob: 'member', eve: 'member' })
  http = counting()
  await operator('PUT', '/v1/operator/apis', {
    apis: [
      {
        name: 'Deploy',
        audience: DEPLOY,
        permissions: { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications', 'apps:remove': 'Remove applications' },
        grant: { member: ['apps:read', 'apps:deploy'] },
        accept_default_audience: true,
      },
      {
        name: 'Large',
        audience: 'https://large.example.com',
        permissions: Object.fromEntries(Array.from({ length: 100 }, (_, place) => [`a-rather-long-name:number-${place}`, 'x'])),
        grant: { member: ['*'] },
      },
    ],
  })
  shop = await operator('POST', '/v1/operator/clients', { name: 'shop', grants: [DEVICE_GRANT], scopes: ['openid', 'apps:read', 'apps:remove'] })
  verifier = await verifierOf()
})
afterAll(async () => {
  await Promise.all(closing.map((one) => one.close()))
  await muster.close()
})

const tokenOf = async (human: Human, scope: string, resource = DEPLOY, by: Record<string, string> = {}): Promise<string> =>
  (await deviceLogin(muster, human, scope, { ...by, resource })).access_token
const bob = (): Human => team.bob as Human
const setRole = (user: string, role: string) =>
  muster.call('PATCH', `/v1/organizations/ada/members/${user}`, { token: team.ada?.token, headers: { prefer: 'wait=5' }, body: { role } })

test('a caller can do what the role allows, as far as the scope goes (P21)', async () => {
  const everything = await verifier.verify(await tokenOf(bob(), 'api'))
  expect([everything.can('apps:deploy'), everything.can('apps:remove'), everything.username]).toEqual([true, false, 'bob'])
  const some = await verifier.verify(await tokenOf(bob(), 'openid apps:read apps:remove', DEPLOY, { client_id: shop.id, client_secret: shop.secret }))
  expect([...(some.permissions ?? [])]).toEqual(['apps:read'])
})

test('a caller can be cloned, also after a change of the role (P21)', async () => {
  const token = await tokenOf(team.eve as Human, 'api')
  const both = await verifierOf({ otherAudiences: [muster.config.audience] })
  const introspected = await both.verify((team.eve as Human).token)
  const plain = await aVerifier(muster, await aClient(muster))
  closing.push(plain)
  await setRole('eve', 'admin')
  const callers = [await verifier.verify(token), introspected, await plain.verify((team.eve as Human).token)]
  await setRole('eve', 'member')
  expect(callers.map((caller) => caller.can('apps:deploy'))).toEqual([true, true, false])
  expect(callers.map((caller) => structuredClone(caller).role)).toEqual(['admin', 'member', 'admin'])
})

test('a verifier accepts tokens of its own audience only (P4)', async () => {
  expect(await verdict(verifier, bob().token)).toBe('invalid_token')
  expect(await verdict(verifier, await tokenOf(bob(), 'api', 'https://large.example.com'))).toBe('invalid_token')
})

test('a caller with a new role has its permissions at once (P21)', async () => {
  const token = await tokenOf(team.eve as Human, 'api')
  expect((await verifier.verify(token)).can('apps:remove')).toBe(false)
  expect((await setRole('eve', 'admin')).status).toBe(200)
  expect((await verifier.verify(token)).can('apps:remove')).toBe(true)
  expect((await setRole('eve', 'member')).status).toBe(200)
  http.requests.length = 0
  for (let time = 0; time < 5; time++) expect((await verifier.verify(token)).can('apps:remove')).toBe(false)
  expect(http.requests.filter((path) => path === '/oauth/introspect')).toHaveLength(1)
})

test('a verifier that refuses when stale names the scope it lacks for a new role (P21)', async () => {
  const faults: unknown[] = []
  const onError = (fault: unknown): unknown => faults.push(fault)
  const blind = await verifierOf({ onStale: 'refuse', onError }, ['signals'])
  const sighted = await verifierOf({ onStale: 'refuse' })
  const token = await tokenOf(team.eve as Human, 'api')
  expect(await verdict(blind, token)).toBe('accepted')
  await setRole('eve', 'admin')
  expect(await verdict(blind, token)).toBe('unavailable: configuration')
  expect(String(faults.at(-1))).toMatch(/needs the scopes signals and introspect.*--scope signals introspect/)
  expect((await sighted.verify(token)).can('apps:remove')).toBe(true)
  await setRole('eve', 'member')
})

test('a verifier introspects a token without its long list of permissions (P5)', async () => {
  const { id: clientId, secret: clientSecret } = await operator('POST', '/v1/operator/clients', {
    name: 'large',
    grants: ['client_credentials'],
    scopes: ['signals', 'introspect'],
    api: 'https://large.example.com',
  })
  const large = await aVerifier(muster, { clientId, clientSecret, audience: 'https://large.example.com' })
  closing.push(large)
  const token = await tokenOf(bob(), 'api', 'https://large.example.com')
  expect(token.length).toBeLessThan(4_096)
  const caller = await large.verify(token)
  expect([caller.permissions?.size, caller.can('a-rather-long-name:number-99')]).toEqual([100, true])
})

test('a token of the default audience has permissions where it is accepted (P4)', async () => {
  const both = await verifierOf({ otherAudiences: [muster.config.audience] })
  const caller = await both.verify(bob().token)
  expect([caller.can('apps:deploy'), caller.can('apps:remove')]).toEqual([true, false])
})

describe('for a client that belongs to no API', () => {
  const introspections = () => http.requests.filter((path) => path === '/oauth/introspect').length
  const without = async (more = {}): Promise<Verifier> => {
    const made = await aVerifier(muster, { ...(await aClient(muster)), audience: DEPLOY, otherAudiences: [muster.config.audience], fetch: http.fetch, ...more })
    closing.push(made)
    return made
  }
  const onlyOpenid = async () => (await deviceLogin(muster, bob(), 'openid', { client_id: shop.id, client_secret: shop.secret })).access_token

  test('a token without permissions needs the scope api (P21)', async () => {
    const none = await without()
    expect(await verdict(none, await onlyOpenid())).toBe('insufficient_scope')
    http.requests.length = 0
    for (let time = 0; time < 3; time++) expect((await authenticate(none, `Bearer ${bob().token}`)).permissions).toBeNull()
    expect(introspections()).toBe(1)
  })

  test('a key without permissions needs the scope api (P21)', async () => {
    const none = await without()
    const { body } = await muster.call('POST', '/v1/me/keys', { token: bob().token, body: { description: 'CI', scope: ['organization:read'] } })
    http.requests.length = 0
    for (let time = 0; time < 3; time++) expect(await verdict(none, body.key)).toBe('insufficient_scope')
    expect(introspections()).toBe(1)
  })

  test('a token without permissions needs the scope api after the lease (P21)', async () => {
    const clock = movedClock()
    const silent: typeof fetch = (input, init) =>
      String(input).endsWith('/poll') && none.isCurrent()
        ? new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)))
        : fetch(input, init)
    const none = createVerifier({
      issuer: muster.url,
      ...(await aClient(muster)),
      audience: DEPLOY,
      otherAudiences: [muster.config.audience],
      fetch: silent,
      clock,
      onError: () => {},
    })
    await none.ready(60)
    clock.ahead += 31
    expect(none.isCurrent()).toBe(false)
    expect(await verdict(none, await onlyOpenid())).toBe('insufficient_scope')
    expect(await verdict(none, bob().token)).toBe('accepted')
    await none.close()
  })
})

test('an API key has permissions, and those of a new role at once (P21)', async () => {
  const made = await (async () => {
    const { cookie } = await browserOf(muster, team.eve as Human)
    const answer = await muster.call('POST', '/v1/me/keys', {
      headers: { cookie, origin: muster.url, 'sec-fetch-site': 'same-origin' },
      body: { description: 'CI', scope: 'all' },
    })
    return answer.body
  })()
  expect((await verifier.verify(made.key)).can('apps:remove')).toBe(false)
  await setRole('eve', 'admin')
  expect((await verifier.verify(made.key)).can('apps:remove')).toBe(true)
  await setRole('eve', 'member')
  expect((await verifier.verify(made.key)).can('apps:remove')).toBe(false)
})

test('a route names a permission, and the refusal names who can help (P23)', async () => {
  const refused = async (token: string, requirements: Parameters<typeof authenticate>[2]) => {
    const error = await authenticate(verifier, `Bearer ${token}`, requirements).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    const refusal = refusalOf(error, verifier)
    return refusal && [refusal.status, refusal.body.code, refusal.body.detail, refusal.headers['www-authenticate']]
  }
  const everything = await tokenOf(bob(), 'api')
  const some = await tokenOf(bob(), 'openid apps:read', DEPLOY, { client_id: shop.id, client_secret: shop.secret })
  const none = new TokenRefused('authentication_required')
  expect(refusalOf(none, verifier)?.headers['www-authenticate'], 'nothing serves the document yet').toBe('Bearer')
  expect(verifier.resource.path).toBe('/.well-known/oauth-protected-resource/v1')
  const metadata = 'resource_metadata="https://deploy.example.com/.well-known/oauth-protected-resource/v1"'
  expect(await refused(everything, { permission: 'apps:deploy' })).toBeNull()
  expect(await refused(everything, { permission: 'apps:remove' })).toEqual([
    403,
    'forbidden',
    'This requires the permission apps:remove. Ask an admin of ada.',
    undefined,
  ])
  expect(await refused(some, { permission: 'apps:read' })).toBeNull()
  expect(await refused(some, { permission: 'apps:deploy' })).toEqual([
    403,
    'insufficient_scope',
    'This requires a token with the scope "apps:deploy". Log in again and allow it.',
    `Bearer error="insufficient_scope", scope="apps:deploy", ${metadata}`,
  ])
  expect((await refused(some, {}))?.slice(0, 2), 'a route without a permission needs everything').toEqual([403, 'insufficient_scope'])
  expect(await refused(some, { permission: null }), 'the handler decides').toBeNull()
  expect(refusalOf(none, verifier)?.headers['www-authenticate']).toBe(`Bearer ${metadata}`)
  expect(verifier.resource.document).toEqual({ resource: DEPLOY, authorization_servers: [muster.url], bearer_methods_supported: ['header'] })
})

test('a verifier with a scope of its own decides by this scope (P21)', async () => {
  const some = await tokenOf(bob(), 'openid apps:read', DEPLOY, { client_id: shop.id, client_secret: shop.secret })
  const verdictOf = async (scope: string | null | undefined) => {
    const one = await verifierOf({ scope })
    return authenticate(one, `Bearer ${some}`).then(
      () => 'accepted',
      ({ code }) => code,
    )
  }
  expect(await verdictOf(undefined)).toBe('insufficient_scope')
  expect(await verdictOf(null)).toBe('accepted')
  expect(await verdictOf('apps:read')).toBe('accepted')
  expect(await verdictOf('api')).toBe('insufficient_scope')
})

test('a refusal needs no more of a verifier than verify (P21)', () => {
  const double = { verify: verifier.verify }
  expect(refusalOf(new TokenRefused('invalid_token'), double)?.status).toBe(401)
})

test('a deactivated caller of an API learns why (P21)', async () => {
  const token = await tokenOf(team.eve as Human, 'api')
  const fresh = await verifierOf()
  await muster.call('POST', '/v1/organizations/ada/members/eve/deactivate', { token: team.ada?.token, headers: { prefer: 'wait=5' }, body: {} })
  expect(await verdict(fresh, token)).toBe('user_deactivated')
  const { body } = await muster.call('GET', '/v1/forward-auth', { token })
  expect(body.code).toBe('user_deactivated')
})
