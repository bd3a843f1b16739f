import { type Kysely, sql } from 'kysely'
import type { Tables } from './tables.ts'

/** What all server processes share, for metrics. */
export interface InstallationState {
  emailsWaiting: number
  /** Those whose last attempt failed. */
  emailsRetried: number
  oldestEmailSeconds: number
  receivers: { method: string; state: string; count: number }[]
}

/** Rows that one read counts at most, of emails and of receivers, so that a long queue does not make it slow. The oldest emails are read first. */
const MOST = 10_000

/** In one statement. The order of the emails is that of the index from which the queue takes them. */
export async function installationState(db: Kysely<Tables>): Promise<InstallationState> {
  const { rows } = await sql<InstallationState>`
    with emails as (
      select created_on, state from jobs.job where name = 'mail' and state < 'active' and not blocked order by priority desc, created_on limit ${MOST}::int),
    states as (
      select method, case when status <> 'enabled' then status when method <> 'push' and lease_until < muster_now() then 'lease_expired' else status end as state
      from receiver limit ${MOST}::int),
    receivers as (select method, state, count(*)::int as count from states group by method, state)
    select
      (select count(*)::int from emails) as "emailsWaiting",
      (select count(*)::int from emails where state = 'retry') as "emailsRetried",
      (select coalesce(greatest(0, extract(epoch from muster_now() - min(created_on))), 0)::float8 from emails) as "oldestEmailSeconds",
      (select coalesce(json_agg(receivers), '[]') from receivers) as receivers`.execute(db)
  return rows[0] as InstallationState
}
