import { createVerifier } from '@muster/sdk'
import { createAccessTokens } from '@muster/server/oauth/access-tokens.ts'
import { createSigningKeys } from '@muster/server/oauth/signing-keys.ts'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { aResourceServer, aStream, BATCH } from '../signals/receiving.ts'
import { anotherServer } from '../signals/servers.ts'

// A signing key has leaked and is withdrawn through one of two server processes.

let one: Muster
let two: Muster
let ada: Human
beforeAll(async () => {
  one = await startMuster({ engine: 'postgres' })
  ada = await one.person('ada')
  two = await anotherServer(one)
})
afterAll(async () => {
  await two.close()
  await one.close()
})

const operator = (method: string, path = '', headers: Record<string, string> = {}) =>
  one.call(method, `/v1/operator/signing-keys${path}`, { token: OPERATOR_TOKEN, headers })
const states = async (): Promise<Record<string, string>> =>
  Object.fromEntries((await operator('GET')).body.keys.filter(({ alg }: any) => alg === 'ES256').map(({ kid, state }: any) => [kid, state]))
const kidOf = (token: string): string => decodeProtectedHeader(token).kid as string
const login = async (at = one): Promise<string> => (await at.login(ada)).token
const published = async (at: Muster): Promise<string[]> => (await at.call('GET', '/.well-known/jwks.json')).body.keys.map(({ kid }: any) => kid)
const at = (server: Muster, token: string) => server.call('GET', '/v1/me', { token })

test('every token of a withdrawn key is refused at every process after the response', async () => {
  const tokens = [await login(one), await login(two)]
  const kid = kidOf(tokens[0] as string)
  const service = await aResourceServer(one, ['hosts:read'])
  for (const server of [one, two]) for (const token of tokens) expect((await at(server, token)).status).toBe(200)
  const gateway = (server: Muster, token: string, query = '') => server.call('GET', `/v1/forward-auth${query}`, { token })
  for (const server of [one, two]) {
    expect((await gateway(server, tokens[0] as string)).status).toBe(200)
    expect((await gateway(server, service.token, '?clients=true')).status).toBe(200)
  }
  const answer = await operator('DELETE', `/${kid}`)
  expect(answer).toMatchObject({ status: 200, body: { withdrawn: kid } })
  for (const server of [one, two]) {
    for (const token of tokens) {
      expect((await at(server, token)).body.code).toBe('invalid_token')
      expect((await gateway(server, token)).body.code).toBe('invalid_token')
      expect((await server.call('GET', '/oauth/userinfo', { token })).body.code).toBe('invalid_token')
    }
    expect((await gateway(server, service.token, '?clients=true')).body.code).toBe('invalid_token')
    expect(await published(server)).not.toContain(kid)
    const fresh = await login(server)
    expect(kidOf(fresh)).not.toBe(kid)
    for (const other of [one, two]) expect((await at(other, fresh)).status).toBe(200)
  }
})

test('a process that has not read the keys for a second reads them before it verifies', async () => {
  const { config, store, execute, keys } = one.server.services
  const settings = { store, execute, keys, onChange: () => {}, onError: () => {}, pollMilliseconds: 1_000_000, freshMilliseconds: 1 }
  const signingKeys = await createSigningKeys(settings)
  onTestFinished(() => signingKeys.stop())
  const { verifyAccessToken } = createAccessTokens({ config, store, signingKeys })
  const token = await login()
  await verifyAccessToken(token)
  await operator('DELETE', `/${kidOf(token)}`)
  await expect(verifyAccessToken(token)).rejects.toMatchObject({ code: 'invalid_token' })
})

test('an upcoming key signs at once when the signing key is withdrawn', async () => {
  const first = kidOf(await login())
  await operator('POST', '/rotate')
  const [upcoming] = Object.entries(await states()).find(([, state]) => state === 'upcoming') as [string, string]
  await operator('DELETE', `/${first}`)
  expect(await states()).toEqual({ [upcoming]: 'signing' })
  for (const server of [one, two]) expect(kidOf(await login(server))).toBe(upcoming)
})

test('the signing key stays when the upcoming key is withdrawn', async () => {
  const token = await login()
  await operator('POST', '/rotate')
  const [upcoming] = Object.entries(await states()).find(([, state]) => state === 'upcoming') as [string, string]
  await operator('DELETE', `/${upcoming}`)
  expect(await states()).toEqual({ [kidOf(token)]: 'signing' })
  expect((await at(two, token)).status).toBe(200)
  const { body } = await operator('POST', '/rotate')
  expect(body.keys.filter(({ state }: any) => state === 'upcoming').length).toBeGreaterThanOrEqual(1)
})

test('a verifier refuses tokens of a withdrawn key once the withdrawal is answered', async () => {
  const body = { name: 'Resource server', grants: ['client_credentials'], scopes: ['signals', 'introspect'] }
  const { body: client } = await one.call('POST', '/v1/operator/clients', { token: OPERATOR_TOKEN, body })
  const verifier = createVerifier({ issuer: one.url, clientId: client.id, clientSecret: client.secret, lease: 300 })
  onTestFinished(() => verifier.close())
  await verifier.ready(60)
  const token = await login()
  await verifier.verify(token)
  const { body: answer } = await operator('DELETE', `/${kidOf(token)}`, { prefer: 'wait=10' })
  expect(answer.revocation).toMatchObject({ missing: [] })
  await expect(verifier.verify(token)).rejects.toMatchObject({ code: 'invalid_token' })
  const fresh = await login(two)
  expect((await verifier.verify(fresh)).sub).toBe(ada.id)
  expect(answer.unaware).toEqual([])

  // After the key of events is withdrawn too, revocations must still arrive.
  const { kid: eventKid } = (await operator('GET')).body.keys.find(({ alg, state }: any) => alg === 'RS256' && state === 'signing')
  await operator('DELETE', `/${eventKid}`, { prefer: 'wait=10' })
  const { body: ended } = await one.call('DELETE', '/v1/me/sessions/current', { token: fresh, headers: { prefer: 'wait=20' } })
  expect(ended.revocation).toMatchObject({ missing: [] })
  await expect(verifier.verify(fresh)).rejects.toMatchObject({ code: 'token_revoked' })
})

test('a withdrawal names the receivers that cannot be informed', async () => {
  const service = await aResourceServer(one)
  const older = await aStream(one, service, { description: 'billing of last year', events_requested: [BATCH] })
  await older.drain()
  const { body } = await operator('DELETE', `/${kidOf(await login())}`)
  expect(body.unaware).toEqual([{ id: older.id, client: service.clientId, description: 'billing of last year' }])
  await older.remove()
})

test('a withdrawal is recorded once, and an unknown key is refused', async () => {
  const kid = kidOf(await login())
  expect((await operator('DELETE', '/nothing')).body.code).toBe('signing_key_not_found')
  await operator('DELETE', `/${kid}`)
  expect((await operator('DELETE', `/${kid}`)).body.code).toBe('signing_key_not_found')
  const rows = await one.server.database.kysely
    .selectFrom('audit_event')
    .selectAll()
    .where('type', '=', 'signing_key.withdrawn')
    .where('target', '=', kid)
    .execute()
  expect(rows).toMatchObject([{ actor_kind: 'operator', details: { alg: 'ES256' } }])
})
