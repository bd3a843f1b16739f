import { secondsOf } from '@muster/server/http/prefer-wait.ts'
import { type Answer, type Human, type Muster, OPERATOR_TOKEN, startMuster } from '@muster/testkit/muster.ts'
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest'
import { ACCOUNT_DISABLED, aResourceServer, aStream, BATCH, type ResourceServer, type Stream } from './receiving.ts'

// `Prefer: wait=N`: the response says whether every receiver has applied the revocation.

let muster: Muster
let service: ResourceServer
let people: Record<string, Human>
beforeAll(async () => {
  muster = await startMuster()
  service = await aResourceServer(muster)
  people = await muster.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member', erin: 'member' })
})
afterAll(() => muster.close())
afterEach(() => muster.clock.restore())

const admin = () => (people['ada'] as Human).token
const wait = (seconds: number) => ({ prefer: `wait=${seconds}` })
/** Deactivates a member, and reactivates them when the test is over. */
async function deactivate(name: string, headers: Record<string, string>): Promise<Answer> {
  onTestFinished(async () => void (await muster.call('POST', `/v1/organizations/ada/members/${name}/reactivate`, { token: admin() })))
  return muster.call('POST', `/v1/organizations/ada/members/${name}/deactivate`, { token: admin(), headers })
}
/** Creates a stream and removes it when the test is over, so that no other test waits for it. */
async function aStreamHere(settings: Record<string, unknown> = {}): Promise<Stream> {
  const stream = await aStream(muster, service, settings)
  onTestFinished(async () => void (await stream.remove()))
  return stream
}

/** Polls and acknowledges until the test is over, as a verifier does. */
async function following(): Promise<void> {
  const stream = await aStream(muster, service)
  let ending = false
  const run = async (): Promise<void> => {
    let ack: string[] = []
    while (!ending) {
      const { body } = await stream.poll({ ack })
      ack = Object.keys(body.sets)
    }
  }
  await stream.drain()
  const running = run().catch(() => {}) // The poll fails once the stream is removed or the server is closed.
  onTestFinished(async () => {
    ending = true
    await stream.remove()
    await running
  })
}

test('a revocation is not waited for when there is no receiver', async () => {
  const { body, headers } = await deactivate('bob', wait(2))
  expect(headers.get('preference-applied')).toBe('wait=2')
  expect(body.revocation).toMatchObject({ receivers: 0, acknowledged: 0, missing: [] })
  expect(body.revocation.ended_everywhere_at).toBeTypeOf('string')
})

test('a deactivation without Prefer: wait does not report receivers', async () => {
  const { body, headers } = await deactivate('bob', {})
  expect([body.revocation, headers.get('preference-applied')]).toEqual([undefined, null])
})

test('a deactivation is answered when every receiver has acknowledged', async () => {
  for (let count = 0; count < 5; count++) await following()
  const { body, headers } = await deactivate('bob', wait(10))
  expect(headers.get('preference-applied')).toBe('wait=10')
  expect(body.revocation).toMatchObject({ receivers: 5, acknowledged: 5, missing: [] })
  expect(body.revocation.waited_ms).toBeLessThan(10_000)
})

test('a receiver that has not acknowledged is named with the end of its lease (I7)', async () => {
  const silent = await aStreamHere({ description: 'billing-7', inactivity_timeout: 10, events_requested: [BATCH] })
  await silent.drain()
  await following()
  const { body } = await deactivate('carol', wait(3))
  expect(body.revocation).toMatchObject({ receivers: 2, acknowledged: 1, missing: [{ id: silent.id, description: 'billing-7' }] })
  const [missing] = body.revocation.missing
  expect(body.revocation.ended_everywhere_at).toBe(missing.lease_until)
  expect(new Date(missing.lease_until).getTime()).toBeGreaterThan(Date.now())
  expect(body.revocation.waited_ms).toBeGreaterThanOrEqual(3_000)
})

