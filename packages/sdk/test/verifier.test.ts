import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { problems } from '@muster/contract/problems.ts'
import { createVerifier, refusalOf, refusals, TokenRefused, type Verifier } from '@muster/sdk'
import { newOpaqueToken } from '@muster/server/domain/model/opaque-token.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aClient, aVerifier, type Counting, type Credentials, counting, eventually, movedClock, verdict } from './verifying.ts'

// A verifier beside a whole server: the tokens it accepts, and the reasons it gives.

let muster: Muster
let client: Credentials
let people: Record<string, Human>
let verifier: Verifier
let net: Counting
beforeAll(async () => {
  muster = await startMuster()
  client = await aClient(muster)
  people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member', erin: 'member', frank: 'member' })
  net = counting()
  verifier = await aVerifier(muster, { ...client, fetch: net.fetch })
})
afterAll(async () => {
  await verifier?.close()
  await muster?.close()
})

const human = (name: string): Human => people[name] as Human
const admin = (method: string, path: string, body?: unknown) =>
  muster.call(method, `/v1/organizations/ada${path}`, { token: human('ada').token, body, headers: { prefer: 'wait=10' } })
const becomes = (token: string, expected: string) => eventually(async () => (await verdict(verifier, token)) === expected)

test('a valid token is verified as its user, with organization and role', async () => {
  const { id, token, sessionId } = human('bob')
  expect(await verifier.verify(token)).toMatchObject({ kind: 'user', sub: id, organization: 'ada', role: 'member', sessionId, clientId: 'muster-cli' })
})

test('an access token is verified without a request, seen before or not', async () => {
  const tokens = await Promise.all(Array.from({ length: 20 }, async () => (await muster.login(human('bob'))).token))
  const before = net.requests.filter((path) => !path.endsWith('/poll')).length
  for (let round = 0; round < 50; round++) for (const token of tokens) await verifier.verify(token)
  expect(net.requests.filter((path) => !path.endsWith('/poll'))).toHaveLength(before)
  expect(net.requests).not.toContain('/oauth/introspect')
})

