import assert from 'node:assert/strict'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose'
import { afterAll, afterEach, beforeAll, test } from 'vitest'
import { deviceLogin } from './conversation.ts'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster()
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

const operator = () => ({ token: muster.config.operatorToken ?? '' })
const published = async (): Promise<string[]> => (await muster.call('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: { kid: string }) => kid)
const kidOf = (token: string): string => decodeProtectedHeader(token).kid ?? ''

test('the JWKS has no private keys and is cached for less time than a new key waits', async () => {
  const { headers, body } = await muster.call('GET', '/.well-known/jwks.json')
  assert.equal(headers.get('cache-control'), 'public, max-age=300')
  for (const key of body.keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
})

test('a new key is published before it signs, and the old one stays for a day (E06)', async () => {
  const ada = await muster.person('ada')
  const { access_token: before } = await deviceLogin(muster, ada)
  const [first = ''] = await published()
  assert.equal(kidOf(before), first)
  const remote = createRemoteJWKSet(new URL(`${muster.url}/.well-known/jwks.json`))
  const verified = (token: string) => jwtVerify(token, remote, { issuer: muster.url, audience: muster.config.audience, typ: 'at+jwt' })
  await verified(before)

  const { body } = await muster.call('POST', '/v1/operator/signing-keys/rotate', operator())
  assert.deepEqual(body.keys.map(({ state }: { state: string }) => state).sort(), ['signing', 'upcoming'])
  assert.equal((await muster.call('POST', '/v1/operator/signing-keys/rotate', operator())).body.keys.length, 2, 'one on its way is enough')
  assert.equal((await published()).length, 2)
  assert.equal(kidOf((await deviceLogin(muster, ada)).access_token), first)

  await muster.clock.advance(601)
  await muster.call('GET', '/v1/operator/signing-keys', operator()) // The request makes this process read the keys now instead of within seconds.
  const { access_token: after, id_token = '' } = await deviceLogin(muster, ada)
  assert.notEqual(kidOf(after), first)
  assert.equal(kidOf(id_token), kidOf(after))
  assert.equal((await muster.call('GET', '/v1/me', { token: before })).status, 200)
  assert.equal((await muster.call('GET', '/v1/me', { token: after })).status, 200)

  await muster.clock.advance(25 * 3_600)
  await muster.call('GET', '/v1/operator/signing-keys', operator())
  assert.ok((await published()).includes(first))
  await muster.clock.advance(24 * 3_600)
  await muster.call('GET', '/v1/operator/signing-keys', operator())
  assert.ok(!(await published()).includes(first))
})

test('a server process reads a new key that another process created', async () => {
  const postgres = await startMuster({ engine: 'postgres' })
  const servers = [postgres, ...(await Promise.all([1, 2].map(() => startMuster({ databaseUrl: postgres.config.databaseUrl ?? '' }))))]
  try {
    const keysOf = async (one: Muster) => JSON.stringify((await one.call('GET', '/.well-known/jwks.json')).body)
    assert.equal(new Set(await Promise.all(servers.map(keysOf))).size, 1)
    await servers[1]?.call('POST', '/v1/operator/signing-keys/rotate', operator())
    for (let waited = 0; new Set(await Promise.all(servers.map(keysOf))).size > 1; waited += 100) {
      assert.ok(waited < 5_000, 'a process did not notice the new key')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.equal(JSON.parse(await keysOf(postgres)).keys.length, 2)
  } finally {
    for (const server of servers.reverse()) await server.close()
  }
})

test('the key of events is published when the first client may receive events (E06)', async () => {
  const fresh = await startMuster()
  const algs = async () => (await fresh.call('GET', '/.well-known/jwks.json')).body.keys.map(({ alg }: { alg: string }) => alg).sort()
  const register = (scopes: string[]) =>
    fresh.call('POST', '/v1/operator/clients', {
      token: fresh.config.operatorToken ?? '',
      body: { name: 'billing', grants: ['client_credentials'], scopes },
    })
  await register(['introspect'])
  assert.deepEqual(await algs(), ['ES256'])
  await register(['signals'])
  assert.deepEqual(await algs(), ['ES256', 'RS256'])
  await fresh.close()
})
