import { CompiledQuery, type Kysely, sql } from 'kysely'
import { type CopiedTable, copiedTables, identities } from './schema.ts'

// The rows of all tables, as text that every engine and version reads the same way. A row is one text in PostgreSQL's own form for a row, so no value is
// parsed on the way. Rows are read and written in batches, so that memory does not depend on their number.

export type Piece =
  | { kind: 'table'; table: string; columns: [name: string, type: string][] }
  /** A JSON list of rows. */
  | { kind: 'rows'; rows: string; count: number }
  | { kind: 'end'; counts: Record<string, number>; sequences: Record<string, number> }

export type OnProgress = (table: string, rows: number) => void

const BATCH = 2_000

/** How values are written as text. */
const settings = [
  `set local datestyle = 'ISO, MDY'`,
  `set local timezone = 'UTC'`,
  `set local intervalstyle = 'postgres'`,
  `set local bytea_output = 'hex'`,
  `set local extra_float_digits = 1`,
]

const limits = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'].map((name) => `set local ${name} = 0`)

async function prepare(trx: Kysely<any>): Promise<void> {
  for (const setting of [...settings, ...limits]) await sql.raw(setting).execute(trx)
}

/** Reads everything in one snapshot. */
export function inSnapshot<T>(db: Kysely<any>, work: (trx: Kysely<any>) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      await prepare(trx)
      return work(trx)
    })
}

export async function* readAll(trx: Kysely<any>): AsyncGenerator<Piece> {
  const counts: Record<string, number> = {}
  for (const table of await copiedTables(trx)) {
    yield { kind: 'table', table: table.name, columns: table.columns.map(({ name, type }) => [name, type]) }
    counts[table.name] = 0
    for await (const rows of batchesOf(trx, table)) {
      counts[table.name] = (counts[table.name] as number) + rows.length
      yield { kind: 'rows', rows: JSON.stringify(rows), count: rows.length }
    }
  }
  const sequences: Record<string, number> = {}
  for (const { table, column, sequence } of await identities(trx)) {
    const { rows } = await sql<{ given: bigint }>`select case when is_called then last_value else 0 end as given from ${sql.raw(sequence)}`.execute(trx)
    sequences[`${table}.${column}`] = Number(rows[0]?.given ?? 0)
  }
  yield { kind: 'end', counts, sequences }
}

async function* batchesOf(trx: Kysely<any>, { name, columns, only }: CopiedTable): AsyncGenerator<string[]> {
  const values = columns.map((column) => column.read ?? quoted(column.name)).join(', ')
  await sql.raw(`declare copied no scroll cursor for select row(${values})::text as row from ${name}${only === undefined ? '' : ` where ${only}`}`).execute(trx)
  while (true) {
    const { rows } = await trx.executeQuery<{ row: string }>(CompiledQuery.raw(`fetch ${BATCH} from copied`))
    if (rows.length > 0) yield rows.map(({ row }) => row)
    if (rows.length < BATCH) break
  }
  await sql.raw('close copied').execute(trx)
}

/** Reads one piece ahead, so that two databases work at the same time. */
export async function* ahead<T>(pieces: AsyncGenerator<T>): AsyncGenerator<T> {
  let next = pieces.next()
  try {
    while (true) {
      const { value, done } = await next
      if (done) return
      next = pieces.next()
      next.catch(() => {}) // thrown where it is awaited
      yield value
    }
  } finally {
    await next.catch(() => {})
    await pieces.return(undefined)
  }
}

/** Reports the rows of each table while they pass. */
export async function* reporting(pieces: AsyncIterable<Piece>, onProgress: OnProgress): AsyncGenerator<Piece> {
  let table = ''
  let rows = 0
  for await (const piece of pieces) {
    if (piece.kind === 'table') [table, rows] = [piece.table, 0]
    if (piece.kind === 'rows') rows += piece.count
    if (piece.kind !== 'end') onProgress(table, rows)
    yield piece
  }
}

/** A backup or another database does not fit, or was damaged. Nothing was written. */
export class CopyFailed extends Error {
  override name = 'CopyFailed'
}

/**
 * Fills the empty, migrated database in the transaction. Indexes, references and triggers are put back after the rows: a trigger would count what the rows already
 * contain, and one look at all rows is faster than one for each.
 * @returns the rows of each table
 * @throws CopyFailed if the pieces are not complete, or a rule does not hold for them
 */
export async function writeAll(trx: Kysely<any>, pieces: AsyncIterable<Piece>, onProgress: OnProgress = () => {}): Promise<Record<string, number>> {
  await prepare(trx)
  const tables = new Map((await copiedTables(trx)).map((table) => [table.name, table]))
  const putBack = await takeAside(trx)
  for (const { name } of [...tables.values()].toReversed()) await sql.raw(`delete from ${name}`).execute(trx) // rows that a migration inserted
  const written: Record<string, number> = {}
  let insert: string | null = null
  let table = ''
  let end: Extract<Piece, { kind: 'end' }> | undefined
  for await (const piece of pieces) {
    if (end) throw new CopyFailed('There are rows behind the end.')
    if (piece.kind === 'end') end = piece
    else if (piece.kind === 'table') {
      table = piece.table
      written[table] = 0
      insert = await insertion(trx, tables.get(table), piece)
    } else {
      if (insert === null) throw new CopyFailed('There are rows without a table.')
      await trx.executeQuery(CompiledQuery.raw(insert, [piece.rows]))
      written[table] = (written[table] as number) + piece.count
      onProgress(table, written[table] as number)
    }
  }
  if (!end) throw new CopyFailed('The end is missing.')
  onProgress('indexes', 0)
  for (const statement of putBack) await sql.raw(statement).execute(trx)
  await setSequences(trx, end.sequences)
  await compareCounts(trx, end.counts)
  return written
}

