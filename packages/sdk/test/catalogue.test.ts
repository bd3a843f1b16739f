import type { Verifier } from '@muster/sdk'
import { type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { deviceLogin } from '../../server/test/oauth/conversation.ts'
import { aVerifier, type Counting, counting } from './verifying.ts'

// A change of an API's permissions and grants at verifiers (P10).

const DEPLOY = 'https://deploy.example.com'
const PERMISSIONS = { 'apps:read': 'See applications', 'apps:deploy': 'Deploy applications' }
let muster: Muster
let people: Record<string, Human>
let http: Counting
let verifier: Verifier
const closing: Verifier[] = []

const operator = async (path: string, body: unknown, method = 'POST') => {
  const answer = await muster.call(method, path, { token: OPERATOR_TOKEN, body })
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
const apply = (member: string[], permissions: Record<string, string> = PERMISSIONS) =>
  operator('/v1/operator/apis?remove_used=true', { apis: [{ name: 'Deploy', audience: DEPLOY, permissions, grant: { member } }] }, 'PUT')
const tokenOf = async (name: string): Promise<string> =>
  (await deviceLogin(muster, await muster.login(people[name] as Human), 'api', { resource: DEPLOY })).access_token
const permissionsOf = async (credential: string, by = verifier): Promise<string[]> => [...((await by.verify(credential)).permissions ?? [])].sort()
const introspections = (): number => http.requests.filter((path) => path === '/oauth/introspect').length
const verifierOf = async (fetch = http.fetch): Promise<Verifier> => {
  const { id, secret } = await operator('/v1/operator/clients', {
    name: 'deploy',
    grants: ['client_credentials'],
    scopes: ['signals', 'introspect'],
    api: DEPLOY,
  })
  const made = await aVerifier(muster, { clientId: id, clientSecret: secret, audience: DEPLOY, fetch })
  closing.push(made)
  return made
}

beforeAll(async () => {
  muster = await startMuster()
  people = await muster.organization({ ada: 'admin', bob: 'member', cyd: 'member' })
  http = counting()
  await apply(['apps:read', 'apps:deploy'])
  verifier = await verifierOf()
})
afterAll(async () => {
  await Promise.all(closing.map((one) => one.close()))
  await muster.close()
})

test('a changed grant counts at once for tokens and keys that were issued before (P10)', async () => {
  await apply(['apps:read', 'apps:deploy'])
  const tokens = [await tokenOf('bob'), await tokenOf('cyd')]
  const { body: created } = await muster.call('POST', '/v1/me/keys', {
    token: people['bob']?.token,
    body: { description: 'CI', scope: ['apps:read', 'apps:deploy'] },
  })
  const credentials = [...tokens, created.key as string]
  for (const credential of credentials) expect(await permissionsOf(credential)).toEqual(['apps:deploy', 'apps:read'])
  http.requests.length = 0
  await apply(['apps:read'])
  for (const credential of credentials) await expect.poll(() => permissionsOf(credential)).toEqual(['apps:read'])
  const asked = introspections()
  for (const credential of credentials) expect(await permissionsOf(credential)).toEqual(['apps:read'])
  expect(introspections(), 'each credential is introspected once').toBe(asked)
  expect(await permissionsOf(tokens[0] as string, await verifierOf()), 'a verifier that read the change from its snapshot').toEqual(['apps:read'])

  await apply(['apps:*'])
  for (const credential of credentials) await expect.poll(() => permissionsOf(credential)).toEqual(['apps:deploy', 'apps:read'])
})

test('a removed permission counts for no token of an admin (P10)', async () => {
  await apply(['apps:read'])
  const token = await tokenOf('ada')
  expect(await permissionsOf(token)).toEqual(['apps:deploy', 'apps:read'])
  await apply(['apps:read'], { 'apps:read': 'See applications' })
  await expect.poll(() => permissionsOf(token)).toEqual(['apps:read'])
})

test('another description makes a verifier introspect nothing (P10)', async () => {
  await apply(['apps:read'])
  const token = await tokenOf('bob')
  expect(await permissionsOf(token)).toEqual(['apps:read'])
  http.requests.length = 0
  await apply(['apps:read'], { ...PERMISSIONS, 'apps:read': 'See all applications' })
  await apply(['apps:read', 'apps:deploy'])
  await expect.poll(() => permissionsOf(token)).toEqual(['apps:deploy', 'apps:read'])
  expect(introspections()).toBe(1)
})

test('a token from before an API was removed and came back is introspected (P10)', async () => {
  await apply(['apps:*'])
  const other = { name: 'Bills', audience: 'https://bills.example.com', permissions: { 'bills:read': 'See bills' }, grant: { member: ['bills:read'] } }
  const deploy = { name: 'Deploy', audience: DEPLOY, permissions: PERMISSIONS, grant: { member: ['apps:*'] } }
  const revisionOf = async (): Promise<number> => {
    await operator('/v1/operator/apis', { apis: [deploy, other] }, 'PUT')
    const { access_token: token } = await deviceLogin(muster, await muster.login(people['bob'] as Human), 'api', { resource: other.audience })
    return decodeJwt(token)['catalogue_revision'] as number
  }
  const before = await revisionOf()
  await operator('/v1/operator/apis', { apis: [deploy] }, 'PUT')
  expect(await revisionOf()).toBeGreaterThan(before)
})

test('a verifier takes the answer of an issuer of the version before (P10, P11)', async () => {
  await apply(['apps:*'])
  const token = await tokenOf('cyd')
  const earlier = await verifierOf(async (input, init) => {
    const answer = await fetch(input, init)
    if (!String(input).endsWith('/oauth/introspect')) return answer
    const { catalogue_revision: _, ...body } = (await answer.json()) as Record<string, unknown>
    return Response.json(body, { status: answer.status })
  })
  await apply(['apps:read'])
  await expect.poll(() => permissionsOf(token, earlier)).toEqual(['apps:read'])
  expect(await permissionsOf(token, earlier)).toEqual(['apps:read'])
})
