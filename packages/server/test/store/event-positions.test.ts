import { setTimeout as sleep } from 'node:timers/promises'
import { auditEvent } from '@muster/server/domain/command/audit.ts'
import { systemPrincipal } from '@muster/server/domain/model/principal.ts'
import { createSequencer } from '@muster/server/signals/events/sequencer.ts'
import { moveAll } from '@muster/server/store/archive/copy.ts'
import { insertEvents } from '@muster/server/store/command/audit-store.ts'
import { type Database, migrate, openDatabase } from '@muster/server/store/database.ts'
import { createStore } from '@muster/server/store/transaction.ts'
import { aDatabase } from '@muster/testkit/database.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type Kysely, sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'

// The order of the event feed (P18): positions are given after the commit, and decision 0073 says why nothing is left out.

let database: Database
beforeAll(async () => {
  database = await aDatabase('postgres')
})
afterAll(() => database.close())

const storeOf = (of: Database) => createStore(of, { send: async () => {} }, { passwords: true })

/** Records an event about this target. */
const write = async (db: Kysely<any>, target: string, organizationId: string | null = null): Promise<void> =>
  void (await insertEvents([{ ...auditEvent({ type: 'account.created', target } as never, systemPrincipal), organizationId }]).execute(db))

const pass = (of: Database = database, options?: { thorough: boolean }) => storeOf(of).reading.eventPositions.give(options)

interface Placed {
  position: bigint
  target: string
}

const placed = async (of: Database = database): Promise<Placed[]> =>
  (await sql<Placed>`select position, target from event_position p join audit_event e on e.seq = p.seq order by position`.execute(of.kysely)).rows

const targets = async (of?: Database): Promise<string[]> => (await placed(of)).map(({ target }) => target)

const unfinished: (() => void)[] = []
afterEach(() => {
  for (const end of unfinished.splice(0)) end()
})

/** Begins a transaction that ends when `end` is called, or with the test. */
async function openTransaction(work: (trx: Kysely<any>) => Promise<void>): Promise<{ end(outcome?: 'commit' | 'rollback'): Promise<void> }> {
  const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<'commit' | 'rollback'>()]
  const running = database.kysely.transaction().execute(async (trx) => {
    await work(trx)
    begun.resolve()
    if ((await ended.promise) === 'rollback') throw new Error('rolled back')
  })
  running.catch(begun.reject)
  unfinished.push(() => ended.resolve('rollback')) // unless it has ended
  await begun.promise
  return {
    async end(outcome = 'commit') {
      ended.resolve(outcome)
      await running.catch((error: Error) => error.message === 'rolled back' || Promise.reject(error))
    },
  }
}

