import { COHORT_SIZE } from '@muster/server/store/migrations/0012-cohorts.ts'
import type pg from 'pg'
import type { Seed } from '../seed.ts'
import type { Scale } from './options.ts'

// Much data, by SQL: the API would take hours.

/** Loads realistic names, some common and some rare. The addresses of the first members are at one company. */
export async function loadMembers(pool: pg.Pool, organization: string, { members, organizations }: { members: number; organizations: number }): Promise<void> {
  const { rows } = await pool.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where tablename = 'membership' and indexname like 'membership\\_\\_%'`,
  )
  const client = await pool.connect()
  try {
    await client.query(`set session_replication_role = replica; set maintenance_work_mem = '256MB'; set statement_timeout = 0`)
    for (const { indexname } of rows) await client.query(`drop index ${indexname}`)
    const rare = Math.max(1, Math.ceil(members / 5))
    const name = (i: string): string => `case when ${i} % ${rare} = 7 then 'quixote' when ${i} % 1000 = 3 then 'brunhilde'
      when ${i} % 100 = 11 then 'wolfgang' when ${i} % 20 = 5 then 'maria' else chr(97 + ${i} % 13) || 'en' || chr(97 + ${i} / 13 % 26) || 'io' end || ${i}`
    const account = `insert into account (id, email, email_canonical, password_hash, given_name, username, registered_at)`
    await client.query(
      `${account} select 'usr_b' || i, n || d, n || d, 'x', 'x', n, now() from (
         select i, ${name('i')} as n, case when i % ${rare} = 7 then '@rare.example' when i < ${Math.floor(members * 0.3)} then '@oldcorp.example' else '@mail.example' end as d
         from generate_series(1, ${members}) i) t`,
    )
    const membership = `insert into membership (organization_id, user_id, role, status, joined_at, username, email, cohort_id)`
    // The trigger that counts joins is off during the load, so this statement fills its table.
    await client.query(
      `insert into cohort (organization_id, began_at, last_at, joins)
       select $1::text, case when number = 0 then '-infinity' else min(at) end, max(at), count(*)
         from (select i / ${COHORT_SIZE} as number, now() - make_interval(secs => 100 * (${members} - i)) as at from generate_series(1, ${members}) i) t group by number
       on conflict (organization_id, began_at) do nothing`,
      [organization],
    )
    await client.query(
      `${membership} select $1, 'usr_b' || i, case when i % 1000 = 0 then 'admin' else 'member' end, case when i % 50 = 0 then 'deactivated' else 'active' end,
         t.at, a.username, a.email_canonical,
         (select c.id from cohort c where c.organization_id = $1 and c.began_at <= t.at order by c.began_at desc limit 1)
       from (select i, now() - make_interval(secs => 100 * (${members} - i)) as at from generate_series(1, ${members}) i) t join account a on a.id = 'usr_b' || i order by i`,
      [organization],
    )
    await client.query(
      `${account} select 'usr_s' || i, n || '@small.example', n || '@small.example', 'x', 'x', n, now() from (
         select i, ${name('i')} || '_s' as n from generate_series(0, ${organizations * 10 - 1}) i) t`,
    )
    await client.query(
      `insert into organization (id, name, founder_id, personal) select 'org_s' || i, 'small_' || i, 'usr_s' || i * 10, false from generate_series(0, ${organizations - 1}) i`,
    )
    await client.query(
      `insert into cohort (organization_id, began_at, last_at, joins) select 'org_s' || i, '-infinity', now(), 10 from generate_series(0, ${organizations - 1}) i`,
    )
    await client.query(
      `${membership} select 'org_s' || i / 10, 'usr_s' || i, case when i % 10 = 0 then 'admin' else 'member' end, 'active',
         now() - make_interval(secs => i), a.username, a.email_canonical, c.id
       from generate_series(0, ${organizations * 10 - 1}) i join account a on a.id = 'usr_s' || i join cohort c on c.organization_id = 'org_s' || i / 10`,
    )
    for (const { indexdef } of rows) await client.query(indexdef)
    await client.query(`update organization set active_members = 10 where id like 'org\\_s%'`)
    await client.query('vacuum analyze membership')
    await client.query('vacuum analyze account')
    await client.query('analyze organization')
    await client.query('analyze cohort')
  } finally {
    client.release(true)
  }
}

/** Fills the admin's organization. */
export async function loadLarge(pool: pg.Pool, { organizationId, ada }: Seed, { members, events }: Scale): Promise<void> {
  await loadMembers(pool, organizationId, { members, organizations: Math.ceil(members / 100) })
  await loadEvents(pool, organizationId, ada.id, events)
}

/** An organization's record over the past, ten seconds between two events. */
export async function loadEvents(pool: pg.Pool, organization: string, actor: string, count: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    await client.query(
      `insert into audit_event (id, at, type, outcome, actor_kind, actor_id, organization_id, target, details, request_id)
       select 'evt_bench' || lpad(i::text, 10, '0'), now() - make_interval(secs => 10 * (${count} - i)), 'key.created', 'done', 'user', $2::text, $1,
         'key_bench' || i % 1000, jsonb_build_object('holderId', $2::text), 'req_' || i
       from generate_series(1, ${count}) i`,
      [organization, actor],
    )
    await client.query(
      `insert into audit_personal (event_id, field, value)
       select 'evt_bench' || lpad(i::text, 10, '0'), field, value
       from generate_series(1, ${count}) i, (values ('address', '192.0.2.1'), ('description', 'bench')) personal (field, value)`,
    )
    await client.query('vacuum analyze audit_event, audit_personal')
  } finally {
    client.release(true)
  }
}

/** Revocations of the last day, as many sign-outs leave them. */
export async function loadRevocations(pool: pg.Pool, count: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    // In several transactions, as in life: a reader asks by transaction id. The subjects are as long as real ids.
    for (let from = 0; from < count; from += 50_000) {
      await client.query(
        `insert into revocation (kind, subject, value, at, expires_at)
         select 'session', 'ses_01k' || left(md5(i::text), 23), '{"reason":"token_revoked"}', now() - interval '23 hours' * (${count} - i) / ${count}, now() + interval '1 day'
         from generate_series(${from + 1}, ${Math.min(count, from + 50_000)}) i`,
      )
    }
    await client.query('vacuum analyze revocation')
  } finally {
    client.release(true)
  }
}

/** Live sessions of one person. @param mark makes the ids of this call different from those of others */
export async function loadSessions(pool: pg.Pool, user: string, organization: string, count: number, mark: string): Promise<void> {
  await pool.query(
    `insert into session (id, kind, user_id, organization_id, epoch, address, user_agent, expires_at)
     select 'ses_' || $3::text || '_' || i, 'browser', a.id, $2, a.epoch, '192.0.2.1', 'bench', now() + interval '10 days'
     from account a, generate_series(1, ${count}) i where a.id = $1`,
    [user, organization, mark],
  )
  await pool.query('analyze session')
}

/** People, of whom each has two sessions in one of many small organizations. */
export async function loadStore(pool: pg.Pool, people: number): Promise<void> {
  const organizations = Math.ceil(people / 10)
  await loadMembers(pool, 'org_s0', { members: 0, organizations })
  await pool.query(
    `insert into session (id, kind, user_id, organization_id, epoch, address, user_agent, expires_at)
     select 'ses_store' || n || '_' || m.user_id, 'browser', m.user_id, m.organization_id, a.epoch, '192.0.2.1', 'bench', now() + interval '10 days'
     from membership m join account a on a.id = m.user_id, generate_series(1, 2) n where m.organization_id like 'org\\_s%'`,
  )
  await pool.query(`insert into name (name, user_id) select username, id from account where id like 'usr\\_s%'`)
  await pool.query(`insert into name (name, organization_id) select name, id from organization where id like 'org\\_s%'`)
  await pool.query('analyze session')
}

/** The same names in better-auth's tables. */
export async function loadBetterAuth(pool: pg.Pool, organizationId: string, members: number): Promise<void> {
  const name = `case when i % ${Math.ceil(members / 5)} = 7 then 'quixote' when i % 20 = 5 then 'maria' else chr(97 + i % 13) || 'en' || chr(97 + i / 13 % 26) || 'io' end || i`
  await pool.query(
    `insert into "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
     select 'bench' || i, n, n || '@mail.example', true, now(), now() from (select i, ${name} as n from generate_series(1, ${members}) i) t`,
  )
  await pool.query(
    `insert into member (id, "organizationId", "userId", role, "createdAt")
     select 'bench' || i, $1, 'bench' || i, 'member', now() - make_interval(secs => ${members} - i) from generate_series(1, ${members}) i`,
    [organizationId],
  )
  await pool.query(`update "user" set role = 'admin' where email = 'ada@example.com'`)
  await pool.query('analyze')
}
