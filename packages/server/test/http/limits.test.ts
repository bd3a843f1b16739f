import { type LimitName, limits } from '@muster/server/domain/command/limits.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'

// The rate limits that no other test reaches. Each is spent by the request that it limits.

let muster: Muster
let ada: Human
let organizationId: string
beforeAll(async () => {
  muster = await startMuster()
  ada = (await muster.organization({ ada: 'admin', bob: 'member' }))['ada'] as Human
  organizationId = (await muster.call('GET', '/v1/me', { token: ada.token })).body.organization.id
})
afterAll(() => muster.close())

const useUp = (name: LimitName, key: string) => muster.server.services.limits.spend(name, key, limits[name].points)

test('a username is checked only within the limit of the address', async () => {
  const check = () => muster.call('GET', '/v1/usernames/zoe')
  expect((await check()).body).toMatchObject({ available: true })
  await useUp('username by address', '127.0.0.1').catch(() => {}) // One was spent already.
  expect((await check()).status).toBe(429)
})

test('a resource is registered only within the limit of the organization', async () => {
  const register = (name: string) => muster.call('PUT', `/v1/organizations/ada/resources/application/${name}`, { token: ada.token })
  expect((await register('shop')).status).toBe(201)
  await useUp('resource by organization', organizationId).catch(() => {})
  expect((await register('blog')).status).toBe(429)
})

test('a role is created and changed only within the limit of the organization', async () => {
  const call = (method: string, path: string, body: unknown) => muster.call(method, `/v1/organizations/ada/roles${path}`, { token: ada.token, body })
  expect((await call('POST', '', { name: 'Deployer', permissions: [] })).status).toBe(201)
  await useUp('role by organization', organizationId).catch(() => {})
  expect((await call('POST', '', { name: 'Other', permissions: [] })).status).toBe(429)
  expect((await call('PATCH', '/Deployer', { description: 'Deploys' })).status).toBe(429)
})

test('a link of an invitation is copied only within the limit of the sender', async () => {
  const { body } = await muster.call('POST', '/v1/organizations/ada/invitations', { token: ada.token, body: { email: 'carol@example.com' } })
  const path = `/v1/organizations/ada/invitations/${body.id ?? body.invitation?.id ?? body.results[0].invitation.id}/link`
  expect((await muster.call('POST', path, { token: ada.token })).status).toBe(200)
  await useUp('invitation link by sender', ada.id).catch(() => {})
  expect((await muster.call('POST', path, { token: ada.token })).status).toBe(429)
})