/** The type of the rows is that of a temporary table: columns that are missing here are an error, and those that are new get their default. */
async function insertion(trx: Kysely<any>, known: CopiedTable | undefined, { table, columns }: Extract<Piece, { kind: 'table' }>): Promise<string> {
  if (!known) throw new CopyFailed(`This version has no table ${table}.`)
  const unknown = columns.filter(([name]) => !known.columns.some((column) => column.name === name))
  // Jobs are pg-boss's, whose version may differ.
  if (unknown.length > 0 && table !== 'jobs.job') throw new CopyFailed(`This version has no column ${table}.${unknown[0]?.[0]}.`)
  await sql.raw('drop table if exists pg_temp.copied').execute(trx)
  await sql.raw(`create temporary table copied (${columns.map(([name, type]) => `${quoted(name)} ${typeFor(type)}`).join(', ')}) on commit drop`).execute(trx)
  const names = columns.map(([name]) => name).filter((name) => known.columns.some((column) => column.name === name))
  const types = new Map(known.columns.map(({ name, type }) => [name, type]))
  const values = names.map((name) => `(copied.r).${quoted(name)}::${types.get(name)}`).join(', ')
  return `insert into ${table} (${names.map(quoted).join(', ')}) overriding system value
    select ${values} from (select value::pg_temp.copied as r from json_array_elements_text($1::json) offset 0) copied`
}

const typeFor = (type: string): string => {
  // The types come from a file.
  if (!/^[a-z][a-z0-9_ .,"()[\]]{0,80}$/i.test(type)) throw new CopyFailed(`There is no type ${type}.`)
  return type
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** Removes indexes and references, and switches triggers off. Returns the statements that put them back. */
async function takeAside(trx: Kysely<any>): Promise<string[]> {
  const { rows: references } = await sql<{ table: string; name: string; definition: string }>`
    select conrelid::regclass::text as table, quote_ident(conname) as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = current_schema()::regnamespace order by 1, 2`.execute(trx)
  const { rows: indexes } = await sql<{ name: string; definition: string; comment: string | null }>`
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition, quote_literal(obj_description(i.indexrelid, 'pg_class')) as comment
    from pg_index i join pg_class c on c.oid = i.indrelid
    where c.relnamespace = current_schema()::regnamespace and not exists (select from pg_constraint k where k.conindid = i.indexrelid) order by 1`.execute(trx)
  const { rows: triggers } = await sql<{ table: string; name: string }>`
    select tgrelid::regclass::text as table, quote_ident(tgname) as name from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not tgisinternal and tgenabled = 'O' and c.relnamespace = current_schema()::regnamespace order by 1, 2`.execute(trx)
  await sql.raw(`set local maintenance_work_mem = '64MB'`).execute(trx)
  for (const { table, name } of triggers) await sql.raw(`alter table ${table} disable trigger ${name}`).execute(trx)
  for (const { table, name } of references) await sql.raw(`alter table ${table} drop constraint ${name}`).execute(trx)
  for (const { name } of indexes) await sql.raw(`drop index ${name}`).execute(trx)
  return [
    ...indexes.flatMap(({ name, definition, comment }) => [definition, ...(comment === null ? [] : [`comment on index ${name} is ${comment}`])]),
    ...references.map(({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`),
    ...triggers.map(({ table, name }) => `alter table ${table} enable trigger ${name}`),
  ]
}

async function setSequences(trx: Kysely<any>, given: Record<string, number>): Promise<void> {
  for (const { table, column, sequence } of await identities(trx)) {
    const last = given[`${table}.${column}`] ?? 0
    await sql`select setval(${sequence}::regclass, greatest(${last}::bigint, (select coalesce(max(${sql.id(column)}), 0) from ${sql.raw(table)}), 1),
      greatest(${last}::bigint, (select coalesce(max(${sql.id(column)}), 0) from ${sql.raw(table)})) > 0)`.execute(trx)
  }
}

/** @throws CopyFailed */
async function compareCounts(trx: Kysely<any>, expected: Record<string, number>): Promise<void> {
  for (const { name: table } of await copiedTables(trx)) {
    const count = expected[table] ?? 0 // a table that is newer than the backup is empty
    const { rows } = await sql<{ count: bigint }>`select count(*) as count from ${sql.raw(table)}`.execute(trx)
    if (Number(rows[0]?.count) !== count) throw new CopyFailed(`The table ${table} has ${rows[0]?.count} rows instead of ${count}.`)
  }
}
