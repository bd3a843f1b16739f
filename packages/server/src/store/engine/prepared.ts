import { sql } from 'kysely'
import type pg from 'pg'
import { isLostStatement, PoolerWithoutStatements } from './pooler.ts'

/**
 * Marks a statement that reads one row by a unique key in every request. It is prepared once per connection under a name, which halves its cost. Do not mark other
 * statements: PostgreSQL uses one plan for all values, and the best plan for an organization of ten members would scan one of a million. Do not mark a statement
 * that selects `*`: it would fail as soon as the next version adds a column (I13).
 */
export const point = sql.raw('/* point */')

/** Names the marked statements on each connection. */
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

/** A pooler can be added while the server runs. The check at the start does not see it. */
function explainLostStatement(error: unknown): never {
  throw isLostStatement(error) ? new PoolerWithoutStatements({ cause: error }) : error
}
