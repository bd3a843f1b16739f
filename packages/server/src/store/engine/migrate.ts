import { randomInt } from 'node:crypto'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { areQueuesCurrent, prepareQueues } from '../../jobs/queue.ts'
import { migrations } from '../migrations/index.ts'
import { createPool, type Database } from './database.ts'

/** The schema is unchanged, because all pending migrations run in one transaction. `cause` is the database's error. */
export class MigrationFailed extends Error {
  override name = 'MigrationFailed'
}

/**
 * Runs the pending migrations. On PostgreSQL, several processes may call it at once, because the migrator takes a lock. Without work, it runs two statements
 * and opens no connection.
 * `migrateUrl` connects as the role that owns the schema, for a server whose own role may not change it.
 * @param upTo the last migration to run; all by default
 * @throws MigrationFailed
 */
export async function migrate(database: Database, migrateUrl: string | undefined = database.url, upTo?: string): Promise<void> {
  if (!(await isSchemaCurrent(database))) await migrateSchema(database, migrateUrl, upTo)
  if (await areQueuesCurrent(database)) return
  try {
    await requireSameDatabase(database, migrateUrl)
    await prepareQueues(database, migrateUrl)
  } catch (cause) {
    throw cause instanceof MigrationFailed ? cause : new MigrationFailed('The tables of the job queue could not be created or updated.', { cause })
  }
}

/** The names of the migrations that have not run yet, for `/readyz`. */
export async function pendingMigrations(database: Database): Promise<string[]> {
  const ran = new Set(await ranMigrations(database))
  return Object.keys(migrations).filter((name) => !ran.has(name))
}

export const isKnownMigration = (name: string): boolean => Object.hasOwn(migrations, name)

/** Of this version. */
export const latestMigration = Object.keys(migrations).sort().at(-1) as string

/** False also for a database that a newer version migrated: the migrator decides about it. */
async function isSchemaCurrent(database: Database): Promise<boolean> {
  const ran = await ranMigrations(database)
  return ran.length === Object.keys(migrations).length && ran.every((name) => name in migrations)
}

const UNDEFINED_TABLE = '42P01'

/** Their names, in no order. */
export async function ranMigrations({ kysely }: Pick<Database, 'kysely'>): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(kysely)
    return rows.map(({ name }) => name)
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return []
    throw error
  }
}

/**
 * True if both addresses name one database. After a restore into a new one, an address may still name the old one, which must not be changed. A lock that one connection
 * holds is seen by the other one only in the same database.
 * @param kysely connected to the first address
 */
export async function isSameDatabase(kysely: Kysely<any>, migrateUrl: string): Promise<boolean> {
  const owner = createPool({ url: migrateUrl, size: 1, statementTimeoutSeconds: 30 })
  const [group, one] = [randomInt(2 ** 31), randomInt(2 ** 31)]
  try {
    const connection = await owner.connect()
    try {
      await connection.query('begin')
      await connection.query('select pg_advisory_xact_lock($1, $2)', [group, one])
      const { rows } = await sql`
        select from pg_locks where locktype = 'advisory' and classid = ${group}::oid and objid = ${one}::oid
          and database = (select oid from pg_database where datname = current_database())`.execute(kysely)
      return rows.length > 0
    } finally {
      await connection.query('rollback').catch(() => {})
      connection.release(true)
    }
  } finally {
    await owner.end()
  }
}

export const DIFFERENT_DATABASES = 'DATABASE_URL and MUSTER_MIGRATE_URL name different databases. Let both name the same one.'

/** @throws MigrationFailed */
async function requireSameDatabase({ kysely, url }: Database, migrateUrl: string | undefined): Promise<void> {
  if (migrateUrl === undefined || migrateUrl === url) return
  const isSame = await isSameDatabase(kysely, migrateUrl).catch((cause: unknown) => {
    throw new MigrationFailed('The migrations could not run.', { cause })
  })
  if (!isSame) throw new MigrationFailed(DIFFERENT_DATABASES)
}

async function migrateSchema(database: Database, migrateUrl: string | undefined, upTo: string | undefined): Promise<void> {
  if (database.engine === 'pglite' || migrateUrl === undefined) return run(database.kysely, upTo)
  await requireSameDatabase(database, migrateUrl)
  // A separate pool without a statement timeout, because the migration of another process can take long.
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: createPool({ url: migrateUrl, size: 2, statementTimeoutSeconds: 0 }) }) })
  try {
    await run(kysely, upTo)
  } finally {
    await kysely.destroy()
  }
}

const DEADLOCK = '40P01'
const ATTEMPTS = 10

/** The migrations lock many tables, so they can meet a transaction of a running process of the version before in the opposite order. Then they begin again. */
async function run(kysely: Kysely<any>, upTo: string | undefined): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const { error, results } = await (upTo === undefined ? migrator(kysely).migrateToLatest() : migrator(kysely).migrateTo(upTo))
    if (error === undefined) return
    if ((error as { code?: unknown }).code === DEADLOCK && attempt < ATTEMPTS) continue
    const failed = results?.find((result) => result.status === 'Error')
    throw new MigrationFailed(failed ? `Migration ${failed.migrationName} failed.` : 'The migrations could not run.', { cause: error })
  }
}

function migrator(db: Kysely<any>): Migrator {
  return new Migrator({ db, provider: { getMigrations: async () => migrations } })
}