describe('the positions of events (P18)', () => {
  beforeEach(async () => {
    await database.close()
    database = await aDatabase('postgres')
  })

  test('an event that commits late comes later, and is not left out', async () => {
    const late = await openTransaction((trx) => write(trx, 'late'))
    await write(database.kysely, 'early')
    expect(await pass()).toMatchObject({ count: 1, last: 1n })
    await write(database.kysely, 'next')
    await pass()
    await late.end()
    await pass()
    expect(await placed()).toEqual([
      { position: 1n, target: 'early' },
      { position: 2n, target: 'next' },
      { position: 3n, target: 'late' },
    ])
  })

  test('a long transaction stops no other event, and leaves no gap when it fails', async () => {
    const long = await openTransaction((trx) => write(trx, 'never'))
    for (let n = 1; n <= 3; n++) {
      await write(database.kysely, `event ${n}`)
      expect((await pass())?.last).toBe(BigInt(n))
    }
    await long.end('rollback')
    await write(database.kysely, 'event 4')
    await pass()
    expect(await placed()).toEqual([1, 2, 3, 4].map((n) => ({ position: BigInt(n), target: `event ${n}` })))
  })

  test('an event committed before another was written stands before it, in one pass', async () => {
    const first = await openTransaction((trx) => write(trx, 'first'))
    const other = await openTransaction(async (trx) => void (await sql`select pg_current_xact_id()`.execute(trx)))
    await first.end()
    await write(database.kysely, 'second')
    await other.end()
    await pass()
    expect(await targets()).toEqual(['first', 'second'])
  })

  test('each organization has positions of its own', async () => {
    for (const organizationId of ['org_a', 'org_b', null, 'org_a']) await write(database.kysely, 'x', organizationId)
    expect((await pass())?.organizations?.toSorted()).toEqual(['org_a', 'org_b'])
    await write(database.kysely, 'x', 'org_a')
    await pass()
    const { rows } = await sql`select position, organization_id, organization_position from event_position order by position`.execute(database.kysely)
    expect(rows.map((row) => Object.values(row as object))).toEqual([
      [1n, 'org_a', 1n],
      [2n, 'org_b', 1n],
      [3n, null, null],
      [4n, 'org_a', 2n],
      [5n, 'org_a', 3n],
    ])
  })

  test('a sequencer skips while another one holds the lock', async () => {
    const other = await openTransaction(async (trx) => void (await sql`select from event_sequencer for update`.execute(trx)))
    await write(database.kysely, 'x')
    expect(await pass()).toBeNull()
    await other.end()
    expect(await pass()).toMatchObject({ count: 1 })
  })

  test('a flood of events gets its positions in several passes, in order', async () => {
    const late = await openTransaction((trx) => write(trx, 'late'))
    await sql`insert into audit_event (id, type, outcome, actor_kind, target, details) select 'evt_' || n, 'x', 'done', 'system', n, '{}' from generate_series(1, 4500) n`.execute(
      database.kysely,
    )
    expect(await pass()).toMatchObject({ count: 2_000, hasMore: true })
    await late.end()
    expect(await pass()).toMatchObject({ count: 2_000, hasMore: true })
    expect(await pass()).toMatchObject({ count: 501, last: 4_501n, hasMore: false })
    expect((await targets()).filter((target) => target !== 'late').map(Number)).toEqual(Array.from({ length: 4_500 }, (_, index) => index + 1))
  })

  test('a thorough pass finds what a wrong hint hides', async () => {
    await sql`update event_sequencer set read_from = '9000000000'`.execute(database.kysely)
    await write(database.kysely, 'hidden')
    expect(await pass()).toMatchObject({ count: 0 })
    expect(await pass(database, { thorough: true })).toMatchObject({ count: 1 })
    await write(database.kysely, 'found')
    expect(await pass()).toMatchObject({ count: 1 })
  })

  test('a commit during a pass is not hidden by its hint', async () => {
    await sql`create function rest() returns trigger language plpgsql as 'begin perform pg_sleep(1); return null; end'`.execute(database.kysely)
    await sql`create trigger rest after delete on event_arrival for each statement execute function rest()`.execute(database.kysely)
    const late = await openTransaction((trx) => write(trx, 'late'))
    const passing = pass(database, { thorough: true })
    await sleep(300)
    await late.end()
    expect(await passing).toMatchObject({ count: 0 })
    await sql`drop trigger rest on event_arrival`.execute(database.kysely)
    expect(await pass()).toMatchObject({ count: 1 })
  })

  test('the database refuses to change or delete a position', async () => {
    await write(database.kysely, 'x')
    await pass()
    await expect(sql`update event_position set position = 7`.execute(database.kysely)).rejects.toThrow('append-only')
    await expect(sql`delete from event_position`.execute(database.kysely)).rejects.toThrow('append-only')
  })

  test('sequencers of several processes give each event one position', async () => {
    const sequencers = Array.from({ length: 3 }, () =>
      createSequencer({
        store: storeOf(database),
        onLast() {},
        onPositioned() {},
        onError(error) {
          throw error
        },
      }),
    )
    for (let n = 0; n < 60; n++) {
      await write(database.kysely, String(n))
      sequencers[n % 3]?.wake()
      if (n % 10 === 0) await sleep(15)
    }
    await expect.poll(async () => (await placed()).length).toBe(60)
    expect(await placed()).toEqual(Array.from({ length: 60 }, (_, n) => ({ position: BigInt(n + 1), target: String(n) })))
    for (const sequencer of sequencers) await sequencer.stop()
  })

  test('a sequencer finds the events of a process that was killed', async () => {
    const sequencer = createSequencer({ store: storeOf(database), onLast() {}, onPositioned() {}, onError() {} })
    await write(database.kysely, 'of another process')
    await expect.poll(() => targets(), { timeout: 5_000 }).toEqual(['of another process'])
    await sequencer.stop()
  })
})

test('events from before the migration get the first positions (P18)', async () => {
  const databaseUrl = await (await startPostgres()).createDatabase({ migrated: false })
  const old = await openDatabase({ databaseUrl })
  await migrate(old, databaseUrl, '0040-recent-sign-ins')
  await sql`insert into audit_event (id, type, outcome, actor_kind, target, details)
    select 'evt_' || n, 'account.created', 'done', 'system', 'old ' || n, '{}' from generate_series(1, 3) n`.execute(old.kysely)
  await migrate(old)
  await write(old.kysely, 'new')
  while ((await pass(old))?.hasMore);
  expect(await targets(old)).toEqual(['old 1', 'old 2', 'old 3', 'evt_3', 'new']) // `record.migrated` is about the third
  await old.close()
})

test('a store that is moved keeps the positions, and gives the next ones (P18)', async () => {
  const open = async (): Promise<Database> => {
    const opened = await openDatabase({ databaseUrl: await (await startPostgres()).createDatabase(), name: 'muster-administration' }) // not a server's
    await migrate(opened)
    return opened
  }
  const [source, target] = [await open(), await open()]
  await sql`insert into installation (secret_check) values ('x')`.execute(source.kysely)
  for (let n = 1; n <= 3; n++) await write(source.kysely, `event ${n}`)
  await pass(source)
  await write(source.kysely, 'without a position')
  await moveAll(source, target, { label: 'there' })
  await write(target.kysely, 'after the move')
  while ((await pass(target))?.hasMore);
  expect(await targets(target)).toEqual(['event 1', 'event 2', 'event 3', 'without a position', 'after the move'])
  await source.close()
  await target.close()
})
