import type pg from 'pg'

/** A connection pooler in transaction mode that does not follow named statements: pgbouncer below 1.21, or with `max_prepared_statements = 0`. */
export class PoolerWithoutStatements extends Error {
  override name = 'PoolerWithoutStatements'
  constructor(options?: ErrorOptions) {
    super(
      'The connection pooler in front of PostgreSQL loses named statements: pgbouncer below 1.21 does, and later ones with max_prepared_statements = 0. Set MUSTER_PREPARED=off, or let pgbouncer follow them.',
      options,
    )
  }
}

const UNKNOWN_STATEMENT = '26000' // invalid_sql_statement_name
const DUPLICATE_STATEMENT = '42P05' // duplicate_prepared_statement

/** True for the two errors that show a client on another server connection than the one that holds its statements. */
export const isLostStatement = (error: unknown): boolean => {
  const { code } = (error ?? {}) as { code?: unknown }
  return code === UNKNOWN_STATEMENT || code === DUPLICATE_STATEMENT
}

const ANSWER_MILLISECONDS = 3_000

/**
 * Uses a named statement twice, and keeps the server connection of the first use busy in between. A pooler in transaction mode then answers
 * the second use on another one. A pooler with a single server connection makes the second use wait; its statements cannot get lost.
 * Both connections stay in the pool. A pool of one connection is not checked.
 * @throws PoolerWithoutStatements
 */
export async function requireNamedStatements(pool: pg.Pool): Promise<void> {
  if (pool.options.max < 2) return
  const connected = await Promise.allSettled([pool.connect(), pool.connect()])
  const clients = connected.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  let usable = false
  try {
    const [user, other] = clients
    if (user && other) usable = await keepsStatement(user, other)
  } finally {
    for (const client of clients) client.release(!usable)
  }
}

/** False if it could not be found out, a time-out too. The pool's first query reports what is wrong with the connection. */
async function keepsStatement(user: pg.PoolClient, other: pg.PoolClient): Promise<boolean> {
  const ask = (client: pg.PoolClient, text: string, name?: string) =>
    client.query({ text, query_timeout: ANSWER_MILLISECONDS, ...(name && { name }) } as pg.QueryConfig) // the types lack query_timeout
  // The process id keeps several servers at one pooler from finding each other's statement.
  const name = `muster_probe_${process.pid}`
  try {
    await ask(user, 'select 1', name)
    await ask(other, 'begin')
    await ask(user, 'select 1', name)
    await ask(other, 'rollback')
    return true
  } catch (error) {
    if (isLostStatement(error)) throw new PoolerWithoutStatements({ cause: error })
    return false
  }
}
