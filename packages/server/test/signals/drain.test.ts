import type { Human, Muster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aResourceServer, aStream, type ResourceServer, type Stream } from './receiving.ts'
import { anotherServer, severalServers } from './servers.ts'

// A process that drains (O5) beside one that goes on. The first test has requests waiting when the drain begins.

let going: Muster
let draining: Muster
let service: ResourceServer
let stream: Stream
let people: Record<string, Human>
beforeAll(async () => {
  ;[going, draining] = (await severalServers(2)) as [Muster, Muster]
  service = await aResourceServer(going)
  people = await going.organization({ ada: 'admin', bob: 'member', carol: 'member' })
  stream = await aStream(going, service, { inactivity_timeout: 300 })
  await stream.drain()
})
afterAll(async () => {
  await draining.close()
  await going.close()
})

const tokenOf = (name: string) => people[name]?.token as string
const receivers = async () =>
  (await sql<{ description: string }>`select description from receiver where method = 'server'`.execute(going.server.database.kysely)).rows
const deactivate = (at: Muster, name: string, prefer: string) =>
  at.call('POST', `/v1/organizations/ada/members/${name}/deactivate`, { token: tokenOf('ada'), headers: { prefer } })

test('a drain answers held requests at once', async () => {
  const poll = stream.poll({}, draining)
  const changes = draining.call('GET', '/v1/me/changes', { token: tokenOf('ada'), headers: { prefer: 'wait=30' } })
  await draining.call('GET', '/v1/forward-auth', { token: tokenOf('ada') })
  expect(await receivers()).toHaveLength(1)
  const silent = await aStream(going, service, { inactivity_timeout: 300 }) // never acknowledges
  const deactivation = deactivate(draining, 'carol', 'wait=30')
  await expect.poll(async () => (await going.call('GET', '/v1/organizations/ada/members/carol', { token: tokenOf('ada') })).body.status).toBe('deactivated')
  await poll // which the deactivation ended
  await stream.drain(draining)
  const next = stream.poll({}, draining)
  await draining.server.drain()
  expect((await next).body).toMatchObject({ sets: {}, muster: { current: true } })
  expect((await changes).body.changed).toBe(false)
  const { member, revocation } = (await deactivation).body
  expect(member.status).toBe('deactivated')
  expect(revocation.missing.map(({ id }: { id: string }) => id)).toContain(silent.id)
  await silent.remove()
})

test('a draining process is not ready, still serves, and ends each connection', async () => {
  await draining.server.drain()
  expect((await draining.call('GET', '/readyz')).status).toBe(503)
  for (const path of ['/healthz', '/v1/me', '/v1/forward-auth', '/sign-in', '/v1/nothing']) {
    const { status, headers } = await draining.call('GET', path, { token: tokenOf('ada') })
    expect([path, status, headers.get('connection')]).toEqual([path, path === '/v1/nothing' ? 404 : 200, 'close'])
  }
  expect((await going.call('GET', '/healthz')).headers.get('connection')).toBe('keep-alive')
})

test('a draining process is no receiver, and refuses access that ends elsewhere', async () => {
  await draining.server.drain()
  expect((await draining.call('GET', '/v1/forward-auth', { token: tokenOf('bob') })).status).toBe(200)
  expect(await receivers()).toEqual([])
  expect((await deactivate(going, 'bob', 'wait=0')).status).toBe(200)
  expect((await draining.call('GET', '/v1/forward-auth', { token: tokenOf('bob') })).body.code).toBe('user_deactivated')
})

test('a draining process answers a poll within a second', async () => {
  await draining.server.drain()
  await stream.drain(draining)
  const { body } = await stream.poll({}, draining)
  expect(body).toMatchObject({ sets: {}, muster: { current: true } })
})

test('a draining process takes no job, and another process takes it', async () => {
  await draining.server.drain()
  await going.close()
  const invite = (email: string) => draining.call('POST', '/v1/organizations/ada/invitations', { token: tokenOf('ada'), body: { email } })
  expect((await invite('dora@example.com')).status).toBe(201)
  const states = async () => (await sql<{ state: string }>`select state::text from jobs.job where name = 'mail'`.execute(draining.server.database.kysely)).rows
  expect(await states()).toEqual([{ state: 'created' }])
  going = await anotherServer(draining)
  await going.mail.next('dora@example.com')
})
