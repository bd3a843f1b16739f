import { type Database, migrate, openDatabase } from '@muster/server/store/database.ts'
import { guardOneSession } from '@muster/server/store/engine/one-session.ts'
import { startPostgres } from './postgres.ts'

export type Engine = 'pglite' | 'postgres'

/**
 * A database of one's own, migrated and empty, which is gone when it is closed. On PostgreSQL unless the test says otherwise: the embedded engine takes
 * seconds to start, and where the engines could differ a test is for both.
 */
export async function aDatabase(engine: Engine = 'postgres', { poolSize }: { poolSize?: number | undefined } = {}): Promise<Database> {
  const postgres = engine === 'postgres' ? await startPostgres() : undefined
  const databaseUrl = await postgres?.createDatabase()
  const database = await openDatabase({ databaseUrl, poolSize })
  await migrate(database)
  // As on the embedded engine: whoever uses the database from inside a transaction would wait there for ever.
  if (engine === 'postgres') guardOneSession(database.kysely)
  return {
    ...database,
    async close() {
      await database.close()
      if (databaseUrl !== undefined) await postgres?.dropDatabase(databaseUrl)
    },
  }
}
