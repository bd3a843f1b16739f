import type { PGlite } from '@electric-sql/pglite'
import { Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { Tables } from '../tables.ts'
import { openDataFolder } from './data-folder.ts'
import { startHousekeeping } from './housekeeping.ts'
import { guardOneSession } from './one-session.ts'
import { openInFolder, openInMemory } from './pglite.ts'
import { requireNamedStatements } from './pooler.ts'
import { preparePoints } from './prepared.ts'

export interface Database {
  kysely: Kysely<Tables>
  engine: 'pglite' | 'postgres'
  /** On PGlite. It is one session: inside a transaction only the transaction may be used, or both wait for ever. */
  pglite?: PGlite
  /** On PostgreSQL. */
  pool?: pg.Pool
  url?: string
  /** True when statements may be named; pgbouncer below 1.21 cannot follow them. */
  prepared: boolean
  close(): Promise<void>
}

export interface DatabaseOptions {
  databaseUrl?: string | undefined
  /** Where the embedded database lives; absent, and without a URL, it lives in memory. */
  dataDir?: string | undefined
  poolSize?: number | undefined
  prepared?: boolean | undefined
  /** Do not begin from the snapshot; the build, which makes it, says so. */
  fresh?: boolean | undefined
}

export class DatabaseTooOld extends Error {
  override name = 'DatabaseTooOld'
}

const oldest = 15

/** Opens the store, without migrating it. @throws DatabaseTooOld, PoolerWithoutStatements, DataFolderInUse */
export async function openDatabase({ databaseUrl, dataDir, poolSize = 10, prepared = true, fresh = false }: DatabaseOptions): Promise<Database> {
  if (databaseUrl !== undefined) return openPostgres(databaseUrl, poolSize, prepared)
  if (dataDir !== undefined) return openFolder(dataDir, prepared)
  const pglite = await openInMemory({ fresh })
  return embedded(pglite, prepared, () => pglite.close())
}

async function openFolder(dataDir: string, prepared: boolean): Promise<Database> {
  const folder = await openDataFolder(dataDir)
  try {
    const { pglite } = await openInFolder(folder.cluster)
    const stopHousekeeping = startHousekeeping(pglite)
    return embedded(pglite, prepared, async () => {
      await stopHousekeeping()
      await pglite.close()
      await folder.release()
    })
  } catch (error) {
    await folder.release()
    throw error
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
  return { kysely, engine: 'pglite', pglite, prepared, close }
}

async function openPostgres(url: string, poolSize: number, prepared: boolean): Promise<Database> {
  const pool = createPool({ url, size: poolSize, statementTimeoutSeconds: 30 })
  if (prepared) preparePoints(pool)
  try {
    const { rows } = await pool.query<{ version: number; name: string }>(
      `select current_setting('server_version_num')::int as version, current_setting('server_version') as name`,
    )
    const [server] = rows
    if (server && server.version < oldest * 10_000) {
      throw new DatabaseTooOld(`The database server is PostgreSQL ${server.name}; Muster needs ${oldest} or newer.`)
    }
    if (prepared) await requireNamedStatements(url)
  } catch (error) {
    await pool.end()
    throw error
  }
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  let closing: Promise<void> | undefined
  const close = (): Promise<void> => {
    // Kysely ends the pool only when it has used it.
    closing ??= kysely.destroy().then(() => (pool.ending ? undefined : pool.end()))
    return closing
  }
  return { kysely, engine: 'postgres', pool, url, prepared, close }
}

/** The values of a row come as the embedded engine gives them: int8 as bigint, dates and intervals as text. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === pg.types.builtins.INT8 && format !== 'binary') return BigInt
    if (oid === pg.types.builtins.DATE || oid === pg.types.builtins.INTERVAL) return String
    return pg.types.getTypeParser(oid, format as 'text')
  },
}

export function createPool({ url, size, statementTimeoutSeconds }: { url: string; size: number; statementTimeoutSeconds: number }): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    types,
    application_name: 'muster',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    // Set by a statement and not in the start-up packet, which pgbouncer refuses. A transaction that nobody goes on with would keep
    // an organization's row locked for everybody.
    onConnect: async (client) => {
      await client.query(
        `set statement_timeout = '${statementTimeoutSeconds}s'; set idle_in_transaction_session_timeout = '15s'; set lock_timeout = '${statementTimeoutSeconds}s'; set time zone 'UTC'`,
      )
    },
  })
  // Without a listener the loss of an idle connection would end the process; the pool opens a new one when it is needed.
  pool.on('error', () => {})
  // The same for one that is lost inside a transaction, between two statements: the next statement fails, and that is told.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}
