import { once } from 'node:events'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACCOUNT_DISABLED, aResourceServer, aStream, BATCH, claimsOf, type ResourceServer, rowsOf, SESSION_REVOKED, verifiedClaims } from './receiving.ts'

let muster: Muster
let service: ResourceServer
let people: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  service = await aResourceServer(muster)
  people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member' })
})
afterAll(() => muster.close())

const admin = () => (people['ada'] as Human).token

test('a deactivation reaches a waiting poll as two signed tokens of one event each', async () => {
  const stream = await aStream(muster, service, { inactivity_timeout: 60 })
  await stream.drain()
  const waiting = stream.poll({})
  const { body } = await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: admin(), body: { reason: 'gone fishing' } })
  expect(body.member.status).toBe('deactivated')
  const answer = await waiting
  const bob = people['bob'] as Human
  const told: string[] = []
  for (const [jti, set] of Object.entries(answer.body.sets)) {
    const claims = await verifiedClaims(muster, service, set as string)
    expect(claims).toMatchObject({
      jti,
      aud: service.clientId,
      sub_id: { format: 'iss_sub', iss: muster.url, sub: bob.id },
      muster: { kind: 'user', subject: bob.id, value: { reason: 'user_deactivated', deactivated_at: expect.any(String), contact: 'ada' } },
    })
    expect(claims).not.toHaveProperty('exp')
    told.push(...Object.keys(claims.events as object))
  }
  expect(told).toEqual([SESSION_REVOKED, ACCOUNT_DISABLED])
  expect(answer.body).toMatchObject({ moreAvailable: false, muster: { status: 'enabled', lease_seconds: 60, current: true } })
  // An unacknowledged token is returned again, and an acknowledged one is not.
  const both = Object.keys(answer.body.sets)
  expect(Object.keys((await stream.poll()).body.sets)).toEqual(both)
  expect((await stream.poll({ returnImmediately: true, ack: both })).body.sets).toEqual({})
  await stream.remove()
})

test('a receiver gets only the events it requested, one at a time if asked', async () => {
  const disabled = await aStream(muster, service, { events_requested: [ACCOUNT_DISABLED] })
  expect(new Set((await disabled.drain()).flatMap(({ events }) => Object.keys(events)))).toEqual(new Set([ACCOUNT_DISABLED]))
  const stream = await aStream(muster, service)
  const told: string[] = []
  for (let ack: string[] = []; ; ) {
    const { body } = await stream.poll({ returnImmediately: true, maxEvents: 1, ack })
    ack = Object.keys(body.sets)
    expect(ack.length).toBeLessThan(2)
    if (ack.length === 0) break
    told.push(...Object.values(body.sets).flatMap((set) => Object.keys(claimsOf(set as string).events)))
    expect(body.muster.current).toBe(!body.moreAvailable)
  }
  expect(told.filter((type) => type === ACCOUNT_DISABLED)).toHaveLength(1)
  expect(told.filter((type) => type === SESSION_REVOKED).length).toBeGreaterThanOrEqual(1)
  await Promise.all([disabled.remove(), stream.remove()])
})

test('a reactivation is sent to receivers', async () => {
  const stream = await aStream(muster, service)
  await stream.drain()
  await muster.call('POST', '/v1/organizations/ada/members/bob/reactivate', { token: admin() })
  const [set] = await stream.drain()
  expect(set).toMatchObject({ muster: { kind: 'enabled', subject: people['bob']?.id } })
  expect(Object.keys(set?.events)).toEqual(['https://schemas.openid.net/secevent/risc/event-type/account-enabled'])
})

test('a role change, an ended session and a revoked token are sent as CAEP events', async () => {
  const stream = await aStream(muster, service)
  await stream.drain()
  const carol = people['carol'] as Human
  await muster.call('PATCH', '/v1/organizations/ada/members/carol', { token: admin(), body: { role: 'admin' } })
  const other = await muster.login(carol)
  await muster.call('DELETE', '/v1/me/sessions/current', { token: other.token })
  const third = await muster.login(carol)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  await muster.call('POST', '/oauth/revoke', { body: `token=${third.token}`, headers: form })
  const sets = await stream.drain()
  const claims = claimsOf(third.token)
  expect(sets.map(({ muster: row }) => [row.kind, row.subject])).toEqual([
    ['role', carol.id],
    ['session', other.sessionId],
    ['token', claims.jti],
  ])
  expect(sets[0]?.events).toEqual({
    'https://schemas.openid.net/secevent/caep/event-type/token-claims-change': { event_timestamp: expect.any(Number), claims: { role: 'admin' } },
  })
  expect(sets[1]?.sub_id).toEqual({ format: 'complex', session: { format: 'opaque', id: other.sessionId } })
  expect(sets[2]?.sub_id).toEqual({ format: 'jwt_id', iss: muster.url, jti: claims.jti })
})

