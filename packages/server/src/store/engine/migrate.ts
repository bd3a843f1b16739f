import { randomInt } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { Kysely, PostgresDialect, sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { areQueuesCurrent, prepareQueues } from '../../jobs/queue.ts'
import { migrations } from '../migrations/index.ts'
import { createPool, type Database } from './database.ts'
import { hasPersonalValuesToMove, movePersonalValues } from './move-personal.ts'

/** The migration that failed changed nothing: it has a transaction of its own. `cause` is the database's error. */
export class MigrationFailed extends Error {
  override name = 'MigrationFailed'
}

/**
 * Runs the pending migrations. On PostgreSQL, several processes may call it at once, because the migrator takes a lock. Without work, it runs three statements
 * and opens no connection.
 * `migrateUrl` connects as the role that owns the schema, for a server whose own role may not change it.
 * @param upTo the last migration to run; all by default
 * @throws MigrationFailed
 */
export async function migrate(database: Database, migrateUrl: string | undefined = database.url, upTo?: string): Promise<void> {
  if (!(await isSchemaCurrent(database))) await asOwner(database, migrateUrl, (owner) => run(database, owner, upTo))
  if (upTo === undefined && (await hasPersonalValuesToMove(database))) await movePersonal(database, migrateUrl)
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

/** @throws MigrationFailed */
async function movePersonal(database: Database, migrateUrl: string | undefined): Promise<void> {
  try {
    await asOwner(database, migrateUrl, movePersonalValues)
  } catch (cause) {
    throw cause instanceof MigrationFailed ? cause : new MigrationFailed('Personal values could not be moved out of the audit log.', { cause })
  }
}

/** Works as the role that owns the schema. @throws MigrationFailed */
async function asOwner(database: Database, migrateUrl: string | undefined, work: (owner: Kysely<any>) => Promise<void>): Promise<void> {
  if (database.engine === 'pglite' || migrateUrl === undefined) return work(database.kysely)
  await requireSameDatabase(database, migrateUrl)
  // A separate pool without a statement timeout, because the migration of another process can take long.
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: createPool({ url: migrateUrl, size: 2, statementTimeoutSeconds: 0 }) }) })
  try {
    await work(kysely)
  } finally {
    await kysely.destroy()
  }
}

/** deadlock_detected and lock_not_available. */
const metRequests: ReadonlySet<unknown> = new Set(['40P01', '55P03'])
const ATTEMPTS = 60
const LOCK_TIMEOUT = '500ms'

/**
 * A migration locks tables that the running processes read, perhaps in the opposite order. PostgreSQL would end one of both after a second, perhaps the request. So the
 * migration gives up before, and begins again. Each one has its own transaction, which locks few tables, except in a database that no process uses yet.
 */
async function run(database: Pick<Database, 'kysely'>, kysely: Kysely<any>, upTo: string | undefined): Promise<void> {
  const ran = await ranMigrations(database)
  if (upTo !== undefined && ran.includes(upTo)) return
  const isNew = ran.length === 0
  for (let attempt = 1; ; ) {
    const { error, results = [] } = await (isNew ? allAt(migrator(kysely), upTo) : migrator(kysely).migrateUp())
    const [first] = results
    if (error === undefined && (isNew || first === undefined || first.migrationName === upTo)) return
    if (error === undefined) attempt = 1
    else if (metRequests.has((error as { code?: unknown }).code) && attempt++ < ATTEMPTS) await setTimeout(randomInt(100, 1_000))
    else {
      const failed = results.find((result) => result.status === 'Error')
      throw new MigrationFailed(failed ? `Migration ${failed.migrationName} failed.` : 'The migrations could not run.', { cause: error })
    }
  }
}

const allAt = (all: Migrator, upTo: string | undefined) => (upTo === undefined ? all.migrateToLatest() : all.migrateTo(upTo))

function migrator(db: Kysely<any>): Migrator {
  const patient = Object.entries(migrations).map(([name, { up, ...migration }]) => [
    name,
    {
      ...migration,
      up: async (tx: Kysely<any>) => {
        await sql.raw(`set local lock_timeout = '${LOCK_TIMEOUT}'`).execute(tx)
        await up(tx)
      },
    },
  ])
  return new Migrator({ db, provider: { getMigrations: async () => Object.fromEntries(patient) } })
}
