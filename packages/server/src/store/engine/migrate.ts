import { Kysely, PostgresDialect } from 'kysely'
import { Migrator } from 'kysely/migration'
import { prepareQueues } from '../../jobs/queue.ts'
import { migrations } from '../migrations/index.ts'
import { createPool, type Database } from './database.ts'

/** The schema is unchanged, because all pending migrations run in one transaction. `cause` is the database's error. */
export class MigrationFailed extends Error {
  override name = 'MigrationFailed'
}

/**
 * Runs the pending migrations. On PostgreSQL, several processes may call it at once, because the migrator takes a lock.
 * `migrateUrl` connects as the role that owns the schema, for a server whose own role may not change it.
 * @throws MigrationFailed
 */
export async function migrate(database: Database, migrateUrl: string | undefined = database.url): Promise<void> {
  if (database.engine === 'pglite' || migrateUrl === undefined) {
    await run(database.kysely)
  } else {
    // A separate pool without a statement timeout, because the migration of another process can take long.
    const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: createPool({ url: migrateUrl, size: 2, statementTimeoutSeconds: 0 }) }) })
    try {
      await run(kysely)
    } finally {
      await kysely.destroy()
    }
  }
  try {
    await prepareQueues(database, migrateUrl)
  } catch (cause) {
    throw new MigrationFailed('The tables of the job queue could not be created or updated.', { cause })
  }
}

/** The names of the migrations that have not run yet, for `/readyz`. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const all = await migrator(database.kysely).getMigrations()
  return all.filter((migration) => migration.executedAt === undefined).map((migration) => migration.name)
}

async function run(kysely: Kysely<any>): Promise<void> {
  const { error, results } = await migrator(kysely).migrateToLatest()
  if (error === undefined) return
  const failed = results?.find((result) => result.status === 'Error')
  throw new MigrationFailed(failed ? `Migration ${failed.migrationName} failed.` : 'The migrations could not run.', { cause: error })
}

function migrator(db: Kysely<any>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrations } })
}
