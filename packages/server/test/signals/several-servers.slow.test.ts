import { setTimeout as sleep } from 'node:timers/promises'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aResourceServer, aStream, claimsOf, type ResourceServer, rowsOf, type Stream } from './receiving.ts'
import { anotherServer, aServerProcess, callerAt, severalServers } from './servers.ts'

// A revocation at one of several server processes reaches the receivers of all, and none is lost when a process is killed.

let one: Muster
let two: Muster
let service: ResourceServer
let people: Record<string, Human>
beforeAll(async () => {
  ;[one, two] = (await severalServers(2)) as [Muster, Muster]
  service = await aResourceServer(one)
  people = await one.organization({ ada: 'admin', bob: 'member', carol: 'member', dave: 'member' })
})
afterAll(async () => {
  await two.close()
  await one.close()
})

const admin = () => (people['ada'] as Human).token
const status = (at: Muster, name: string, change: 'deactivate' | 'reactivate', headers: Record<string, string> = {}) =>
  at.call('POST', `/v1/organizations/ada/members/${name}/${change}`, { token: admin(), headers })

/** Drains the stream, then polls as a verifier does, each time at the server that `choose` returns. */
async function following(stream: Stream, choose: () => Muster): Promise<{ rows: Record<string, any>[]; stop(): Promise<void> }> {
  const rows: Record<string, any>[] = []
  let ending = false
  const run = async (): Promise<void> => {
    let ack: string[] = []
    while (!ending) {
      try {
        const { status: code, body } = await stream.poll({ ack }, choose())
        if (code !== 200) throw new Error(String(code))
        ack = Object.keys(body.sets)
        for (const set of Object.values(body.sets))
          rows.push(...rowsOf([JSON.parse(Buffer.from((set as string).split('.')[1] as string, 'base64url').toString())]))
      } catch {
        ack = []
        await sleep(50)
      }
    }
  }
  await stream.drain(choose())
  const running = run()
  return {
    rows,
    async stop() {
      ending = true
      await stream.remove()
      await running
    },
  }
}

test('a receiver at one server gets revocations made at the other', async () => {
  const followers = await Promise.all([one, two, one, two].map(async (at) => following(await aStream(one, service), () => at)))
  const { body } = await status(one, 'bob', 'deactivate', { prefer: 'wait=10' })
  expect(body.revocation).toMatchObject({ receivers: 4, acknowledged: 4, missing: [] })
  for (const { rows } of followers) expect(rows.some(({ subject, value }) => subject === people['bob']?.id && value.reason === 'user_deactivated')).toBe(true)
  await status(two, 'bob', 'reactivate')
  await Promise.all(followers.map(({ stop }) => stop()))
})

test('a revocation without a notice still reaches a receiver, once', async () => {
  const follower = await following(await aStream(one, service), () => two)
  // The row is inserted without a notice.
  const { rows } = await sql<{ id: bigint }>`insert into revocation (kind, subject, value, expires_at)
    values ('session', 'ses_unannounced', '{"reason":"token_revoked"}', now() + interval '1 hour') returning id`.execute(one.server.database.kysely)
  await expect.poll(() => follower.rows.filter(({ id }) => id === String(rows[0]?.id)).length, { timeout: 60_000 }).toBe(1)
  await follower.stop()
})

test('a stream loses nothing when its polls alternate between servers', async () => {
  let turn = 0
  const alternating = await following(await aStream(one, service), () => (turn++ % 2 === 0 ? one : two))
  const random = await following(await aStream(one, service), () => (Math.random() < 0.5 ? one : two))
  for (let round = 0; round < 5; round++) {
    const { body } = await status(round % 2 === 0 ? one : two, 'carol', 'deactivate', { prefer: 'wait=10' })
    expect(body.revocation).toMatchObject({ receivers: 2, acknowledged: 2, missing: [] })
    await status(one, 'carol', 'reactivate')
  }
  const epochs = (rows: Record<string, any>[]) =>
    new Set(rows.filter(({ subject, kind }) => kind === 'user' && subject === people['carol']?.id).map(({ value }) => value.belowEpoch))
  for (const { rows } of [alternating, random]) expect(epochs(rows).size).toBeGreaterThanOrEqual(5)
  // An event acknowledged at one server is not sent again and again by the other.
  expect(alternating.rows.length).toBeLessThan(200)
  const within = async (milliseconds: number) => {
    const before = alternating.rows.length
    await sleep(milliseconds)
    return alternating.rows.length - before
  }
  await expect.poll(() => within(2_500)).toBe(0)
  await Promise.all([alternating.stop(), random.stop()])
})

