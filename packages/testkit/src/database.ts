import { type Database, migrate, openDatabase } from '@muster/server/store/database.ts'
import { guardOneSession } from '@muster/server/store/engine/one-session.ts'
import { startPostgres } from './postgres.ts'

export type Engine = 'pglite' | 'postgres'

/**
 * The engines of tests about rules and journeys. Both engines run the same SQL, and PGlite takes twice the time, so the rules are proven on PostgreSQL. On PGlite, the random lives
 * run every command, and tests about an engine name it. `MUSTER_TEST_ENGINES=pglite,postgres` runs all of them on both.
 */
export const engines = (process.env.MUSTER_TEST_ENGINES ?? 'postgres').split(',') as Engine[]

/**
 * A migrated, empty database for one test, dropped when it is closed. PostgreSQL is the default, because the embedded engine takes seconds to start. Where the
 * engines could differ, a test runs on both.
 */
export async function aDatabase(engine: Engine = 'postgres', { poolSize }: { poolSize?: number | undefined } = {}): Promise<Database> {
  const postgres = engine === 'postgres' ? await startPostgres() : undefined
  const databaseUrl = await postgres?.createDatabase()
  const database = await openDatabase({ databaseUrl, poolSize })
  await migrate(database)
  // On the embedded engine, code that uses the database from inside a transaction waits for itself. The guard detects such code on PostgreSQL too.
  if (engine === 'postgres') {
    const { transaction } = database
    const holding = guardOneSession(database.kysely)
    database.transaction = (...work) => holding(() => transaction(...work))
  }
  return {
    ...database,
    async close() {
      await database.close()
      if (databaseUrl !== undefined) await postgres?.dropDatabase(databaseUrl)
    },
  }
}
