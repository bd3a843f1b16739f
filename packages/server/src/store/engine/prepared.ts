import { sql } from 'kysely'
import type pg from 'pg'
import { isLostStatement, PoolerWithoutStatements } from './pooler.ts'

/**
 * Begins the SQL of a statement that finds one row by a unique key, on the way of every request: it is parsed and planned once a connection, under a
 * name, and not each time, which is half of what it costs. Only such ones: PostgreSQL makes one plan for all values, and what suits an organization
 * of ten reads the whole of one of a million. And none that answers with `*`: a column that the next version adds would be an error (I13).
 */
export const point = sql.raw('/* point */')

/** Gives the statements that begin so a name on each connection. */
export function preparePoints(pool: pg.Pool): void {
  const names = new Map<string, string>()
  const nameOf = (text: string): string => {
    const name = names.get(text) ?? `muster_${names.size}`
    names.set(text, name)
    return name
  }
  pool.on('connect', (client) => {
    const ask = client.query.bind(client) as (...args: unknown[]) => Promise<unknown> | undefined // undefined with a callback
    client.query = ((text: unknown, values?: unknown, ...rest: unknown[]) =>
      typeof text === 'string' && text.startsWith('/* point */')
        ? ask({ name: nameOf(text), text, values }, ...rest)?.catch(explainLostStatement)
        : ask(text, values, ...rest)) as typeof client.query
  })
}

/** A pooler that was put in front while the server ran: the start found none. */
function explainLostStatement(error: unknown): never {
  throw isLostStatement(error) ? new PoolerWithoutStatements({ cause: error }) : error
}
