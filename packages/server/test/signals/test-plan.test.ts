import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aResourceServer, aStream, claimsOf, POLL, PUSH, type ResourceServer, verifiedClaims } from './receiving.ts'

// The transmitter cases of the OpenID Foundation's Shared Signals test plan.

let muster: Muster
let service: ResourceServer
let other: ResourceServer
beforeAll(async () => {
  muster = await startMuster()
  service = await aResourceServer(muster)
  other = await aResourceServer(muster)
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

const call = (method: string, path: string, body?: unknown, token: string | undefined = service.token) => muster.call(method, path, { token, body })
const session = 'https://schemas.openid.net/secevent/caep/event-type/session-revoked'
const verification = 'https://schemas.openid.net/secevent/ssf/event-type/verification'

test('the metadata names every endpoint without a login', async () => {
  const { status, body, headers } = await muster.call('GET', '/.well-known/ssf-configuration')
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
  expect(body).toMatchObject({
    spec_version: '1_0',
    issuer: muster.url,
    jwks_uri: `${muster.url}/.well-known/jwks.json`,
    delivery_methods_supported: [POLL, PUSH],
    configuration_endpoint: `${muster.url}/ssf/streams`,
    status_endpoint: `${muster.url}/ssf/status`,
    verification_endpoint: `${muster.url}/ssf/verification`,
    add_subject_endpoint: `${muster.url}/ssf/subjects:add`,
    remove_subject_endpoint: `${muster.url}/ssf/subjects:remove`,
    authorization_schemes: [{ spec_urn: 'urn:ietf:rfc:6749' }],
    default_subjects: 'ALL',
  })
  expect((await muster.call('GET', new URL(body.jwks_uri).pathname)).body.keys.length).toBeGreaterThan(0)
})

test('a stream can be created, read, updated, replaced, paused and deleted', async () => {
  const made = await call('POST', '/ssf/streams', {
    delivery: { method: POLL },
    events_requested: [session, 'https://example.com/unknown'],
    description: 'one',
    inactivity_timeout: 60,
  })
  expect(made.status).toBe(201)
  const { stream_id: id } = made.body
  expect(made.body).toEqual({
    stream_id: expect.stringMatching(/^str_/),
    muster: { api: null, audiences: [muster.url] },
    iss: muster.url,
    aud: service.clientId,
    delivery: { method: POLL, endpoint_url: `${muster.url}/ssf/streams/${id}/poll` },
    events_supported: expect.arrayContaining([session]),
    events_requested: [session, 'https://example.com/unknown'],
    events_delivered: [session],
    description: 'one',
    inactivity_timeout: 60,
  })
  expect((await call('GET', `/ssf/streams?stream_id=${id}`)).body).toEqual(made.body)
  expect((await call('GET', '/ssf/streams')).body).toContainEqual(made.body)

  const updated = await call('PATCH', '/ssf/streams', { stream_id: id, description: 'two' })
  expect([updated.status, updated.body]).toEqual([200, { ...made.body, description: 'two' }])
  const agreed = await call('PATCH', '/ssf/streams', { ...made.body, description: 'two', delivery: { method: POLL } })
  expect([agreed.status, agreed.body]).toEqual([200, updated.body])
  const replaced = await call('PUT', '/ssf/streams', { stream_id: id, delivery: { method: POLL }, iss: muster.url, aud: service.clientId })
  expect(replaced.status).toBe(200)
  expect(replaced.body).toMatchObject({ stream_id: id, inactivity_timeout: 30, events_delivered: expect.arrayContaining([session]) })
  expect([replaced.body.description, replaced.body.events_requested]).toEqual([undefined, undefined])

  expect((await call('GET', `/ssf/status?stream_id=${id}`)).body).toEqual({ stream_id: id, status: 'enabled' })
  const paused = await call('POST', '/ssf/status', { stream_id: id, status: 'paused', reason: 'a holiday' })
  expect([paused.status, paused.body]).toEqual([200, { stream_id: id, status: 'paused', reason: 'a holiday' }])

  expect((await call('DELETE', `/ssf/streams?stream_id=${id}`)).status).toBe(204)
  expect((await call('GET', `/ssf/streams?stream_id=${id}`)).status).toBe(404)
})

describe('an invalid request', () => {
  const broken: [string, string, (id: string) => unknown][] = [
    ['create', 'POST /ssf/streams', () => ({ delivery: { method: 'urn:ietf:rfc:0' } })],
    ['create', 'POST /ssf/streams', () => ({ delivery: { method: PUSH } })],
    ['create', 'POST /ssf/streams', () => ({ delivery: { method: PUSH, endpoint_url: 'ftp://example.com' } })],
    ['create', 'POST /ssf/streams', () => ({ delivery: { method: PUSH, endpoint_url: 'https://u:p@example.com' } })],
    ['create', 'POST /ssf/streams', () => ({ delivery: { method: PUSH, endpoint_url: 'https://example.com', authorization_header: 'a\r\nb: c' } })],
    ['create', 'POST /ssf/streams', () => ({ events_requested: 'all' })],
    ['create', 'POST /ssf/streams', () => ({ inactivity_timeout: 1 })],
    ['create', 'POST /ssf/streams', () => '{"delivery":'],
    ['update', 'PATCH /ssf/streams', () => ({ description: 'no stream_id' })],
    ['update', 'PATCH /ssf/streams', (id) => ({ stream_id: id, iss: 'https://other.example' })],
    ['update', 'PATCH /ssf/streams', (id) => ({ stream_id: id, aud: 'someone else' })],
    ['update', 'PATCH /ssf/streams', (id) => ({ stream_id: id, events_delivered: ['urn:x'] })],
    ['replace', 'PUT /ssf/streams', (id) => ({ stream_id: id, events_delivered: [session], events_requested: [] })],
    ['replace', 'PUT /ssf/streams', () => ({ delivery: { method: POLL } })],
    ['replace', 'PUT /ssf/streams', (id) => ({ stream_id: id, events_supported: ['x'] })],
    ['delete', 'DELETE /ssf/streams', () => undefined],
    ['status', 'GET /ssf/status', () => undefined],
    ['status', 'POST /ssf/status', (id) => ({ stream_id: id, status: 'asleep' })],
    ['verification', 'POST /ssf/verification', () => ({})],
    ['subjects', 'POST /ssf/subjects:add', (id) => ({ stream_id: id, subject: { format: 'nothing' } })],
    ['subjects', 'POST /ssf/subjects:remove', (id) => ({ stream_id: id })],
    ['poll', 'POST /ssf/streams/:id/poll', () => ({ maxEvents: -1 })],
    ['poll', 'POST /ssf/streams/:id/poll', () => ({ ack: 'r.1' })],
    ['read', 'GET /ssf/streams?stream_id=a&stream_id=b', () => undefined],
  ]
  test.each(broken)('an invalid request is refused with 400: %s, %s (%#)', async (_, route, body) => {
    const { id } = await aStream(muster, service)
    const [method = '', path = ''] = route.split(' ')
    const answer = await call(method, path.replace(':id', id), body(id))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8'])
  })
})

/** Every operation on a stream. */
const operations: [string, (id: string) => [string, string, unknown?]][] = [
  ['read', (id) => ['GET', `/ssf/streams?stream_id=${id}`]],
  ['update', (id) => ['PATCH', '/ssf/streams', { stream_id: id }]],
  ['replace', (id) => ['PUT', '/ssf/streams', { stream_id: id }]],
  ['delete', (id) => ['DELETE', `/ssf/streams?stream_id=${id}`]],
  ['status', (id) => ['GET', `/ssf/status?stream_id=${id}`]],
  ['setting the status', (id) => ['POST', '/ssf/status', { stream_id: id, status: 'paused' }]],
  ['verification', (id) => ['POST', '/ssf/verification', { stream_id: id }]],
  ['adding a subject', (id) => ['POST', '/ssf/subjects:add', { stream_id: id, subject: { format: 'opaque', id: 'x' } }]],
  ['removing a subject', (id) => ['POST', '/ssf/subjects:remove', { stream_id: id, subject: { format: 'opaque', id: 'x' } }]],
  ['poll', (id) => ['POST', `/ssf/streams/${id}/poll`, { returnImmediately: true }]],
]

describe.each(operations)('the operation %s', (_, operation) => {
  test('a stream that is unknown or belongs to another client is not found', async () => {
    const theirs = await aStream(muster, other)
    expect(await call(...operation('str_00000000000000000000000000'))).toMatchObject({ status: 404, body: { code: 'stream_not_found' } })
    expect(await call(...operation(theirs.id))).toMatchObject({ status: 404, body: { code: 'stream_not_found' } })
    expect((await call('GET', `/ssf/status?stream_id=${theirs.id}`, undefined, other.token)).body.status).toBe('enabled')
  })
  test('an invalid token is refused with 401, and one without the scope with 403', async () => {
    const { id } = await aStream(muster, service)
    const [method, path, body] = operation(id)
    expect((await muster.call(method, path, { body })).status).toBe(401)
    expect((await call(method, path, body, `${service.token.slice(0, -4)}AAAA`)).status).toBe(401)
    const weak = await aResourceServer(muster, ['introspect'])
    expect(await call(method, path, body, weak.token)).toMatchObject({ status: 403, body: { code: 'insufficient_scope', scope: 'signals' } })
    const { token } = await muster.person(`person${++people}`)
    expect((await call(method, path, body, token)).status).toBe(403)
  })
})
let people = 0

test('a stream is not created without a valid token with the scope', async () => {
  expect((await muster.call('POST', '/ssf/streams', { body: {} })).status).toBe(401)
  expect((await call('POST', '/ssf/streams', {}, (await aResourceServer(muster, ['introspect'])).token)).status).toBe(403)
})

test('a stream requested twice is created twice, one per process of a receiver', async () => {
  const [one, two] = [await aStream(muster, service, { description: 'same' }), await aStream(muster, service, { description: 'same' })]
  expect(one.id).not.toBe(two.id)
})

test('a deleted stream is not found when it is deleted again', async () => {
  const stream = await aStream(muster, service)
  expect((await stream.remove()).status).toBe(204)
  expect((await stream.remove()).status).toBe(404)
})

test('a stream is deleted when its client is removed', async () => {
  const removed = await aResourceServer(muster)
  const stream = await aStream(muster, removed)
  await stream.poll()
  await muster.call('DELETE', `/v1/operator/clients/${removed.clientId}`, { token: OPERATOR_TOKEN })
  await expect.poll(async () => (await stream.poll()).status, { timeout: 60_000 }).toBe(404)
  expect((await call('GET', '/ssf/streams', undefined, removed.token)).status).toBe(401)
})

describe('status', () => {
  test('a paused stream keeps its events and sends them when it is enabled', async () => {
    const stream = await aStream(muster, service)
    await stream.drain()
    await call('POST', '/ssf/status', { stream_id: stream.id, status: 'paused' })
    await muster.call('DELETE', '/v1/me/sessions/current', { token: (await muster.person('pausing')).token })
    expect((await stream.poll()).body).toMatchObject({ sets: {}, muster: { status: 'paused', current: false } })
    await call('POST', '/ssf/status', { stream_id: stream.id, status: 'enabled' })
    await expect.poll(async () => Object.keys((await stream.poll()).body.sets).length, { timeout: 60_000 }).toBeGreaterThan(0)
  })
  test('a paused stream is kept while it is polled, and otherwise deleted', async () => {
    const [polled, forgotten] = [await aStream(muster, service), await aStream(muster, service)]
    for (const { id } of [polled, forgotten]) await call('POST', '/ssf/status', { stream_id: id, status: 'paused' })
    await muster.clock.advance(3_000)
    expect((await polled.poll()).body.muster.status).toBe('paused')
    await muster.clock.advance(3_000)
    await muster.server.services.store.reading.receivers.deleteLapsed(3_600)
    await muster.clock.restore()
    expect([(await polled.poll()).status, (await forgotten.poll()).status]).toEqual([200, 404])
  })
})

describe('subjects', () => {
  test('a stream has every subject except those removed from it', async () => {
    const ada = await muster.organization({ ssf_ada: 'admin', ssf_bob: 'member' })
    const stream = await aStream(muster, service)
    const witness = await aStream(muster, service)
    for (const one of [stream, witness]) await one.drain()
    const subject = { format: 'iss_sub', iss: muster.url, sub: ada['ssf_bob']?.id }
    const becomes = async (role: string): Promise<void> => {
      await muster.call('PATCH', '/v1/organizations/ssf_ada/members/ssf_bob', { token: ada['ssf_ada']?.token, body: { role } })
      const told = async () => (await witness.drain()).some(({ muster: row }) => row.kind === 'role' && row.value.role === role)
      await expect.poll(told).toBe(true)
    }
    expect((await call('POST', '/ssf/subjects:remove', { stream_id: stream.id, subject })).status).toBe(204)
    await becomes('admin')
    expect(await stream.drain()).toEqual([])
    expect((await call('POST', '/ssf/subjects:add', { stream_id: stream.id, subject, verified: true })).status).toBe(200)
    await becomes('member')
    const told = (await stream.drain()).filter(({ muster: row }) => row.kind === 'role' && row.subject === subject.sub)
    // A change from the last minute, made while the subject was removed, may still be delivered first.
    expect(told.map(({ muster: row }) => row.value.role).at(-1)).toBe('member')
  })
})

describe('verification', () => {
  test('a verification event is returned by polls until it is acknowledged', async () => {
    const stream = await aStream(muster, service)
    await stream.drain()
    expect((await call('POST', '/ssf/verification', { stream_id: stream.id, state: 'a state of ours' })).status).toBe(204)
    const waited = await stream.poll({})
    const [[jti = '', set = ''] = []] = Object.entries(waited.body.sets) as [string, string][]
    const claims = await verifiedClaims(muster, service, set)
    expect(claims).toMatchObject({ jti, sub_id: { format: 'opaque', id: stream.id }, events: { [verification]: { state: 'a state of ours' } } })
    expect(Object.keys((await stream.poll()).body.sets)).toEqual([jti])
    expect((await stream.poll({ ack: [jti], maxEvents: 0 })).body.sets).toEqual({})
    await call('POST', '/ssf/verification', { stream_id: stream.id })
    const next = await stream.poll({})
    expect(claimsOf(Object.values(next.body.sets)[0] as string).events).toEqual({ [verification]: {} })
    expect((await stream.poll({ returnImmediately: true, ack: Object.keys(next.body.sets) })).body.sets).toEqual({})
  })

  describe('by push', () => {
    let sink: Server
    const received: { request: IncomingMessage; body: string }[] = []
    let answers: number[] = []
    beforeAll(async () => {
      sink = createServer((request, response) => {
        let body = ''
        request.setEncoding('utf8').on('data', (text) => (body += text))
        request.on('end', () => {
          received.push({ request, body })
          response.writeHead(answers.shift() ?? 202).end()
        })
      })
      await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve))
    })
    afterAll(() => new Promise((resolve) => sink.close(resolve)))
    const address = () => `http://127.0.0.1:${(sink.address() as AddressInfo).port}/events`
    const arrived = (streamId: string) =>
      received.filter(({ body }) => claimsOf(body).sub_id.id === streamId && claimsOf(body).events[verification] !== undefined)

    test("a push carries the stream's authorization header, which is never shown again", async () => {
      const delivery = { method: PUSH, endpoint_url: address(), authorization_header: 'Bearer a secret of the receiver' }
      const stream = await aStream(muster, service, { delivery })
      expect(stream.body.delivery).toEqual({ method: PUSH, endpoint_url: address() })
      await call('POST', '/ssf/verification', { stream_id: stream.id, state: 'pushed' })
      await expect.poll(() => arrived(stream.id), { timeout: 60_000 }).toHaveLength(1)
      const [{ request, body } = { request: {} as IncomingMessage, body: '' }] = arrived(stream.id)
      expect(request.method).toBe('POST')
      expect(request.headers).toMatchObject({
        'content-type': 'application/secevent+jwt',
        accept: 'application/json',
        authorization: 'Bearer a secret of the receiver',
      })
      expect(await verifiedClaims(muster, service, body)).toMatchObject({ events: { [verification]: { state: 'pushed' } } })
      const { rows } = await sql<{ text: string }>`select r::text as text from receiver r`.execute(muster.server.database.kysely)
      expect(rows.map(({ text }) => text).join()).not.toContain('a secret of the receiver')
      expect((await stream.poll()).status).toBe(404) // A push stream cannot be polled.
      await stream.remove()
    })

    test('a push without an authorization header is retried until it succeeds', async () => {
      answers = [500, 302]
      const stream = await aStream(muster, service, { delivery: { method: PUSH, endpoint_url: address() }, events_requested: ['none'] })
      await call('POST', '/ssf/verification', { stream_id: stream.id })
      await expect.poll(() => arrived(stream.id).length, { timeout: 60_000 }).toBe(3)
      expect(arrived(stream.id)[0]?.request.headers.authorization).toBeUndefined()
      await new Promise((resolve) => setTimeout(resolve, 1_500))
      expect(arrived(stream.id)).toHaveLength(3) // The event was acknowledged, so it is not sent again.
      await stream.remove()
    })

    test('a deactivation is pushed, and its response reports the acknowledgement', async () => {
      const ada = await muster.organization({ push_ada: 'admin', push_bob: 'member' })
      const stream = await aStream(muster, service, { delivery: { method: PUSH, endpoint_url: address() } })
      const path = '/v1/organizations/push_ada/members/push_bob/deactivate'
      for (const { stream_id: id } of (await call('GET', '/ssf/streams')).body) if (id !== stream.id) await call('DELETE', `/ssf/streams?stream_id=${id}`)
      for (const { stream_id: id } of (await call('GET', '/ssf/streams', undefined, other.token)).body)
        await call('DELETE', `/ssf/streams?stream_id=${id}`, undefined, other.token)
      await call('POST', '/ssf/verification', { stream_id: stream.id })
      await expect.poll(() => arrived(stream.id)).toHaveLength(1)
      const { body } = await muster.call('POST', path, { token: ada['push_ada']?.token, headers: { prefer: 'wait=10' } })
      expect(body.revocation).toMatchObject({ acknowledged: body.revocation.receivers, missing: [] })
      const told = received
        .map(({ body: set }) => claimsOf(set))
        .filter(({ muster: row }) => row?.subject === ada['push_bob']?.id && row.value.reason === 'user_deactivated')
      // A deactivation has two events, each in a token of its own.
      expect(told.map(({ events }) => Object.keys(events).length)).toEqual([1, 1])
      await stream.remove()
    })
  })
})
