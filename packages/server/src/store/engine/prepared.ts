import { type Compilable, CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import type pg from 'pg'
import { isLostStatement, PoolerWithoutStatements } from './pooler.ts'

export const POINT = '/* point */'

/**
 * Marks a frequent statement whose plan does not depend on the size of an organization: it finds rows by unique keys, inserts them, or reads an index in its order. It
 * is prepared once per connection under a name, which halves its cost. Do not mark other statements: PostgreSQL uses one plan for all values, and the best plan for an organization of
 * ten members would scan one of a million. Do not mark a statement that selects `*`: it would fail as soon as the next version adds a column (I13).
 */
export const point = sql.raw(POINT)

/** A question to a point statement: text, or bytes as hexadecimal text. Every value comes from Muster itself: a malformed one would fail all other questions of the statement. */
type Values = readonly (string | null)[]

interface Waiting<Row> {
  values: Values
  resolve(row: Row | undefined): void
  reject(error: unknown): void
}

/** More questions begin another statement. */
const TOGETHER = 100

/**
 * A marked statement that finds one row or none, compiled once, for what every request asks. Requests that arrive together share one statement, which begins after
 * all of them have asked, so each reads what was committed before it asked. Inside a transaction it is asked at once.
 * @param build builds the query of one row from the expressions of its values
 */
export function pointStatement<Asked extends Values, Row>(
  build: (...values: { [Place in keyof Asked]: RawBuilder<string> }) => RawBuilder<Row>,
): (db: Kysely<any>) => (...values: Asked) => Promise<Row | undefined> {
  let compiled: string | undefined
  const compile = (db: Kysely<any>): string => {
    const values = Array.from({ length: build.length }, (_, place) => sql<string>`(asked.question ->> ${sql.raw(String(place))})`)
    // The estimate for a list in JSON does not depend on its length, so PostgreSQL keeps one plan. `offset 0` keeps it from joining all rows of a table to the list.
    return sql`${point} select asked.place::int as place, found.* from json_array_elements($1::json) with ordinality as asked (question, place)
      cross join lateral (${build(...(values as never))} offset 0) found`.compile(db).sql
  }
  return (db) => {
    let waiting: Waiting<Row>[] = []
    const ask = async (): Promise<void> => {
      const asked = waiting
      waiting = []
      if (asked.length === 0) return
      try {
        compiled ??= compile(db)
        const { rows } = await db.executeQuery<Row & { place: number }>(CompiledQuery.raw(compiled, [JSON.stringify(asked.map(({ values }) => values))]))
        const found = new Map(rows.map((row) => [row.place, row]))
        for (const [index, { resolve }] of asked.entries()) resolve(found.get(index + 1))
      } catch (error) {
        for (const { reject } of asked) reject(error)
      }
    }
    return (...values) =>
      new Promise((resolve, reject) => {
        waiting.push({ values, resolve, reject })
        if (db.isTransaction || waiting.length >= TOGETHER) void ask()
        else if (waiting.length === 1) setImmediate(ask)
      })
  }
}

/** Executes a built statement as a marked one. */
export async function executePoint<Row>(db: Kysely<any>, query: Compilable<Row>): Promise<Row[]> {
  const { sql: text, parameters } = query.compile()
  const { rows } = await db.executeQuery<Row>(CompiledQuery.raw(`${POINT} ${text}`, [...parameters]))
  return rows
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
      typeof text === 'string' && text.startsWith(POINT)
        ? ask({ name: nameOf(text), text, values }, ...rest)?.catch(explainLostStatement)
        : ask(text, values, ...rest)) as typeof client.query
  })
}

/** A pooler can be added while the server runs. The check at the start does not see it. */
function explainLostStatement(error: unknown): never {
  throw isLostStatement(error) ? new PoolerWithoutStatements({ cause: error }) : error
}
