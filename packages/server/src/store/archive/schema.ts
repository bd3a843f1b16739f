import { type Kysely, sql } from 'kysely'

// Which tables and columns are copied to another database. The list comes from the schema, so that a new table is copied without a change here.

export interface CopiedTable {
  /** Qualified and quoted for SQL. */
  name: string
  columns: CopiedColumn[]
  /** Rows to read. All by default. */
  only?: string
}

export interface CopiedColumn {
  name: string
  type: string
  /** Replaces the value. */
  read?: string
}

/** Tables whose rows say nothing about the installation, but about this database. */
const leftOut = ['kysely_migration', 'kysely_migration_lock', 'store_state', 'server_process', 'revocation_ack', 'event_arrival', 'event_sequencer']

/** A server process registers itself again. */
const onlyRows: Record<string, string> = { receiver: `method <> 'server'` }

/** Transaction ids have no meaning in another database. Without a value, a revocation gets that of its new transaction, and a receiver begins afresh. */
const ownTypes = ['xid8', 'xid']

/** Jobs that are still to be done. One that runs belongs to a process that has ended. */
const JOBS: Omit<CopiedTable, 'columns'> = { name: 'jobs.job', only: `state < 'completed'` }

interface Found {
  name: string
  columns: { name: string; type: string; generated: boolean }[]
}

export async function copiedTables(db: Kysely<any>): Promise<CopiedTable[]> {
  const { rows } = await sql<Found>`
    select case when n.nspname = 'jobs' then 'jobs.job' else quote_ident(c.relname) end as name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'generated', a.attgenerated <> '') order by a.attnum)
       from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where (n.nspname = current_schema() and c.relkind in ('r', 'p') and not c.relispartition) or (n.nspname = 'jobs' and c.relname = 'job')
    order by c.relname`.execute(db)
  return rows
    .filter(({ name }) => !leftOut.includes(name))
    .map(({ name, columns }) => {
      const copied = columns.filter(({ type, generated }) => !generated && !ownTypes.includes(type)).map(({ name, type }) => ({ name, type }))
      if (name === JOBS.name)
        return { ...JOBS, columns: copied.map((column) => (column.name === 'state' ? { ...column, read: waiting(column.type) } : column)) }
      const only = onlyRows[name]
      return { name, columns: copied, ...(only !== undefined && { only }) }
    })
}

const waiting = (type: string): string => `case state when 'active' then 'retry'::${type} else state end`

/** The sequences of identity columns, with the last number each has given. A number is never given twice, also when its row is gone. */
export async function identities(db: Kysely<any>): Promise<{ table: string; column: string; sequence: string }[]> {
  const { rows } = await sql<{ table: string; column: string; sequence: string }>`
    select quote_ident(c.relname) as table, a.attname as column, pg_get_serial_sequence(quote_ident(c.relname), a.attname) as sequence
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = current_schema() and c.relkind = 'r' and a.attidentity <> '' order by 1, 2`.execute(db)
  return rows.filter(({ table }) => !leftOut.includes(table))
}
