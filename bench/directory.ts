/**
 * Measures the member directory at scale: `npx node bench/directory.ts [members] [organizations] [runs]`, with a million members in one organization, 100,000
 * organizations of ten and 200 runs by default. Loads them by SQL into a separate PostgreSQL in the temporary folder, requests pages and searches from the API
 * of a whole server, prints the best, p50 and p99 times and the plan of each statement, and removes the database.
 */

import type { OrganizationId } from '@muster/contract/ids.ts'
import { builtIn } from '@muster/server/domain/model/role.ts'
import { memberFilter } from '@muster/server/domain/organizations/directory.ts'
import { membershipStore } from '@muster/server/store/organizations/membership-store.ts'
import { encodeCursor } from '@muster/server/store/page.ts'
import type { Tables } from '@muster/server/store/tables.ts'
import { type Human, startMuster } from '@muster/testkit/muster.ts'
import { startPostgres } from '@muster/testkit/postgres.ts'
import { type CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { loadMembers } from './harness/data.ts'
import { walk } from './harness/walk.ts'

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
  await loadMembers(pool, big, { members, organizations })
  say(`${members} members in one organization, ${organizations} organizations of ten; loaded in ${seconds(started)}`)
  const small = await idOf('hermit')
  await pool.query(`update membership set organization_id = $1 where organization_id = 'org_s0' and user_id <> 'usr_s0'`, [small])

  /** By the cursor as the store reads it: the sealed one that the API takes. */
  const sealed = new Map<string, string>()
  const depth = async (share: number): Promise<string> => {
    const { rows } = await pool.query<{ joined: string; user_id: string }>(
      `select (extract(epoch from joined_at) * 1000000)::bigint::text as joined, user_id from membership where organization_id = $1 and status <> 'left'
       order by joined_at desc, user_id desc offset $2 limit 1`,
      [big, Math.floor(members * share)],
    )
    const cursor = encodeCursor([rows[0]?.joined ?? '', rows[0]?.user_id ?? ''])
    sealed.set(cursor, await walk(muster.url, `/v1/organizations/${big}/members`, chief.token, Math.floor(members * share)))
    return cursor
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
    const query = new URLSearchParams({ ...(asked as Record<string, string>), ...(cursor !== undefined && { cursor: sealed.get(cursor) ?? '' }), limit: '50' })
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
    await membershipStore(db).page(organization as OrganizationId, {
      ...memberFilter({ ...builtIn(who === clerk ? 'member' : 'admin'), scope: null }, asked),
      limit: 50,
      cursor,
    })
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

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`
}
