import { type Kysely, type Selectable, sql } from 'kysely'
import type { EmailStore, MailJob, TriedEmail } from '../../domain/command/store.ts'
import { point } from '../database.ts'
import { numberOfCursor, pageOf } from '../page.ts'
import { beginsWith } from '../search.ts'
import type { EmailTable, Tables } from '../tables.ts'

const toEmail = (row: Selectable<EmailTable>): TriedEmail => ({
  id: row.id,
  address: row.address,
  job: row.job as unknown as MailJob,
  state: row.state,
  attempts: row.attempts,
  reason: row.reason,
  firstAt: row.first_at,
  lastAt: row.last_at,
})

export function emailStore(db: Kysely<Tables>): EmailStore {
  return {
    async note({ id, address, canonical, job, state, attempts, reason }) {
      await sql`${point}
        insert into email (id, address, address_canonical, job, state, attempts, reason)
        values (${id}, ${address}, ${canonical}, ${JSON.stringify(job)}::jsonb, ${state}, ${attempts}, ${reason})
        on conflict (id) do update set state = excluded.state, attempts = excluded.attempts, reason = excluded.reason, last_at = muster_now()`.execute(db)
    },
    async noteOutdated(id) {
      await sql`update email set state = 'failed', reason = 'Its code or link is no longer valid.', last_at = muster_now()
        where id = ${id} and state = 'retrying'`.execute(db)
    },
    async find(id) {
      const { rows } = await sql<Selectable<EmailTable>>`select * from email where id = ${id}`.execute(db)
      return rows[0] ? toEmail(rows[0]) : null
    },
    async page({ search, limit, cursor }) {
      const at = numberOfCursor(cursor)
      const address = sql<string>`address_canonical`
      const after =
        at === null
          ? sql`true`
          : search === undefined
            ? sql`seq < ${at}`
            : sql`address_canonical >= (select address_canonical from email where seq = ${at})
                and (address_canonical > (select address_canonical from email where seq = ${at}) or seq < ${at})`
      const { rows } = await sql<Selectable<EmailTable>>`
        select * from email where ${search === undefined ? sql`true` : beginsWith(address, search)} and ${after}
        order by ${search === undefined ? sql`seq desc` : sql`address_canonical, seq desc`} limit ${limit + 1}::int`.execute(db)
      return pageOf(rows, limit, ({ seq }) => [String(seq)], toEmail)
    },
    async waiting(atMost) {
      const { rows } = await sql<{ waiting: number }>`
        select count(*)::int as waiting from (select from jobs.job where name = 'mail' and state = 'created' limit ${atMost}::int) untried`.execute(db)
      return rows[0]?.waiting ?? 0
    },
    async deleteOld(days) {
      await sql`delete from email where last_at < muster_now() - ${days}::int * interval '1 day'`.execute(db)
    },
  }
}
