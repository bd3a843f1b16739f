/**
 * Measures the member directory at scale: `npx node bench/directory.ts [members] [organizations] [runs]`, with a million members in one organization, 100,000
 * organizations of ten and 200 runs by default. Loads them by SQL into a separate PostgreSQL in the temporary folder, requests pages and searches from the API
 * of a whole server, prints the best, p50 and p99 times and the plan of each statement, and removes the database.
 */
import type { OrganizationId } from '@muster/contract/ids.ts'
import { memberFilter } from '@muster/server/domain/organizations/directory.ts'
import { COHORT_SIZE } from '@muster/server/store/migrations/0012-cohorts.ts'
import { placesOf } from '@muster/server/store/organizations/member-directory.ts'
import { encodeCursor } from '@muster/server/store/page.ts'
import type { Tables } from '@muster/server/store/tables.ts'
import { type Human, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'

const members = Number(process.argv[2] ?? 1_000_000)
const organizations = Number(process.argv[3] ?? 100_000)
const runs = Number(process.argv[4] ?? 200)

const say = (line: string): void => void process.stdout.write(`${line}\n`)
// A quarter of a small machine's memory, as PostgreSQL's manual recommends. The default is meant for the smallest machines.
const postgres = await startPostgres({ shared_buffers: '1GB' })
const url = await postgres.createDatabase()
const pool = new pg.Pool({ connectionString: url, max: 2 })
const started = performance.now()
const muster = await startMuster({ databaseUrl: url })

try {
  const { chief, clerk } = (await muster.organization({ chief: 'admin', clerk: 'member' })) as { chief: Human; clerk: Human }
  const { hermit } = (await muster.organization({ hermit: 'admin' })) as { hermit: Human }
  const big = await idOf('chief')
  await load(big)
  say(`${members} members in one organization, ${organizations} organizations of ten; loaded in ${seconds(started)}`)
  const small = await idOf('hermit')
  await pool.query(`update membership set organization_id = $1 where organization_id = 'org_s0' and user_id <> 'usr_s0'`, [small])

  const depth = async (share: number): Promise<string> => {
    const { rows } = await pool.query<{ joined: string; user_id: string }>(
      `select (extract(epoch from joined_at) * 1000000)::bigint::text as joined, user_id from membership where organization_id = $1 and status <> 'left'
       order by joined_at desc, user_id desc offset $2 limit 1`,
      [big, Math.floor(members * share)],
    )
    return encodeCursor([rows[0]?.joined ?? '', rows[0]?.user_id ?? ''])
  }
  const [half, end] = [await depth(0.5), await depth(0.9999)]
  type Asked = NonNullable<Parameters<typeof memberFilter>[1]> & { cursor?: string }
  const cases: [name: string, asked: Asked, who?: Human, organization?: string][] = [
    ['first page', {}],
    ['10,000th page (of 50)', { cursor: half }],
    ['last page', { cursor: end }],
    ['role=admin (1 in 1,000)', { role: 'admin' }],
    ['status=deactivated (1 in 50)', { status: 'deactivated' }],
    ['the same, half-way', { status: 'deactivated', cursor: half }],
    ['q: nobody', { q: 'zzyzx' }],
    ['q: 5 hits', { q: 'quixote' }],
    ['q: 1 in 1,000', { q: 'brunhilde' }],
    ['q: 1 in 1,000, half-way', { q: 'brunhilde', cursor: half }],
    ['q: 1 in 100', { q: 'wolfgang' }],
    ['q: 1 in 20', { q: 'maria' }],
    ['q: everybody', { q: 'example' }],
    ['q: everybody, half-way', { q: 'example', cursor: half }],
    ['q: the oldest 30 in 100, nobody newer', { q: 'oldcorp' }],
    ['q: the same, asked by a member', { q: 'oldcorp' }, clerk],
    ['q: the same, half-way', { q: 'oldcorp', cursor: half }],
    ['q: the same and deactivated', { q: 'oldcorp', status: 'deactivated' }],
    ['q: what all have, in another order', { q: 'example.mail' }],
    ['q: common as a word, at the end of nobody', { q: 'maria@mail' }],
    ['q: common elsewhere, nobody here', { q: 'small.example' }],
    ['q: a slip in what all have', { q: 'exaple' }],
    ['q: what all have, with a slip', { q: '@mail.exmaple' }],
    ['q: what no name has', { q: '!!!' }],
    ['q: one address', { q: 'quixote7@rare.example' }],
    ['q: two letters, common', { q: 'ma' }],
    ['q: two letters, 5 hits', { q: 'qu' }],
    ['q: one letter', { q: 'b' }],
    ['q: 1 in 1,000 and deactivated', { q: 'brunhilde', status: 'deactivated' }],
    ['q: everybody and role=admin', { q: 'example', role: 'admin' }],
    ['q: 1 in 1,000, asked by a member', { q: 'brunhilde' }, clerk],
    ['ten members: first page', {}, hermit, small],
    ['ten members: q, common elsewhere', { q: 'maria' }, hermit, small],
  ]

  const asking = cases.map(([name, { cursor, ...asked }, who = chief, organization = big]) => {
    const query = new URLSearchParams({ ...(asked as Record<string, string>), ...(cursor !== undefined && { cursor }), limit: '50' })
    return { name, path: `/v1/organizations/${organization}/members?${query}`, token: who.token, times: [] as number[], hits: 0 }
  })
  // The cases alternate, so that a busy moment of the machine affects all of them.
  for (let run = -3; run < runs; run++) {
    for (const one of asking) {
      const begin = performance.now()
      const { status, body } = await muster.call('GET', one.path, { token: one.token })
      if (run >= 0) one.times.push(performance.now() - begin)
      if (status !== 200) throw new Error(`${one.name}: ${status}`)
      one.hits = body.items.length
    }
  }
  const at = (times: number[], share: number): number => times.toSorted((a, b) => a - b)[Math.floor((times.length - 1) * share)] ?? Number.NaN
  const base = at(asking[0]?.times ?? [], 0.5)
  say(`\n${'of the API, in ms'.padEnd(42)} hits     best      p50      p99   to the first page (p50)`)
  for (const { name, hits, times } of asking) {
    const [best, middle, last] = [0, 0.5, 0.99].map((share) => at(times, share).toFixed(1).padStart(7))
    say(`${name.padEnd(42)} ${String(hits).padStart(4)}  ${best}  ${middle}  ${last}   ${(at(times, 0.5) / base).toFixed(1)}x`)
  }

  for (const [name, { cursor, ...asked }, who = chief, organization = big] of cases) {
    say(`\n== ${name}`)
    const queries: CompiledQuery[] = []
    const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log: (event) => void queries.push(event.query) })
    await placesOf(db, organization as OrganizationId, { ...memberFilter(who === clerk ? 'member' : 'admin', asked), limit: 50, cursor })
    for (const { sql, parameters } of queries) {
      const plan = await pool.query<{ 'QUERY PLAN': string }>(`explain (analyze, costs off, timing off, buffers off) ${sql}`, [...parameters])
      say(plan.rows.map((row) => `  ${row['QUERY PLAN']}`).join('\n'))
    }
  }
} finally {
  await muster.close()
  await pool.end()
  await postgres.stop()
}

