import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:http'
import type { Engine } from '@muster/testkit/database.ts'
import { type Human, type Muster, startMuster } from '@muster/testkit/muster.ts'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'

const EVENTS = 6_000
const CHUNKS = EVENTS / 500

describe.each<Engine>(['pglite', 'postgres'])('an export of the audit log on %s', (engine) => {
  let muster: Muster
  let ada: Human
  beforeAll(async () => {
    muster = await startMuster({ engine })
    ada = (await muster.organization({ ada: 'admin' }))['ada'] as Human
    // Far more text than sockets hold.
    await sql`insert into audit_event (id, type, outcome, actor_kind, organization_id, target, details)
      select 'evt_big' || i, 'key.created', 'done', 'system', o.id, 'usr_0', jsonb_build_object('text', repeat('x', 4000))
      from organization o, generate_series(1, ${EVENTS}) i where o.name = 'ada'`.execute(muster.server.database.kysely)
  })
  afterAll(() => muster.close())
  afterEach(() => {
    vi.restoreAllMocks()
  })

  const path = '/v1/organizations/ada/audit-events?action=key.created'
  const open = async (): Promise<IncomingMessage> => {
    const asked = request(`${muster.url}${path}`, { headers: { authorization: `Bearer ${ada.token}`, accept: 'application/x-ndjson' } })
    asked.end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    return answer
  }
  const linesOf = async (answer: IncomingMessage): Promise<number> => {
    let lines = 0
    for await (const chunk of answer) lines += (chunk as Buffer).toString('latin1').split('\n').length - 1
    return lines
  }
  const reads = () => vi.spyOn(muster.server.services.store.reading.audit, 'after')

  test('it is read no faster than the client takes it', async () => {
    const read = reads()
    const slow = await open()
    const chunksBefore = read.mock.calls.length
    expect(chunksBefore).toBeLessThan(CHUNKS / 2)
    // Another export runs to its end meanwhile, so the slow one had time to be read too.
    expect(await linesOf(await open())).toBe(EVENTS)
    expect(read.mock.calls.length).toBeLessThan(CHUNKS * 1.75)
    expect(await linesOf(slow)).toBe(EVENTS)
  })

  test('it ends when the client disconnects', async () => {
    const read = reads()
    const gone = await open()
    await once(gone, 'readable')
    gone.destroy()
    expect(await linesOf(await open())).toBe(EVENTS)
    const both = read.mock.calls.length
    expect(both).toBeLessThan(CHUNKS * 1.75)
    expect(await linesOf(await open())).toBe(EVENTS)
    expect(read.mock.calls.length - both).toBe(CHUNKS + 1)
  })

  test.skipIf(engine === 'pglite')('it holds no transaction between its chunks', async () => {
    const slow = await open()
    const { rows } = await sql<{
      open: number
    }>`select count(*)::int as open from pg_stat_activity where state like 'idle in transaction%' and datname = current_database()`.execute(
      muster.server.database.kysely,
    )
    expect(rows).toEqual([{ open: 0 }])
    expect(await linesOf(slow)).toBe(EVENTS)
  })
})
