import { freePort, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aResourceServer, aStream, BATCH, PUSH, type ResourceServer } from './receiving.ts'
import { aSink } from './sink.ts'

// A push receiver that no longer answers is not waited for.

const STREAM_UPDATED = 'https://schemas.openid.net/secevent/ssf/event-type/stream-updated'
let muster: Muster
let service: ResourceServer
let people: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  service = await aResourceServer(muster)
  people = await muster.organization({ ada: 'admin', bob: 'member' })
})
afterAll(() => muster.close())

const deactivate = (seconds: number) =>
  muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: people['ada']?.token, headers: { prefer: `wait=${seconds}` } })
const operator = (method: string, path: string) => muster.call(method, `/v1/operator/streams${path}`, { token: OPERATOR_TOKEN })
const status = (id: string) => muster.call('GET', `/ssf/status?stream_id=${id}`, { token: service.token })
const deadEnd = async () => ({ delivery: { method: PUSH, endpoint_url: `http://127.0.0.1:${await freePort()}/` } })
const fails = (id: string, since: string) =>
  sql`update receiver set push_failures = 5, failing_since = muster_now() - ${since}::interval, push_after = muster_now() where id = ${id}`.execute(
    muster.server.database.kysely,
  )

test('a push receiver that does not answer is named and not waited for', async () => {
  const stream = await aStream(muster, service, await deadEnd())
  await fails(stream.id, '1 minute')
  const { body } = await deactivate(20)
  expect(body.revocation).toMatchObject({ receivers: 1, acknowledged: 0, missing: [{ id: stream.id }], ended_everywhere_at: null })
  expect(body.revocation.waited_ms).toBeLessThan(10_000)
  await stream.remove()
})

test('a push stream is paused after hours of failures, and its receiver is informed', async () => {
  const stream = await aStream(muster, service, await deadEnd())
  await fails(stream.id, '7 hours')
  await expect.poll(async () => (await status(stream.id)).body.status, { timeout: 60_000 }).toBe('paused')
  expect((await status(stream.id)).body.reason).toMatch(/^Pushes have failed since /)
  expect((await deactivate(0)).body.revocation).toMatchObject({ receivers: 0, missing: [] })
  const sink = await aSink()
  await muster.call('PATCH', '/ssf/streams', { token: service.token, body: { stream_id: stream.id, delivery: sink.delivery } })
  await muster.call('POST', '/ssf/status', { token: service.token, body: { stream_id: stream.id, status: 'enabled' } })
  const told = () => sink.received.map(({ events }) => events[STREAM_UPDATED]).filter((event) => event !== undefined)
  await expect.poll(told, { timeout: 60_000 }).toEqual([{ status: 'paused', reason: expect.stringMatching(/^Pushes have failed since /) }])
  await stream.remove()
  await sink.close()
})

test('the operator lists and removes streams, which count until their lease ends', async () => {
  const stream = await aStream(muster, service, { description: 'left behind', events_requested: [BATCH] })
  const { body } = await operator('GET', `?client=${service.clientId}`)
  expect(body.items).toEqual([
    expect.objectContaining({ id: stream.id, client: service.clientId, method: 'poll', description: 'left behind', status: 'enabled' }),
  ])
  expect((await operator('GET', '?client=cli_nobody')).body.items).toEqual([])
  expect((await operator('DELETE', `/${stream.id}`)).body).toEqual({ removed: stream.id })
  expect(await operator('DELETE', `/${stream.id}`)).toMatchObject({ status: 404, body: { code: 'stream_not_found' } })
  expect((await operator('GET', '')).body.items).toEqual([])
  await expect.poll(async () => (await stream.poll()).status, { timeout: 60_000 }).toBe(404)
  expect((await deactivate(0)).body.revocation).toMatchObject({ receivers: 1, missing: [{ id: stream.id }] })
  await muster.clock.advance(400)
  await muster.server.services.store.reading.receivers.deleteLapsed(3_600)
  expect((await sql`select from receiver`.execute(muster.server.database.kysely)).rows).toEqual([])
  await muster.clock.restore()
})