test('a new stream gets every unexpired revocation, once for each subject', async () => {
  const row = (rows: Record<string, any>[], kind: string, subject?: string) => rows.filter((one) => one.kind === kind && one.subject === subject)
  const { store } = muster.server.services
  const subject = 'usr_of_long_ago'
  // Nobody waits for these revocations. Those waited for in the last minute are each delivered.
  for (const belowEpoch of [1, 2]) {
    await store.transaction((tx) => tx.revocations.insert({ kind: 'user', subject, value: { belowEpoch, reason: 'user_deactivated' } }))
  }
  // A deactivation arrives in two tokens with the same row.
  const rows = [...new Map(rowsOf(await (await aStream(muster, service)).drain()).map((one) => [one.id, one])).values()]
  expect(row(rows, 'user', subject)).toMatchObject([{ value: { belowEpoch: 2 } }])
  const batched = await (await aStream(muster, service, { events_requested: [BATCH] })).drain()
  expect(batched).toHaveLength(1)
  expect(batched[0]?.events).toEqual({ [BATCH]: { count: rows.length } })
  expect(
    rowsOf(batched)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(rows.map(({ id }) => id).toSorted())
})

describe('parameters of a poll (RFC 8936 section 2.4)', () => {
  test('maxEvents limits a poll, and moreAvailable says that there are more', async () => {
    const stream = await aStream(muster, service)
    const first = await stream.poll({ returnImmediately: true, maxEvents: 1 })
    expect([Object.keys(first.body.sets).length, first.body.moreAvailable, first.body.muster.current]).toEqual([1, true, false])
  })
  test('maxEvents 0 only acknowledges', async () => {
    const stream = await aStream(muster, service)
    const { body } = await stream.poll()
    const ack = Object.keys(body.sets)
    expect(ack.length).toBeGreaterThan(1)
    expect((await stream.poll({ ack, maxEvents: 0 })).body).toMatchObject({ sets: {}, moreAvailable: false })
    expect((await stream.poll()).body.sets).toEqual({})
  })
  test('an event that a receiver cannot read is not sent again and stays missing', async () => {
    const stream = await aStream(muster, service, { events_requested: [BATCH] })
    await stream.drain()
    const { token, sessionId } = await muster.login(people['carol'] as Human)
    const { token: other } = await muster.login(people['carol'] as Human)
    const end = () => muster.call('DELETE', `/v1/me/sessions/${sessionId}`, { token: other, headers: { prefer: 'wait=0' } })
    expect((await end()).body.revocation).toMatchObject({ acknowledged: 0 })
    expect((await muster.call('GET', '/v1/me', { token })).status).toBe(401)
    const { body } = await stream.poll({})
    const [jti = ''] = Object.keys(body.sets)
    const setErrs = { [jti]: { err: 'jwtAud', description: 'not for me' } }
    expect((await stream.poll({ returnImmediately: true, setErrs })).body).toMatchObject({ sets: {}, muster: { current: false } })
    expect(muster.log.join('')).toContain('could not read')
    expect((await stream.poll()).body).toMatchObject({ sets: {}, muster: { current: false } })
    const missing = async () => (await end()).body.revocation.missing.map(({ id }: { id: string }) => id)
    expect(await missing()).toContain(stream.id)
    expect((await stream.poll({ returnImmediately: true, ack: [jti] })).body.muster.current).toBe(true)
    await expect.poll(missing, { timeout: 60_000 }).not.toContain(stream.id)
    await stream.remove()
  })
  test('a second poll of a stream ends the first', async () => {
    const stream = await aStream(muster, service)
    await stream.drain()
    const arrived = once(muster.server.app.server, 'request')
    const first = stream.poll({})
    await arrived
    // This poll was sent after the first and answered at once, so the first is waiting by now.
    expect((await stream.poll({ returnImmediately: true, maxEvents: 0 })).status).toBe(200)
    const second = stream.poll({})
    expect((await first).body.sets).toEqual({})
    await muster.call('DELETE', '/v1/me/sessions/current', { token: (await muster.login(people['carol'] as Human)).token })
    expect(Object.keys((await second).body.sets)).toHaveLength(1)
  })
  test('a long poll is answered before a third of its lease has passed', async () => {
    const stream = await aStream(muster, service, { inactivity_timeout: 10 })
    await stream.drain()
    const begun = performance.now()
    expect((await stream.poll({})).body.sets).toEqual({})
    expect(performance.now() - begun).toBeGreaterThan(3_000)
  })
})

test('a revocation sent as two tokens is acknowledged when both are', async () => {
  const { fay, gus } = (await muster.organization({ fay: 'admin', gus: 'member' })) as Record<'fay' | 'gus', Human>
  const stream = await aStream(muster, service)
  await stream.drain()
  const deactivate = () => muster.call('POST', `/v1/organizations/fay/members/${gus.name}/deactivate`, { token: fay.token, headers: { prefer: 'wait=0' } })
  const missing = async () => (await deactivate()).body.revocation.missing.map(({ id }: { id: string }) => id)
  expect(await missing()).toContain(stream.id)
  const [revoked = '', disabled = ''] = Object.keys((await stream.poll({})).body.sets)
  expect(Object.keys((await stream.poll({ returnImmediately: true, ack: [disabled] })).body.sets)).toEqual([revoked])
  expect(await missing()).toContain(stream.id)
  expect((await stream.poll({ returnImmediately: true, ack: [revoked] })).body).toMatchObject({ sets: {}, muster: { current: true } })
  await expect.poll(missing, { timeout: 60_000 }).not.toContain(stream.id)
  await stream.remove()
})

describe('a stream that is widened', () => {
  const deactivate = (name: string) => muster.call('POST', `/v1/organizations/ada/members/${name}/deactivate`, { token: admin() })
  const reactivate = (name: string) => muster.call('POST', `/v1/organizations/ada/members/${name}/reactivate`, { token: admin() })
  const toldOf = (sets: Record<string, any>[], name: string) =>
    rowsOf(sets).filter(({ kind, subject, value }) => kind === 'user' && subject === people[name]?.id && value.reason === 'user_deactivated')

  test('a stream gets missed revocations when a subject is added again', async () => {
    const stream = await aStream(muster, service)
    const subject = { format: 'opaque', id: people['dave']?.id }
    await stream.drain()
    await muster.call('POST', '/ssf/subjects:remove', { token: service.token, body: { stream_id: stream.id, subject } })
    await deactivate('dave')
    expect(toldOf(await stream.drain(), 'dave')).toEqual([])
    await muster.call('POST', '/ssf/subjects:add', { token: service.token, body: { stream_id: stream.id, subject } })
    expect((await stream.poll({ returnImmediately: true, maxEvents: 1 })).body.muster.current).toBe(false)
    expect(toldOf(await stream.drain(), 'dave').length).toBeGreaterThan(0)
    await stream.remove()
    await reactivate('dave')
  })
  test('a stream gets missed revocations when it requests another event type', async () => {
    const stream = await aStream(muster, service, { events_requested: ['https://schemas.openid.net/secevent/risc/event-type/account-enabled'] })
    await stream.drain()
    await deactivate('dave')
    expect(toldOf(await stream.drain(), 'dave')).toEqual([])
    await muster.call('PATCH', '/ssf/streams', { token: service.token, body: { stream_id: stream.id, events_requested: [SESSION_REVOKED] } })
    expect((await stream.poll({ returnImmediately: true, maxEvents: 1 })).body.muster.current).toBe(false)
    expect(toldOf(await stream.drain(), 'dave').length).toBeGreaterThan(0)
    await stream.remove()
    await reactivate('dave')
  })
  test('a watermark from before a stream was widened is not stored', async () => {
    const stream = await aStream(muster, service)
    const { receivers } = muster.server.services.store.reading
    const before = await receivers.find(stream.id)
    if (!before) throw new Error('no stream')
    await receivers.change(before.id, { widened: true })
    await receivers.setWatermark(before.id, 1n, before.generation)
    expect((await receivers.find(stream.id))?.watermark).toBeNull()
    await stream.remove()
  })
})
