import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { aResourceServer, aStream, BATCH, claimsOf, type ResourceServer, rowsOf, verifiedClaims } from './receiving.ts'

vi.setConfig({ testTimeout: 60_000 }) // of real waits, and of other work on the machine

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

test('a deactivation reaches a waiting poll as one signed token with the row to apply', async () => {
  const stream = await aStream(muster, service, { inactivity_timeout: 60 })
  await stream.drain()
  const waiting = stream.poll({})
  const { body } = await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: admin(), body: { reason: 'gone fishing' } })
  expect(body.member.status).toBe('deactivated')
  const answer = await waiting
  const [[jti, set] = []] = Object.entries(answer.body.sets)
  const claims = await verifiedClaims(muster, service, set as string)
  const bob = people['bob'] as Human
  expect(claims).toMatchObject({
    jti,
    aud: service.clientId,
    sub_id: { format: 'iss_sub', iss: muster.url, sub: bob.id },
    muster: { kind: 'user', subject: bob.id, value: { reason: 'user_deactivated' } },
  })
  expect(Object.keys(claims.events as object)).toEqual([
    'https://schemas.openid.net/secevent/caep/event-type/session-revoked',
    'https://schemas.openid.net/secevent/risc/event-type/account-disabled',
  ])
  expect(claims).not.toHaveProperty('exp')
  expect(answer.body).toMatchObject({ moreAvailable: false, muster: { status: 'enabled', lease_seconds: 60, current: true } })
  // Not acknowledged, so it comes again; acknowledged, it does not.
  expect(Object.keys((await stream.poll()).body.sets)).toEqual([jti])
  expect((await stream.poll({ returnImmediately: true, ack: [jti] })).body.sets).toEqual({})
})

test('reactivation gives no token its life back, and receivers hear of it', async () => {
  const stream = await aStream(muster, service)
  await stream.drain()
  await muster.call('POST', '/v1/organizations/ada/members/bob/reactivate', { token: admin() })
  const [set] = await stream.drain()
  expect(set).toMatchObject({ muster: { kind: 'enabled', subject: people['bob']?.id } })
  expect(Object.keys(set?.events)).toEqual(['https://schemas.openid.net/secevent/risc/event-type/account-enabled'])
})

test('a role change, an ended session and a revoked token are told in the words of CAEP', async () => {
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

test('a new stream begins with everything that can still matter, once for each subject', async () => {
  const row = (rows: Record<string, any>[], kind: string, subject?: string) => rows.filter((one) => one.kind === kind && one.subject === subject)
  const bob = people['bob'] as Human
  await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: admin() })
  const rows = rowsOf(await (await aStream(muster, service)).drain())
  expect(row(rows, 'user', bob.id)).toHaveLength(1)
  const batched = await (await aStream(muster, service, { events_requested: [BATCH] })).drain()
  expect(batched).toHaveLength(1)
  expect(batched[0]?.events).toEqual({ [BATCH]: { count: rows.length } })
  expect(
    rowsOf(batched)
      .map(({ id }) => id)
      .toSorted(),
  ).toEqual(rows.map(({ id }) => id).toSorted())
})

describe('what a poll asks for (RFC 8936 section 2.4)', () => {
  test('maxEvents bounds it, and moreAvailable says that there is more', async () => {
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
  test('what a receiver could not read is noted and not sent again', async () => {
    const stream = await aStream(muster, service)
    const { body } = await stream.poll()
    const [jti = '', ...ack] = Object.keys(body.sets)
    const setErrs = { [jti]: { err: 'jwtAud', description: 'not for me' } }
    expect((await stream.poll({ returnImmediately: true, ack, setErrs })).body.sets).toEqual({})
    expect(muster.log.join('')).toContain('could not read')
  })
  test('a second poll of a stream ends the first', async () => {
    const stream = await aStream(muster, service)
    await stream.drain()
    const first = stream.poll({})
    await new Promise((resolve) => setTimeout(resolve, 100))
    const second = stream.poll({})
    expect((await first).body.sets).toEqual({})
    await muster.call('DELETE', '/v1/me/sessions/current', { token: (await muster.login(people['carol'] as Human)).token })
    expect(Object.keys((await second).body.sets)).toHaveLength(1)
  })
  test('a long poll answers before a third of the lease is over', async () => {
    const stream = await aStream(muster, service, { inactivity_timeout: 10 })
    await stream.drain()
    const begun = performance.now()
    expect((await stream.poll({})).body.sets).toEqual({})
    expect(performance.now() - begun).toBeGreaterThan(3_000)
  })
})
