import { migrate, openDatabase, pendingMigrations } from '@muster/server/store/database.ts'
import { snapshotExists } from '@muster/server/store/engine/snapshot.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'

test('five servers that start at once on an empty PostgreSQL migrate it once', async () => {
  const postgres = await startPostgres()
  const databaseUrl = await postgres.createDatabase({ migrated: false })
  const servers = await Promise.all(Array.from({ length: 5 }, () => openDatabase({ databaseUrl, poolSize: 2 })))
  await Promise.all(servers.map((server) => migrate(server)))
  const [first] = servers
  if (!first) throw new Error('No server was opened.')
  expect(await pendingMigrations(first)).toEqual([])
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from jobs.queue where name = 'mail'`.execute(first.kysely)
  expect(rows[0]?.n).toBe(1n)
  for (const server of servers) await server.close()
})

test('a repeated migration changes nothing on both engines', async () => {
  const postgres = await startPostgres()
  for (const options of [{}, { databaseUrl: await postgres.createDatabase() }]) {
    const database = await openDatabase(options)
    const shape = async (): Promise<unknown> =>
      (
        await sql`select table_schema, table_name, column_name, data_type from information_schema.columns where table_schema in ('public', 'jobs') order by 1, 2, 3`.execute(
          database.kysely,
        )
      ).rows
    const before = await shape()
    await migrate(database)
    await migrate(database)
    expect(await shape()).toEqual(before)
    expect(await pendingMigrations(database)).toEqual([])
    await database.close()
  }
})

test('a request that meets a migration in the opposite order of locks goes on', async () => {
  const databaseUrl = await (await startPostgres()).createDatabase({ migrated: false })
  const first = await openDatabase({ databaseUrl })
  // PostgreSQL ends one of the two after a second, perhaps the request. Here it would come too late for both.
  await sql`alter database ${sql.ref(new URL(databaseUrl).pathname.slice(1))} set deadlock_timeout = '10min'`.execute(first.kysely)
  await first.close()
  const database = await openDatabase({ databaseUrl })
  await migrate(database, databaseUrl, '0038-unready-credentials')
  const { kysely } = database
  let migrating: Promise<void> | undefined
  await kysely.transaction().execute(async (request) => {
    await sql`select from authenticator`.execute(request)
    migrating = migrate(database) // 0040 locks the sessions, and then waits for the authenticators
    await expect
      .poll(async () => (await sql`select from pg_locks where not granted and relation = 'authenticator'::regclass`.execute(kysely)).rows.length, {
        interval: 5,
      })
      .toBe(1)
    await sql`select from session`.execute(request)
  })
  await migrating
  expect(await pendingMigrations(database)).toEqual([])
  await database.close()
})

describe('a start', () => {
  // Nothing listens there, so a connection for the migration fails.
  const unreachable = 'postgres://nobody@127.0.0.1:1/nothing'
  const aMigrated = async () => openDatabase({ databaseUrl: await (await startPostgres()).createDatabase() })

  test('opens no second connection pool when the database is up to date', async () => {
    const database = await aMigrated()
    await expect(migrate(database, unreachable)).resolves.toBeUndefined()
    expect(database.pool?.totalCount).toBe(2) // those that checked the pooler
    await database.close()
  })

  test.each([
    ['a migration has not run', `delete from kysely_migration where name like '0020%'`],
    ['a newer version has migrated the database', `insert into kysely_migration values ('9999-tomorrow', '')`],
    ['the tables of the job queue are old', 'update jobs.version set version = version - 1'],
    ['an index of the job queue is not built yet', `insert into jobs.bam (name, version, table_name, command) values ('', 0, '', '')`],
    ['a queue is missing', `delete from jobs.queue where name = 'mail'`],
    ['a queue has other options', `update jobs.queue set retry_limit = 1 where name = 'mail'`],
  ])('migrates when %s', async (_, change) => {
    const database = await aMigrated()
    await sql.raw(change).execute(database.kysely)
    await expect(migrate(database, unreachable)).rejects.toThrow()
    await database.close()
  })

  test('corrects the options of a queue', async () => {
    const database = await aMigrated()
    await sql`update jobs.queue set retry_limit = 1, notify = false`.execute(database.kysely)
    await migrate(database)
    const { rows } = await sql`select retry_limit, notify from jobs.queue where name = 'mail'`.execute(database.kysely)
    expect(rows).toEqual([{ retry_limit: 84, notify: true }])
    await database.close()
  })
})

test('both engines have the same columns, indexes, constraints and triggers', async () => {
  const postgres = await startPostgres()
  const shapes: unknown[] = []
  for (const options of [{}, { databaseUrl: await postgres.createDatabase() }]) {
    const database = await openDatabase(options)
    const { rows: columns } =
      await sql`select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public' order by 1, 2`.execute(
        database.kysely,
      )
    const { rows: indexes } = await sql`select indexname, indexdef from pg_indexes where schemaname = 'public' order by 1`.execute(database.kysely)
    // PostgreSQL 18 lists not-null constraints here too; the columns above say the same for every version.
    const { rows: constraints } = await sql`select conrelid::regclass::text as on, conname, pg_get_constraintdef(oid) as definition from pg_constraint
        where connamespace = 'public'::regnamespace and contype <> 'n' order by 1, 2`.execute(database.kysely)
    const { rows: triggers } = await sql`select tgname, pg_get_triggerdef(oid) as definition from pg_trigger where not tgisinternal order by 1`.execute(
      database.kysely,
    )
    shapes.push({ columns, indexes, constraints, triggers })
    await database.close()
  }
  expect(shapes[0]).toEqual(shapes[1])
})

test('a new embedded database starts from the snapshot with nothing to migrate', async () => {
  expect(await snapshotExists()).toBe(true)
  const database = await openDatabase({})
  expect(await pendingMigrations(database)).toEqual([])
  await database.close()
})

test("PostgreSQL returns the embedded engine's types and times out after 30 seconds", async () => {
  const postgres = await startPostgres()
  const database = await openDatabase({ databaseUrl: await postgres.createDatabase() })
  const { rows } = await sql`select count(*) as n, date '2026-02-03' as d, interval '90 minutes' as i, current_setting('statement_timeout') as t`.execute(
    database.kysely,
  )
  expect(rows[0]).toEqual({ n: 1n, d: '2026-02-03', i: '01:30:00', t: '30s' })
  await database.close()
})
