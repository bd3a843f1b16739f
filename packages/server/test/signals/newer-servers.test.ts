import type { RevocationKind } from '@muster/contract/revocation.ts'
import type { RecordedRevocation } from '@muster/server/domain/model/revocation.ts'
import { RevocationLog } from '@muster/server/signals/revocation-log.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aResourceServer, aStream, BATCH, type ResourceServer, rowsOf, SESSION_REVOKED } from './receiving.ts'
import { aSink } from './sink.ts'

// Old and new server processes run side by side, so an old one reads kinds of revocation that it does not know.

const HOUR = 3_600_000
let nextId = 0n
const revocation = (kind: string, value: Record<string, unknown>, { awaited = false, at = Date.now() } = {}): RecordedRevocation => {
  const id = ++nextId
  return { id, xid: id, kind: kind as RevocationKind, subject: 'x', value, at: new Date(at), expiresAt: new Date(at + HOUR), awaited }
}

describe('the log of a process', () => {
  test.each([
    ['an unknown kind', 'future', { level: 1 }],
    ['a kind that is a property of every object', 'constructor', {}],
    ['a known kind with a value that cannot be read', 'user', { below: 'a later form' }],
  ])('the log keeps every revocation of %s until it expires', (_, kind, value) => {
    const log = new RevocationLog()
    const entries = [revocation(kind, value), revocation(kind, value, { awaited: true }), revocation(kind, value)]
    for (const entry of entries) expect(log.add(entry)).not.toBeNull()
    log.tidy(Date.now() + HOUR / 2)
    expect([...log.from(0)].map(({ id }) => id)).toEqual(entries.map(({ id }) => id))
    expect(log.hasUnreadable).toBe(true)
    log.tidy(Date.now() + 2 * HOUR)
    expect([log.size, log.hasUnreadable]).toEqual([0, false])
  })

  test('the log tells a known revocation from an unreadable one of the same subject', () => {
    const log = new RevocationLog()
    log.add(revocation('user', { below: 'a later form' }))
    expect(log.strongest('user', 'x')).toBeUndefined()
    const known = revocation('user', { belowEpoch: 3, reason: 'token_revoked' })
    log.add(known)
    expect(log.strongest('user', 'x')?.id).toBe(known.id)
    expect(log.hasUnreadable).toBe(true)
  })
})

describe('a server process that reads a kind it does not know (P11)', () => {
  let muster: Muster
  let service: ResourceServer
  let people: Record<string, Human>
  beforeAll(async () => {
    muster = await startMuster()
    service = await aResourceServer(muster)
    people = await muster.organization({ ada: 'admin', bob: 'member' })
  })
  afterAll(() => muster.close())

  /** Inserts a revocation of an unknown kind, as a newer server process would after its migration. */
  async function writeUnknown(subject: string): Promise<void> {
    const { kysely } = muster.server.database
    await sql`alter table revocation drop constraint if exists revocation__kind`.execute(kysely)
    await sql`insert into revocation (kind, subject, value, expires_at) values ('future', ${subject}, '{"level":1}', now() + interval '1 hour')`.execute(kysely)
  }

  test('a revocation of an unknown kind is passed on to every receiver', async () => {
    const streams = { batch: await aStream(muster, service, { events_requested: [BATCH] }), standard: await aStream(muster, service) }
    for (const stream of Object.values(streams)) await stream.drain()
    await writeUnknown('sub_x')
    for (const stream of Object.values(streams)) {
      const sets: Record<string, any>[] = []
      await expect.poll(async () => sets.push(...(await stream.drain())) > 0).toBe(true)
      expect(rowsOf(sets)).toMatchObject([{ kind: 'future', subject: 'sub_x', value: { level: 1 } }])
      if (stream === streams.standard) expect(sets[0]).toMatchObject({ sub_id: { format: 'opaque', id: 'sub_x' }, events: { [SESSION_REVOKED]: {} } })
      await stream.remove()
    }
  })

  test('a revocation of an unknown kind is passed on in a push', async () => {
    const sink = await aSink()
    const stream = await aStream(muster, service, { delivery: sink.delivery })
    await writeUnknown('sub_pushed')
    const about = () => rowsOf(sink.received).filter(({ subject }) => subject === 'sub_pushed')
    await expect.poll(about).toMatchObject([{ kind: 'future', value: { level: 1 } }])
    await stream.remove()
    await sink.close()
  })

  test('a process with an unknown revocation asks the database at each forward auth', async () => {
    const { token, id } = people['bob'] as Human
    const ask = () => muster.call('GET', '/v1/forward-auth', { token })
    expect((await ask()).status).toBe(200)
    await writeUnknown(id)
    const executor = muster.server.database.kysely.getExecutor()
    const provide = executor.provideConnection
    let queries = 0
    executor.provideConnection = ((consumer, options) => {
      queries += 1
      return provide.call(executor, consumer, options)
    }) as typeof provide
    const asked = async () => {
      queries = 0
      for (let n = 0; n < 50; n++) expect((await ask()).status).toBe(200)
      return queries
    }
    await expect.poll(asked).toBeGreaterThanOrEqual(50)
    executor.provideConnection = provide
  })

  test('a process with an unknown revocation still reads later ones', async () => {
    const { token } = await muster.login(people['bob'] as Human)
    await muster.call('POST', '/v1/organizations/ada/members/bob/deactivate', { token: (people['ada'] as Human).token })
    expect((await muster.call('GET', '/v1/forward-auth', { token })).body.code).toBe('user_deactivated')
  })
})
