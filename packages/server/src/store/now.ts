import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** The current time by the database's clock (S60). */
export async function nowOf(db: Kysely<Tables>): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`select muster_now() as now`.execute(db)
  return (rows[0] as { now: Date }).now
}
