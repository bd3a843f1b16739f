import { limits } from '@muster/server/domain/command/limits.ts'
import { type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'

let muster: Muster
beforeAll(async () => {
  muster = await startMuster({ env: { MUSTER_COMPAT: 'dbos' } })
})
afterAll(() => muster.close())

test("a plain member cannot use up the organization's limit of secrets", async () => {
  const { ada, bob } = (await muster.organization({ ada: 'admin', bob: 'member' })) as Record<'ada' | 'bob', { token: string }>
  expect((await muster.call('GET', '/v1alpha1/ada/secret', { token: bob.token })).status).toBe(403)
  const spent = () => sql`select key from attempt where key like 'secret-by-organization%'`.execute(muster.server.database.kysely)
  expect((await spent()).rows).toEqual([])
  expect((await muster.call('GET', '/v1alpha1/ada/secret', { token: ada.token })).status).toBe(200)
  expect((await spent()).rows).toHaveLength(1)
})

test('a wrong secret is counted at registration and when joining', async () => {
  const [zoe, nan] = [await muster.person('zoe'), await muster.newcomer('nan')]
  await muster.server.services.limits.spend('invitation token by address', '127.0.0.1', limits['invitation token by address'].points)
  const secret = 'muster_os_made_up'
  expect((await muster.call('POST', '/v1alpha1/ada/join', { token: zoe.token, body: { secret } })).status).toBe(429)
  expect((await muster.call('PUT', '/v1alpha1/user', { token: nan.token, body: { name: 'nan', secret } })).status).toBe(429)
})
