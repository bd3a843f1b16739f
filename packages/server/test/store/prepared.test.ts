import { type Database, openDatabase } from '@muster/server/store/database.ts'
import { createLimits } from '@muster/server/store/limit-store.ts'
import { createStore } from '@muster/server/store/transaction.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { expect, test } from 'vitest'

/** A database of one connection, so that what is known of it is known of all. */
async function oneConnection(prepared: boolean): Promise<Database> {
  return openDatabase({ databaseUrl: await (await startPostgres()).createDatabase(), poolSize: 1, prepared })
}
const named = async ({ kysely }: Database): Promise<number> => {
  const { rows } = await sql<{ count: bigint }>`select count(*) as count from pg_prepared_statements`.execute(kysely)
  return Number(rows[0]?.count)
}
const often = async (ask: () => Promise<unknown>): Promise<void> => {
  for (let time = 0; time < 60; time++) await ask()
}

test('what is asked often has a name, what is asked seldom has none', async () => {
  const database = await oneConnection(true)
  const { reading } = createStore(database, { send: async () => {} })
  await reading.sessions.find('ses_nobody')
  expect(await named(database)).toBe(0)
  await often(() => reading.sessions.find('ses_nobody'))
  expect(await named(database)).toBe(1)
  await database.close()
})

test('no statement has a name where they are off, and none of the limits', async () => {
  const database = await oneConnection(false)
  const { reading } = createStore(database, { send: async () => {} })
  const limits = createLimits(database)
  await often(() => reading.sessions.find('ses_nobody'))
  await limits.spend('token by address', '192.0.2.1')
  expect(await named(database)).toBe(0)
  await database.close()
})

test('a column that a newer version adds is no error for what was prepared before, alone and within a transaction (I13)', async () => {
  const database = await oneConnection(true)
  const store = createStore(database, { send: async () => {} })
  const find = () => store.reading.signingKeys.list()
  const inside = () => store.transaction((tx) => tx.sessions.find('ses_nobody'))
  await often(() => sql`select * from session where id = ${'ses_nobody'}`.execute(database.kysely))
  await often(inside)
  await sql`alter table session add column of_tomorrow text`.execute(database.kysely)
  await expect(inside()).resolves.toBeNull()
  await expect(find()).resolves.toEqual([])
  await sql`alter table session add column of_the_day_after text`.execute(database.kysely)
  await often(() => sql`select * from session where id = ${'ses_nobody'}`.execute(database.kysely))
  expect(await named(database)).toBeGreaterThan(0)
  await sql`alter table session drop column of_the_day_after`.execute(database.kysely)
  await expect(sql`select * from session where id = ${'ses_nobody'}`.execute(database.kysely)).resolves.toMatchObject({ rows: [] })
  await database.close()
})