test('a standards-only receiver is not waited for after it stops polling', async () => {
  const all = await aStreamHere({ inactivity_timeout: 10 })
  const some = await aStreamHere({ inactivity_timeout: 10, events_requested: [ACCOUNT_DISABLED] })
  const unheard = (...streams: Stream[]) => ({
    receivers: streams.length,
    acknowledged: 0,
    missing: streams.map(({ id }) => ({ id, description: null, lease_until: null })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ended_everywhere_at: null,
  })
  const { body } = await deactivate('carol', wait(1))
  expect(body.revocation).toMatchObject(unheard(all, some))
  expect(body.revocation.waited_ms).toBeGreaterThanOrEqual(1_000)
  await muster.clock.advance(15)
  const { body: later } = await deactivate('carol', wait(20))
  expect(later.revocation).toMatchObject(unheard(all, some))
  expect(later.revocation.waited_ms).toBeLessThan(20_000)
  // A paused stream is sent nothing, so it does not count.
  await muster.call('POST', '/ssf/status', { token: service.token, body: { stream_id: some.id, status: 'paused' } })
  expect((await deactivate('carol', wait(0))).body.revocation).toMatchObject(unheard(all))
})

test('a receiver with a lapsed lease or a deleted stream is not waited for', async () => {
  await aStreamHere({ inactivity_timeout: 10, events_requested: [BATCH] })
  const deleted = await aStream(muster, service)
  await deleted.remove()
  await muster.clock.advance(15)
  const { body } = await deactivate('carol', wait(5))
  expect(body.revocation).toMatchObject({ receivers: 0, acknowledged: 0 })
})

test("a removed client's receiver counts until its lease ends", async () => {
  const removed = await aResourceServer(muster)
  const silent = await aStream(muster, removed, { description: 'cut off', inactivity_timeout: 10, events_requested: [BATCH] })
  await silent.drain()
  await muster.call('DELETE', `/v1/operator/clients/${removed.clientId}`, { token: OPERATOR_TOKEN })
  const { receivers } = muster.server.services.store.reading
  onTestFinished(() => receivers.remove(silent.id as Parameters<typeof receivers.remove>[0]))
  await receivers.deleteLapsed(3_600)
  const { body } = await deactivate('carol', wait(0))
  expect(body.revocation).toMatchObject({ receivers: 1, acknowledged: 0, missing: [{ id: silent.id, description: 'cut off' }] })
  expect(new Date(body.revocation.ended_everywhere_at).getTime()).toBeGreaterThan(Date.now())
  await muster.clock.advance(15)
  await receivers.deleteLapsed(3_600)
  expect(await receivers.find(silent.id)).toBeNull()
})

test('every action that ends access can be waited for', async () => {
  await following()
  const reported = async (method: string, path: string, token: string, body?: unknown) => {
    const answer = await muster.call(method, path, { token, body, headers: wait(10) })
    expect([path, answer.status, answer.body.revocation?.receivers, answer.body.revocation?.acknowledged]).toEqual([path, 200, 1, 1])
    return answer.body
  }
  const dave = await muster.login(people['dave'] as Human)
  const other = await muster.login(dave)
  await reported('DELETE', `/v1/me/sessions/${other.sessionId}`, dave.token)
  await reported('DELETE', '/v1/me/sessions', dave.token)
  await reported('PATCH', '/v1/organizations/ada/members/dave', admin(), { role: 'admin' })
  const left = await reported('POST', '/v1/organizations/ada/leave', dave.token)
  const { body: secret } = await muster.call('POST', '/v1/organizations/ada/secrets', { token: admin(), body: {} })
  await reported('POST', '/v1/organizations/join', left.access_token, { organization: 'ada', secret: secret.secret })
  await reported('DELETE', '/v1/organizations/ada/members/dave', admin())
  await reported('POST', '/v1/organizations/ada/members/erin/deactivate', admin())
})

test('a repeated action waits for the original revocation, on every route', async () => {
  const silent = await aStreamHere()
  await silent.drain()
  const { eve, frank } = (await muster.organization({ eve: 'admin', frank: 'member' })) as Record<'eve' | 'frank', Human>
  const members = '/v1/organizations/eve/members'
  const twice = async (method: string, path: string, token: string, body?: unknown, again = token) => {
    const answers: Answer[] = []
    for (const by of [token, again]) answers.push(await muster.call(method, path, { token: by, body, headers: wait(0) }))
    const said = answers.map(({ status, body: { revocation } }) => [path, status, revocation?.receivers, revocation?.acknowledged])
    expect(said).toEqual([
      [path, 200, 1, 0],
      [path, 200, 1, 0],
    ])
    return answers[0]?.body
  }
  const [one, two] = [await muster.login(frank), await muster.login(frank)]
  await twice('DELETE', `/v1/me/sessions/${one.sessionId}`, frank.token)
  await twice('DELETE', '/v1/me/sessions', frank.token)
  expect((await muster.call('GET', '/v1/me', { token: two.token })).status).toBe(401)
  const heidi = await muster.person('heidi')
  const { body: invited } = await muster.call('POST', '/v1/organizations/eve/secrets', { token: eve.token, body: {} })
  await muster.call('POST', '/v1/organizations/join', { token: heidi.token, body: { organization: 'eve', secret: invited.secret } })
  await twice('DELETE', `${members}/heidi/sessions`, eve.token)
  await muster.login(heidi)
  await twice('POST', '/v1/operator/organizations/eve/sign-out', OPERATOR_TOKEN, { user: 'heidi' })
  const key = await muster.call('POST', '/v1/me/keys', { token: frank.token, body: { description: 'ci', scope: 'all' } })
  await twice('DELETE', `/v1/me/keys/${key.body.id}`, frank.token)
  await twice('PATCH', `${members}/frank`, eve.token, { role: 'admin' })
  await twice('PATCH', `${members}/frank`, eve.token, { role: 'member' })
  await twice('POST', '/v1/operator/organizations/eve/promote', OPERATOR_TOKEN, { user: 'frank' })
  await twice('POST', '/v1/operator/organizations/eve/suspend', OPERATOR_TOKEN)
  await twice('POST', '/v1/operator/organizations/eve/resume', OPERATOR_TOKEN)
  await twice('POST', `${members}/frank/deactivate`, eve.token)
  const grace = await muster.person('grace')
  const { body: secret } = await muster.call('POST', '/v1/organizations/eve/secrets', { token: eve.token, body: {} })
  const joining = { organization: 'eve', secret: secret.secret }
  const joined = await muster.call('POST', '/v1/organizations/join', { token: grace.token, body: joining, headers: wait(0) })
  const again = await muster.call('POST', '/v1/organizations/join', { token: joined.body.access_token, body: joining, headers: wait(0) })
  expect([joined, again].map(({ body: { revocation } }) => [revocation?.receivers, revocation?.acknowledged])).toEqual([
    [1, 0],
    [1, 0],
  ])
})

test('a revocation made without Prefer: wait can be waited for by repeating it', async () => {
  const { ivy, jack } = (await muster.organization({ ivy: 'admin', jack: 'member' })) as Record<'ivy' | 'jack', Human>
  await following()
  const path = `/v1/organizations/ivy/members/${jack.name}/deactivate`
  expect((await muster.call('POST', path, { token: ivy.token })).status).toBe(200)
  const { body } = await muster.call('POST', path, { token: ivy.token, headers: wait(10) })
  expect(body.revocation).toMatchObject({ receivers: 1, acknowledged: 1 })
})

test('a change without a revocation does not report receivers', async () => {
  await aStreamHere()
  const body = { given_name: 'Robert' }
  const answer = await muster.call('PATCH', '/v1/organizations/ada/members/bob', { token: admin(), body, headers: wait(1) })
  expect([answer.status, answer.body.revocation, answer.headers.get('preference-applied')]).toEqual([200, undefined, null])
})

test('a request repeated with its Idempotency-Key waits for the same revocation (I11)', async () => {
  const silent = await aStreamHere()
  await silent.drain()
  const person = await muster.person('mover')
  const { body: secret } = await muster.call('POST', '/v1/organizations/ada/secrets', { token: admin(), body: {} })
  const join = () =>
    muster.call('POST', '/v1/organizations/join', {
      token: person.token,
      body: { organization: 'ada', secret: secret.secret },
      headers: { ...wait(1), 'idempotency-key': 'once' },
    })
  const first = await join()
  expect(first.body.revocation).toMatchObject({ receivers: 1, acknowledged: 0 })
  await silent.drain()
  const fresh = await muster.call('POST', '/v1/organizations/join', {
    token: first.body.access_token,
    body: { organization: 'ada', secret: secret.secret },
    headers: { ...wait(1), 'idempotency-key': 'once' },
  })
  expect(fresh.body.revocation).toMatchObject({ receivers: 1, acknowledged: 1 })
})

test('an invalid preference is ignored (RFC 7240 section 2)', () => {
  const cases = { 'wait=2': 2, 'respond-async, wait=10': 10, 'wait = 5; x': 5, 'wait=99': 30, 'wait=soon': null, 'await=3': null, '': null }
  for (const [prefer, seconds] of Object.entries(cases)) expect(secondsOf(prefer), prefer).toBe(seconds)
})
