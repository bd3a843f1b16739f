import { setFlagsFromString } from 'node:v8'
import type { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Tables } from '../tables.ts'
import { foreignFileIn, openDataFolder } from './data-folder.ts'
import { startHousekeeping } from './housekeeping.ts'
import { guardOneSession } from './one-session.ts'
import { requireNamedStatements } from './pooler.ts'
import { preparePoints } from './prepared.ts'
import { type RunTransaction, transactionsOfOneSession, transactionsOfPool } from './transaction.ts'

export interface Database {
  kysely: Kysely<Tables>
  transaction: RunTransaction
  engine: 'pglite' | 'postgres'
  /** Set for PGlite. It has one session, so code inside a transaction must only use the transaction. Otherwise both would wait for ever. */
  pglite?: PGlite
  /** Set for PostgreSQL. */
  pool?: pg.Pool
  url?: string
  /** True if named statements are allowed. pgbouncer below 1.21 does not support them. */
  prepared: boolean
  close(): Promise<void>
}

export interface DatabaseOptions {
  databaseUrl?: string | undefined
  /** The folder of the embedded database. Without it and without a URL, the database is in memory. */
  dataDir?: string | undefined
  poolSize?: number | undefined
  prepared?: boolean | undefined
  /** Ignores the snapshot, for a database that begins with an older schema or becomes the snapshot. */
  fresh?: boolean | undefined
  /** The name of its connections in `pg_stat_activity`. A server's by default. */
  name?: string | undefined
}

export class DatabaseTooOld extends Error {
  override name = 'DatabaseTooOld'
}

const oldest = 15

/** Opens the database without migrating it. @throws DatabaseTooOld, PoolerWithoutStatements, DataFolderInUse, DataFolderForeign */
export async function openDatabase({
  databaseUrl,
  dataDir,
  poolSize = 10,
  prepared = true,
  fresh = false,
  name = 'muster',
}: DatabaseOptions): Promise<Database> {
  if (databaseUrl !== undefined) return openPostgres(databaseUrl, { size: poolSize, prepared, name })
  if (dataDir !== undefined) return openFolder(dataDir, { prepared, fresh })
  const { openInMemory } = await embeddedEngine()
  const pglite = await openInMemory({ fresh })
  return embedded(pglite, prepared, () => pglite.close())
}

/**
 * Loaded when it is used, because it takes 20 MiB. V8 does not optimize its machine code: for one very large function, that takes three seconds and 500 MiB,
 * and the times of requests with it and without it did not differ by more than the noise.
 */
const embeddedEngine = () => {
  setFlagsFromString('--no-wasm-tier-up')
  setFlagsFromString('--no-wasm-dynamic-tiering')
  return import('./pglite.ts')
}

async function openFolder(dataDir: string, { prepared, fresh }: { prepared: boolean; fresh: boolean }): Promise<Database> {
  const folder = await openDataFolder(dataDir)
  try {
    const { openInFolder } = await embeddedEngine()
    const { pglite } = await openInFolder(folder.cluster, { fresh })
    const stopHousekeeping = startHousekeeping(pglite)
    return embedded(pglite, prepared, async () => {
      await stopHousekeeping()
      await pglite.close()
      await folder.release()
    })
  } catch (error) {
    await folder.release()
    throw (await foreignFileIn(folder.cluster, error)) ?? error
  }
}

function embedded(pglite: PGlite, prepared: boolean, shut: () => Promise<void>): Database {
  const kysely = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) })
  guardOneSession(kysely)
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    closing ??= shut()
    return closing
  }
  return { kysely, transaction: transactionsOfOneSession(kysely), engine: 'pglite', pglite, prepared, close }
}

async function openPostgres(url: string, { size, prepared, name }: { size: number; prepared: boolean; name: string }): Promise<Database> {
  const pool = createPool({ url, size, statementTimeoutSeconds: 30, name })
  if (prepared) preparePoints(pool)
  try {
    const { rows } = await pool.query<{ version: number; name: string }>(
      `select current_setting('server_version_num')::int as version, current_setting('server_version') as name`,
    )
    const [server] = rows
    if (server && server.version < oldest * 10_000) {
      throw new DatabaseTooOld(`The database server is PostgreSQL ${server.name}; Muster needs ${oldest} or newer.`)
    }
    if (prepared) await requireNamedStatements(pool)
  } catch (error) {
    await pool.end()
    throw error
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    // Kysely does not end a pool that it has not used.
    closing ??= kysely.destroy().then(() => (pool.ending ? undefined : pool.end()))
    return closing
  }
  return { kysely, transaction: transactionsOfPool(pool), engine: 'postgres', pool, url, prepared, close }
}

/** Parses values as PGlite is configured to: int8 as bigint, dates and intervals as text. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.INT8 && format !== 'binary') return BigInt
    if (oid === pg.types.builtins.DATE || oid === pg.types.builtins.INTERVAL) return String
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

export function createPool({
  url,
  size,
  statementTimeoutSeconds,
  name = 'muster',
}: {
  url: string
  size: number
  statementTimeoutSeconds: number
  name?: string
}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    types,
    application_name: name,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    pipeline: true, // statements of a transaction need not wait for each other
    // Set by a statement, because pgbouncer refuses these settings in the startup packet. Without the idle timeout, an abandoned
    // transaction would keep an organization's row locked.
    onConnect: async (client) => {
      await client.query(
        `set statement_timeout = '${statementTimeoutSeconds}s'; set idle_in_transaction_session_timeout = '15s'; set lock_timeout = '${statementTimeoutSeconds}s'; set time zone 'UTC'`,
      )
    },
  })
  // Without a listener, a lost idle connection would end the process. The pool opens a new connection when it needs one.
  pool.on('error', () => {})
  // The same for a connection that is lost inside a transaction, between two statements. The next statement then fails with an error.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
