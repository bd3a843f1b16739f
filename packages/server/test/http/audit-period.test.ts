import type { OrganizationId } from '@muster/contract/ids.ts'
import type { AuditFilter } from '@muster/server/domain/command/store.ts'
import { createPool } from '@muster/server/store/database.ts'
import { engines } from '@muster/testkit/database.ts'
import { aWorld, type World } from '@muster/testkit/world.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const MINUTE = 60_000
const began = Date.parse('2026-03-01T00:00:00Z')

describe.each(engines)('the events of a period on %s', (engine) => {
  let world: World
  let organizationId: OrganizationId
  /** In the order of their numbers. */
  let recorded: { id: string; at: number; actor: string }[]
  beforeAll(async () => {
    world = await aWorld(engine)
    organizationId = (await world.organization({ ada: 'admin' })).id
    const { id: other } = await world.organization({ eve: 'admin' })
    // One a minute, each up to ten minutes early or late; the clock was a year ahead for some, and ten days behind for others.
    recorded = Array.from({ length: 600 }, (_, i) => {
      const jump = i % 97 === 3 ? 365 * 24 * 60 : i >= 300 && i < 340 ? -10 * 24 * 60 : 0
      return { id: `evt_at${i}`, at: began + (i + ((i * 7919) % 21) - 10 + jump) * MINUTE, actor: `usr_${i % 3}` }
    })
    for (const { id, at, actor } of recorded)
      await sql`insert into audit_event (id, at, type, outcome, actor_kind, actor_id, organization_id, target, details) values
        (${id}, ${new Date(at)}, 'key.created', 'done', 'user', ${actor}, ${organizationId}, 'usr_0', '{}'),
        (${`${id}_elsewhere`}, ${new Date(at)}, 'key.created', 'done', 'user', ${actor}, ${other}, 'usr_0', '{}')`.execute(world.database.kysely)
  })
  afterAll(() => world.close())

  const filterOf = (from: number | undefined, to: number | undefined): AuditFilter => ({
    organizationId,
    action: 'key.created',
    from: from === undefined ? undefined : new Date(began + from * MINUTE),
    to: to === undefined ? undefined : new Date(began + to * MINUTE),
  })
  const expected = ({ from, to, actor }: AuditFilter): string[] =>
    recorded
      .filter((one) => one.at >= Number(from ?? 0) && one.at < Number(to ?? Number.POSITIVE_INFINITY) && (actor?.includes(one.actor) ?? true))
      .map(({ id }) => id)
  const paged = async (filter: AuditFilter, limit: number): Promise<string[]> => {
    const ids: string[] = []
    for (let cursor: string | undefined; ; ) {
      const { items, nextCursor } = await world.store.reading.audit.page(filter, { limit, cursor })
      ids.push(...items.map(({ id }) => id))
      if (nextCursor === null) return ids
      cursor = nextCursor
    }
  }
  const exported = async (filter: AuditFilter): Promise<string[]> => (await world.store.reading.audit.after(0n, filter, 1_000)).map(({ id }) => id)

  test.each<[string, number | undefined, number | undefined]>([
    ['in the middle', 100, 200],
    ['of a minute', 250, 251],
    ['with a bound on an event', 310, 330],
    ['when the clock was behind', 300 - 14_400, 340 - 14_400],
    ['when the clock was ahead', 525_600, 526_300],
    ['without an event', 5_000, 6_000],
    ['before all events', -20_000, -16_000],
    ['without an end', 590, undefined],
    ['without a beginning', undefined, 5],
    ['that ends before it begins', 200, 100],
  ])('a period %s has exactly its events, newest number first', async (_, from, to) => {
    const filter = filterOf(from, to)
    expect(await paged(filter, 7)).toEqual(expected(filter).toReversed())
    expect(await exported(filter)).toEqual(expected(filter))
    const ofTwo = { ...filter, actor: ['usr_0', 'usr_2'] }
    expect(await paged(ofTwo, 7)).toEqual(expected(ofTwo).toReversed())
    expect(await exported({ ...ofTwo, target: ['usr_0', 'usr_9'] })).toEqual(expected(ofTwo))
  })

  test.skipIf(engine === 'pglite')('an event whose transaction ends late is in its period', async () => {
    const another = createPool({ url: world.database.url ?? '', size: 1, statementTimeoutSeconds: 30 })
    const insert = (id: string) =>
      `insert into audit_event (id, at, type, outcome, actor_kind, organization_id, target, details)
       values ('${id}', '${new Date(began + 90_000 * MINUTE).toISOString()}', 'key.ended', 'done', 'user', '${organizationId}', 'usr_0', '{}')`
    const period = { ...filterOf(90_000, 90_001), action: 'key.ended' }
    const ids = async () => (await world.store.reading.audit.page(period, { limit: 10 })).items.map(({ id }) => id)
    await another.query(`begin; ${insert('evt_late')}`)
    await world.rows(insert('evt_early'))
    expect(await ids()).toEqual(['evt_early'])
    await another.query('commit')
    expect(await ids()).toEqual(['evt_early', 'evt_late'])
    await another.end()
  })
})
