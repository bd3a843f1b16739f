import { openDatabase } from '@muster/server/store/database.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { sql } from 'kysely'
import { expect, test } from 'vitest'

test('a connection that is lost between two statements of a transaction fails the transaction and not the process', async () => {
  const databaseUrl = await (await startPostgres()).createDatabase()
  const [database, other] = await Promise.all([openDatabase({ databaseUrl }), openDatabase({ databaseUrl })])
  const lost = database.kysely.transaction().execute(async (trx) => {
    const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx)
    await sql`select pg_terminate_backend(${rows[0]?.pid}::int)`.execute(other.kysely)
    await new Promise((resolve) => setTimeout(resolve, 200))
    await sql`select 1`.execute(trx)
  })
  await expect(lost).rejects.toThrow()
  expect((await sql<{ one: number }>`select 1 as one`.execute(database.kysely)).rows).toEqual([{ one: 1 }])
  await Promise.all([database.close(), other.close()])
})