describe('the order of refusals (S36)', () => {
  test('a malformed or forged token is invalid_token', async () => {
    const { token } = human('bob')
    const [head = '', body = '', signature = ''] = token.split('.')
    const forged = [
      '',
      'x',
      `${head}.${body}`,
      `${head}.${body}.`,
      `${head}.${body}.${signature}.`,
      `${head}.${body}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
      `${head}.${body}A.${signature}`,
      `${head}.${body}.${signature}=`,
      `${token} `,
      'a'.repeat(10_000),
      `muster_uk_${'0'.repeat(20)}`,
      'muster_rt_0000',
    ]
    for (const one of forged) expect([one.slice(0, 20), await verdict(verifier, one)]).toEqual([one.slice(0, 20), 'invalid_token'])
  })

  test('a revoked token is refused as revoked, and as expired once it has expired', async () => {
    const { token } = await muster.login(human('bob'))
    await muster.call('DELETE', '/v1/me/sessions/current', { token })
    await becomes(token, 'token_revoked')
    const clock = movedClock()
    const later = await aVerifier(muster, { ...client, clock })
    clock.ahead = 86_400 + 60
    expect(await verdict(later, token)).toBe('token_expired')
    await later.close()
  })

  test('a token is accepted for less than five seconds after it expired (S54)', async () => {
    const { token } = await muster.login(human('bob'))
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString())
    // Only the wall clock moves. A lease has no tolerance and runs on the steady clock.
    let wall = Date.now()
    const patient = await aVerifier(muster, { ...client, clock: { wall: () => wall, steady: () => performance.now() } })
    wall = (exp + 4) * 1_000
    expect(await verdict(patient, token)).toBe('accepted')
    wall = (exp + 5) * 1_000
    expect(await verdict(patient, token)).toBe('token_expired')
    await patient.close()
  })

  test('a revoked token does not affect other tokens of its user', async () => {
    const { token } = human('bob')
    const other = await muster.login(human('bob'))
    await muster.call('POST', '/oauth/revoke', { body: `token=${other.token}`, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    await becomes(other.token, 'token_revoked')
    expect(await verdict(verifier, token)).toBe('accepted')
  })

  test('a deactivated member is refused with the reason once all have acknowledged (S35)', async () => {
    const { token } = human('carol')
    const ended = await muster.login(human('carol'))
    await muster.call('DELETE', '/v1/me/sessions/current', { token: ended.token })
    expect(await verdict(verifier, token)).toBe('accepted')
    const { body } = await admin('POST', '/members/carol/deactivate')
    expect(body.revocation.missing).toEqual([])
    const refused = await verifier.verify(token).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(TokenRefused)
    expect(refused).toMatchObject({ code: 'user_deactivated', status: 401, extensions: { organization: { name: 'ada' } } })
    expect(await verdict(verifier, ended.token)).toBe('token_revoked')
  })

  test("a deactivated member gets the API's refusal from a resource server (S35)", async () => {
    const { token } = human('carol')
    const { body: told } = await muster.call('GET', '/v1/me', { token })
    expect(told).toMatchObject({ code: 'user_deactivated', contact: 'ada', deactivated_at: expect.any(String) })
    // One verifier received the event as it happened. The other started afterwards and received it in a batch.
    const late = await aVerifier(muster, client)
    for (const one of [verifier, late]) {
      const refusal = refusalOf(await one.verify(token).catch((error: unknown) => error))
      expect(refusal?.body).toMatchObject(
        Object.fromEntries(['title', 'status', 'code', 'detail', 'organization', 'deactivated_at', 'contact'].map((field) => [field, told[field]])),
      )
    }
    await late.close()
  })

  test('a token stays revoked after its user is reactivated, and a new login is accepted', async () => {
    await admin('POST', '/members/carol/reactivate')
    await becomes(human('carol').token, 'token_revoked')
    expect(await verdict(verifier, (await muster.login(human('carol'))).token)).toBe('accepted')
  })

  test("a removed member's token is refused as membership_left", async () => {
    await admin('DELETE', '/members/dave')
    expect(await verdict(verifier, human('dave').token)).toBe('membership_left')
    expect(await verdict(verifier, (await muster.login(human('dave'))).token)).toBe('accepted')
  })

  test('a token is refused while its organization is suspended', async () => {
    const { zoe } = (await muster.organization({ zoe: 'admin' })) as { zoe: Human }
    expect(await verdict(verifier, zoe.token)).toBe('accepted')
    await muster.call('POST', '/v1/operator/organizations/zoe/suspend', { token: OPERATOR_TOKEN, body: {} })
    await becomes(zoe.token, 'organization_suspended')
    await muster.call('POST', '/v1/operator/organizations/zoe/resume', { token: OPERATOR_TOKEN })
    await becomes(zoe.token, 'accepted')
  })

  test('a user without a username is refused as not registered', async () => {
    expect(await verdict(verifier, (await muster.newcomer('newcomer')).token)).toBe('user_not_registered')
  })
})

test('a role change takes effect at once, whatever role the token has (S32)', async () => {
  const { token } = human('erin')
  const role = async (): Promise<unknown> => (await verifier.verify(token)).role
  expect(await role()).toBe('member')
  await admin('PATCH', '/members/erin', { role: 'admin' })
  expect(await role()).toBe('admin')
  await admin('PATCH', '/members/erin', { role: 'member' })
  expect(await role()).toBe('member')
})

test('a verifier knows earlier revocations when it is ready', async () => {
  await admin('POST', '/members/frank/deactivate')
  const late = await aVerifier(muster, client)
  expect(await verdict(late, human('frank').token)).toBe('user_deactivated')
  await late.close()
})

describe('API keys and clients', () => {
  test('made-up keys do not keep genuine keys and tokens from being verified', async () => {
    const { token } = await muster.login(human('bob'))
    const made = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'genuine', scope: 'all' } })
    const clock = movedClock()
    const counted = counting()
    const asked = (): number => counted.requests.filter((path) => path === '/oauth/introspect').length
    const busy = await aVerifier(muster, { ...client, clock, fetch: counted.fetch })
    const genuine = (): Promise<string> => verdict(busy, made.body.key)
    expect([await genuine(), asked()]).toEqual(['accepted', 1])
    const mistyped = Array.from({ length: 100 }, () => `muster_uk_${randomBytes(25).toString('hex').slice(0, 49)}`)
    for (const one of mistyped) expect(await verdict(busy, one)).toBe('invalid_token')
    expect(asked()).toBe(1)
    const told = new Set(await Promise.all(Array.from({ length: 1_000 }, () => verdict(busy, newOpaqueToken('muster_uk')))))
    expect(told).toEqual(new Set(['invalid_token', 'unavailable: issuer']))
    expect(asked()).toBeLessThan(600)
    // The key was accepted before, so it is introspected again even during a flood.
    clock.ahead += 601
    await eventually(async () => {
      await muster.call('DELETE', '/v1/me/sessions/current', { token: (await muster.login(human('bob'))).token }) // The event ends the pending poll.
      return busy.isCurrent()
    })
    await Promise.all(Array.from({ length: 300 }, () => verdict(busy, newOpaqueToken('muster_sk'))))
    expect([await genuine(), await verdict(busy, token)]).toEqual(['accepted', 'accepted'])
    await busy.close()
  })

  test('a key with a scope is accepted by a verifier of one of its permissions (P12)', async () => {
    const { token } = await muster.login(human('bob'))
    const { body: made } = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'CI', scope: ['resources:read'] } })
    expect(await verdict(verifier, made.key)).toBe('insufficient_scope')
    const reader = await aVerifier(muster, { ...client, scope: 'resources:read' })
    expect([...(await reader.verify(made.key)).scopes]).toEqual(['resources:read'])
    await reader.close()
  })

  test('a key that is remembered is refused from its expiry on (E71)', async () => {
    const { token } = await muster.login(human('bob'))
    const { body: made } = await muster.call('POST', '/v1/me/keys', { token, body: { description: 'CI', scope: 'all', expires_in_days: 1 } })
    await sql`update api_key set expires_at = muster_now() + interval '5 minutes' where id = ${made.id}`.execute(muster.server.database.kysely)
    const clock = movedClock()
    const late = await aVerifier(muster, { ...client, clock, lease: 300 })
    expect((await late.verify(made.key)).expiresAt).toBeTypeOf('number')
    clock.ahead += 240
    expect(await verdict(late, made.key)).toBe('accepted')
    clock.ahead += 180 // more than the tolerance of a verifier
    expect(await verdict(late, made.key)).toBe('token_expired')
    await late.close()
  })

  test('a key is introspected once, and refused when it or its holder loses access (S59)', async () => {
    const bob = await muster.login(human('bob'))
    const keys = await Promise.all(
      ['one', 'two', 'three'].map((description) => muster.call('POST', '/v1/me/keys', { token: bob.token, body: { description, scope: 'all' } })),
    )
    const [one, two, three] = keys.map(({ body }) => body)
    const asked = (): number => net.requests.filter((path) => path === '/oauth/introspect').length
    const before = asked()
    for (let round = 0; round < 10; round++) expect(await verifier.verify(one.key)).toMatchObject({ kind: 'user', sub: bob.id, role: 'member', keyId: one.id })
    await Promise.all(Array.from({ length: 10 }, () => verifier.verify(two.key)))
    expect(asked() - before).toBe(2)
    await muster.call('DELETE', `/v1/me/keys/${one.id}`, { token: bob.token })
    await becomes(one.key, 'token_revoked')
    await admin('POST', '/members/bob/deactivate')
    expect(await verdict(verifier, two.key)).toBe('user_deactivated')
    expect(asked() - before).toBe(2)
    expect(await verdict(verifier, three.key)).toBe('user_deactivated') // This verifier has not seen the third key before.
    expect(await verdict(verifier, three.key)).toBe('user_deactivated')
    expect(asked() - before).toBe(3)
    await admin('POST', '/members/bob/reactivate')
  })

  test("a client's own token is accepted only by a verifier that allows clients", async () => {
    const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client.clientId, client_secret: client.clientSecret, scope: 'signals' })
    const { body } = await muster.call('POST', '/oauth/token', { body: form.toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } })
    expect(await verdict(verifier, body.access_token)).toBe('forbidden')
    const open = await aVerifier(muster, { ...client, clients: true })
    expect(await open.verify(body.access_token)).toMatchObject({ kind: 'client', sub: client.clientId, organizationId: null })
    await open.close()
  })
})

describe('verifiers that cannot decide', () => {
  test('a verifier has no setting that disables its checks', () => {
    for (const lease of [0, 9, 301, 30.5, Number.POSITIVE_INFINITY]) expect(() => createVerifier({ issuer: muster.url, ...client, lease })).toThrow(RangeError)
    expect(() => createVerifier({ issuer: muster.url, ...client, onStale: 'accept' as never })).toThrow(RangeError)
  })

  test('a verifier with a wrong secret never becomes ready and says why', async () => {
    const blind = createVerifier({ issuer: muster.url, ...client, clientSecret: 'wrong', onStale: 'refuse' })
    await expect(blind.ready(1)).rejects.toMatchObject({
      name: 'VerifierUnavailable',
      reason: 'configuration',
      message: expect.stringContaining('clientSecret'),
    })
    expect(await verdict(blind, (await muster.login(human('erin'))).token)).toBe('unavailable: stale')
    await blind.close()
  })

  test('a closed verifier accepts nothing and is not waited for', async () => {
    const closed = await aVerifier(muster, client)
    await closed.close()
    expect(await verdict(closed, human('erin').token)).toBe('unavailable: closed')
    const { body } = await admin('PATCH', '/members/erin', { role: 'admin' })
    expect(body.revocation.missing).toEqual([])
  })
})

test("the SDK's codes and texts are those of the API", () => {
  for (const [code, refusal] of Object.entries(refusals)) expect(problems[code as keyof typeof problems]).toEqual(refusal)
})

test("the SDK's core needs only fetch and WebCrypto", () => {
  const folder = new URL('../src/', import.meta.url)
  const ofNode = ['node-http.ts', 'express.ts']
  for (const file of readdirSync(folder).filter((name) => !ofNode.includes(name))) {
    const source = readFileSync(new URL(file, folder), 'utf8')
    for (const [, from] of source.matchAll(/^(?:import|export)\b[^;]*?\bfrom '([^']+)'/gm)) {
      expect(from, file).toMatch(/^(\.\/[a-z-]+\.ts|jose|fastify|hono|@muster\/contract\/(authentication|permissions|revocation|hash-index)\.ts)$/)
    }
    expect(source, file).not.toMatch(/\bBuffer\b|\brequire\(|\bsetImmediate\b|\bimport\(/)
  }
})

test('a verifier renews its own token before it expires, without refusing any', async () => {
  const clock = movedClock()
  const errors: unknown[] = []
  const counted = counting()
  const long = await aVerifier(muster, { ...client, clock, fetch: counted.fetch, onError: (error) => errors.push(error) })
  const tokens = (): number => counted.requests.filter((path) => path === '/oauth/token').length
  expect(tokens()).toBe(1)
  clock.ahead += 3_541 // The token lives 3,600 seconds.
  await eventually(async () => {
    await muster.call('DELETE', '/v1/me/sessions/current', { token: (await muster.login(human('bob'))).token })
    return long.isCurrent()
  })
  expect([tokens(), errors]).toEqual([2, []])
  await long.close()
})
