import { type Kysely, sql } from 'kysely'

/** Every row as text, sorted, by table. Transaction ids differ between databases, and receivers begin afresh. */
export async function contentsOf(db: Kysely<any>): Promise<Record<string, string[]>> {
  const { rows } = await sql<{ name: string; columns: string }>`
    select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attname) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.atttypid <> 'xid8'::regtype and a.attname <> 'generation'
      and c.relname not in ('kysely_migration', 'kysely_migration_lock', 'store_state', 'server_process', 'revocation_ack', 'event_arrival', 'event_sequencer') group by 1`.execute(
    db,
  )
  const contents: Record<string, string[]> = {}
  for (const { name, columns } of [...rows, { name: 'jobs.job', columns: 'id, name, data, output, start_after, created_on, retry_limit' }]) {
    const only = name === 'receiver' ? `where method <> 'server'` : name === 'jobs.job' ? `where state < 'completed'` : ''
    const found = await sql.raw<{ row: string }>(`select row(${columns})::text as row from ${name} ${only}`).execute(db)
    contents[name] = found.rows.map(({ row }) => row).sort()
  }
  return contents
}

/** Indexes, constraints, triggers, comments and the next numbers. */
export async function schemaOf(db: Kysely<any>): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select pg_get_indexdef(i.indexrelid) || coalesce(' -- ' || obj_description(i.indexrelid, 'pg_class'), '') as line
      from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace
    union all select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) || coalesce(' -- ' || obj_description(oid, 'pg_constraint'), '')
      from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n'
    union all select pg_get_triggerdef(t.oid) || ' ' || tgenabled::text from pg_trigger t join pg_class c on c.oid = t.tgrelid
      where not tgisinternal and c.relnamespace = 'public'::regnamespace
    order by 1`.execute(db)
  return rows.map(({ line }) => line)
}

/** Columns of copied tables without a value in any row. */
export async function emptyColumns(db: Kysely<any>): Promise<string[]> {
  const { rows } = await sql<{ name: string; column: string }>`
    select c.relname as name, a.attname as column from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
      and c.relname not in ('kysely_migration', 'kysely_migration_lock', 'store_state', 'server_process', 'revocation_ack', 'event_arrival', 'event_sequencer') order by 1, 2`.execute(
    db,
  )
  const empty: string[] = []
  for (const { name, column } of rows) {
    const found = await sql.raw<{ any: boolean }>(`select exists (select from ${name} where ${column} is not null) as any`).execute(db)
    if (!found.rows[0]?.any) empty.push(`${name}.${column}`)
  }
  return empty
}