test('a killed server loses no revocation, and its receivers continue at another', async () => {
  const third = await aServerProcess(one)
  let killed = false
  const follower = await following(await aStream(one, service), () => (killed ? two : ({ ...one, call: callerAt(third.url) } as Muster)))
  const deactivation = status({ ...one, call: callerAt(third.url) } as Muster, 'dave', 'deactivate').catch(() => null)
  const dying = third.kill()
  killed = true
  await dying
  // The deactivation is atomic. If it was not answered, it is repeated.
  if ((await deactivation)?.status !== 200) await status(one, 'dave', 'deactivate')
  const ofDave = (rows: Record<string, any>[]) => rows.some(({ subject, value }) => subject === people['dave']?.id && value.reason === 'user_deactivated')
  await expect.poll(() => ofDave(follower.rows), { timeout: 60_000 }).toBe(true)
  const fourth = await anotherServer(one)
  const late = await aStream(one, service)
  expect(ofDave(rowsOf(await late.drain(fourth)))).toBe(true)
  await late.remove()
  expect((await fourth.call('GET', '/v1/forward-auth', { token: (people['dave'] as Human).token })).status).toBe(401)
  await fourth.close()
  await follower.stop()
})

test("a stream's position survives its server, so acknowledged events are not resent", async () => {
  const stream = await aStream(one, service, { inactivity_timeout: 10 })
  expect((await stream.drain()).length).toBeGreaterThan(0)
  // The position is stored with the lease, a third of the lease later.
  const behind = `select 1 from receiver r join revocation v on v.xid >= r.watermark where r.id = '${stream.id}'`
  const isWritten = async () => (await stream.drain()) && (await sql.raw(behind).execute(one.server.database.kysely)).rows.length === 0
  await expect.poll(isWritten, { interval: 200 }).toBe(true)
  const fresh = await anotherServer(one)
  expect(await stream.drain(fresh)).toEqual([])
  await fresh.close()
  await stream.remove()
})

test('a stream deleted at one server does not exist at the other', async () => {
  const stream = await aStream(one, service)
  expect((await stream.poll({ returnImmediately: true }, two)).status).toBe(200)
  await stream.remove()
  await expect.poll(async () => (await stream.poll({ returnImmediately: true }, two)).status, { timeout: 60_000 }).toBe(404)
})

test('forward auth at one server refuses once the other has answered (I7)', async () => {
  const at = [one, two]
  for (let round = 0; round < 10; round++) {
    const { token } = await one.login(people['bob'] as Human)
    for (const server of at) expect((await server.call('GET', '/v1/forward-auth', { token })).status).toBe(200)
    const { body } = await status(one, 'bob', 'deactivate', { prefer: 'wait=10' })
    expect(body.revocation).toMatchObject({ acknowledged: body.revocation.receivers, missing: [] })
    expect(body.revocation.receivers).toBeGreaterThanOrEqual(2)
    for (const server of at) expect((await server.call('GET', '/v1/forward-auth', { token })).body.code).toBe('user_deactivated')
    await status(two, 'bob', 'reactivate')
  }
})

test('a receiver on the embedded engine gets revocations of its only process', async () => {
  const embedded = await startMuster({ engine: 'pglite' })
  const resourceServer = await aResourceServer(embedded)
  const ada = await embedded.organization({ ada: 'admin', bob: 'member' })
  const stream = await aStream(embedded, resourceServer)
  await stream.drain()
  const waiting = stream.poll({})
  await embedded.call('DELETE', '/v1/organizations/ada/members/bob', { token: ada['ada']?.token })
  const { body } = await waiting
  const rows = rowsOf(Object.values(body.sets as Record<string, string>).map(claimsOf))
  expect(rows).toContainEqual(expect.objectContaining({ kind: 'user', subject: ada['bob']?.id }))
  await embedded.close()
})
