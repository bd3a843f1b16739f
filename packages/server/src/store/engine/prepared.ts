import { CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import type pg from 'pg'
import { isLostStatement, PoolerWithoutStatements } from './pooler.ts'

/**
 * Marks a frequent statement whose plan does not depend on the size of an organization: it finds rows by unique keys, or inserts them. It is prepared once per
 * connection under a name, which halves its cost. Do not mark other statements: PostgreSQL uses one plan for all values, and the best plan for an organization of
 * ten members would scan one of a million. Do not mark a statement that selects `*`: it would fail as soon as the next version adds a column (I13).
 */
export const point = sql.raw('/* point */')

/**
 * A marked statement that is also compiled only once, for requests that wait for nothing else.
 * @param build builds the statement from placeholders for its values, so it must only insert them, and not look at them
 */
export function pointStatement<Values extends readonly unknown[], Row>(
  build: (...values: Values) => RawBuilder<Row>,
): (db: Kysely<any>, ...values: Values) => Promise<Row[]> {
  let compiled: { text: string; places: number[] } | undefined
  const compile = (db: Kysely<any>) => {
    const placeholders = Array.from({ length: build.length }, (_, place) => ({ place }))
    const { sql: text, parameters } = sql`${point} ${build(...(placeholders as unknown as Values))}`.compile(db)
    return { text, places: parameters.map((placeholder) => (placeholder as { place: number }).place) }
  }
  return async (db, ...values) => {
    compiled ??= compile(db)
    const { text, places } = compiled
    const { rows } = await db.executeQuery<Row>(
      CompiledQuery.raw(
        text,
        places.map((place) => values[place]),
      ),
    )
    return rows
  }
}

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
