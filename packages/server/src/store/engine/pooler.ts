import pg from 'pg'

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
 * @throws PoolerWithoutStatements
 */
export async function requireNamedStatements(url: string): Promise<void> {
  const options = { connectionString: url, application_name: 'muster', connectionTimeoutMillis: 10_000, query_timeout: ANSWER_MILLISECONDS }
  const [user, other] = [new pg.Client(options), new pg.Client(options)]
  for (const client of [user, other]) client.on('error', () => {}) // a lost connection fails the query, which is enough
  // The process id keeps several servers at one pooler from finding each other's statement.
  const statement = { name: `muster_probe_${process.pid}`, text: 'select 1' }
  try {
    await Promise.all([user.connect(), other.connect()])
    await user.query(statement)
    await other.query('begin')
    await user.query(statement)
  } catch (error) {
    if (isLostStatement(error)) throw new PoolerWithoutStatements({ cause: error })
    // Anything else, a time-out too, says nothing about statements; the pool's first query reports what is wrong with the connection.
  } finally {
    await Promise.all([user.end().catch(() => {}), other.end().catch(() => {})])
  }
}