async function idOf(name: string): Promise<string> {
  return (await pool.query<{ id: string }>('select id from organization where name = $1', [name])).rows[0]?.id ?? ''
}

/** Loads realistic names, some common and some rare. The addresses of the first members are at one company. */
async function load(organization: string): Promise<void> {
  const { rows } = await pool.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where tablename = 'membership' and indexname like 'membership\\_\\_%'`,
  )
  const client = await pool.connect()
  try {
    await client.query(`set session_replication_role = replica; set maintenance_work_mem = '256MB'; set statement_timeout = 0`)
    for (const { indexname } of rows) await client.query(`drop index ${indexname}`)
    const name = (i: string): string => `case when ${i} % ${Math.ceil(members / 5)} = 7 then 'quixote' when ${i} % 1000 = 3 then 'brunhilde'
      when ${i} % 100 = 11 then 'wolfgang' when ${i} % 20 = 5 then 'maria' else chr(97 + ${i} % 13) || 'en' || chr(97 + ${i} / 13 % 26) || 'io' end || ${i}`
    const account = `insert into account (id, email, email_canonical, password_hash, given_name, username, registered_at)`
    await client.query(
      `${account} select 'usr_b' || i, n || d, n || d, 'x', 'x', n, now() from (
         select i, ${name('i')} as n, case when i % ${Math.ceil(members / 5)} = 7 then '@rare.example' when i < ${Math.floor(members * 0.3)} then '@oldcorp.example' else '@mail.example' end as d
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

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`
}
