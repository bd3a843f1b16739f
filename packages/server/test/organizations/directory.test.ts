import type { UserId } from '@muster/contract/ids.ts'
import { builtIn } from '@muster/server/domain/model/role.ts'
import { changeRole } from '@muster/server/domain/organizations/change-role.ts'
import { type MemberFilter, memberFilter } from '@muster/server/domain/organizations/directory.ts'
import { removeMember } from '@muster/server/domain/organizations/membership.ts'
import { COHORT_SIZE } from '@muster/server/store/migrations/0012-cohorts.ts'
import { engines } from '@muster/testkit/database.ts'
import { databaseWorkOf } from '@muster/testkit/statement-counter.ts'
import { aWorld, type Person, type World } from '@muster/testkit/world.ts'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** The usernames on all pages of the directory, in order. */
async function allOf(world: World, id: string, role: 'admin' | 'member', asked: Parameters<typeof memberFilter>[1], limit = 100): Promise<string[]> {
  const names: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await world.store.reading.memberships.page(id as never, { ...memberFilter({ ...builtIn(role), scope: null }, asked), limit, cursor })
    expect(page.items.length).toBeLessThanOrEqual(limit)
    names.push(...page.items.map(({ username }) => username))
    if (page.nextCursor === null) return names
    cursor = page.nextCursor
  }
}

describe.each(engines)('the member directory on %s', (engine) => {
  /** Thousands of rows take long and both engines run the same queries, so only PostgreSQL runs these tests. */
  const onPostgres = (title: string, run: () => Promise<void>) => void (engine === 'postgres' && test(title, run))
  let world: World
  let id: string
  let organization: string
  let people: Record<string, Person>
  beforeAll(async () => {
    world = await aWorld(engine)
    ;({ id, organization, people } = await world.organization({ ada: 'admin', bob: 'member', bobby: 'member', carol: 'admin', dan: 'member', erin: 'member' }))
    await world.store.reading.memberships.deactivate(id as never, (people['dan'] as Person).id, 'system', null)
    await world.execute(removeMember, (people['ada'] as Person).principal, { organization, user: 'erin' })
  })
  afterAll(() => world.close())

  test('the directory lists current members newest first, for any page size', async () => {
    const everyone = ['dan', 'carol', 'bobby', 'bob', 'ada']
    for (const limit of [1, 2, 3, 100]) expect(await allOf(world, id, 'admin', {}, limit)).toEqual(everyone)
  })

  test('the directory filters by status, by role, and by both', async () => {
    for (const limit of [1, 2, 100]) {
      expect(await allOf(world, id, 'member', { status: 'deactivated' }, limit)).toEqual(['dan'])
      expect(await allOf(world, id, 'member', { status: 'left' }, limit)).toEqual(['erin'])
      expect(await allOf(world, id, 'member', { role: 'admin' }, limit)).toEqual(['carol', 'ada'])
      expect(await allOf(world, id, 'member', { role: 'member' }, limit)).toEqual(['dan', 'bobby', 'bob'])
      expect(await allOf(world, id, 'member', { status: 'active', role: 'member' }, limit)).toEqual(['bobby', 'bob'])
    }
  })

  test('a search for three characters matches anywhere, a shorter one at the beginning', async () => {
    expect(await allOf(world, id, 'admin', { q: 'OBB' })).toEqual(['bobby'])
    expect(await allOf(world, id, 'admin', { q: 'bob' }, 1)).toEqual(['bobby', 'bob'])
    expect(await allOf(world, id, 'admin', { q: 'bo' }, 1)).toEqual(['bobby', 'bob'])
    expect(await allOf(world, id, 'admin', { q: 'ob' })).toEqual([])
    expect(await allOf(world, id, 'admin', { q: ' bob ', role: 'member', status: 'active' })).toEqual(['bobby', 'bob'])
    expect(await allOf(world, id, 'admin', { q: 'carol@example.c' })).toEqual(['carol'])
  })

  test('an SQL wildcard in a search matches only itself (F03)', async () => {
    for (const q of ['%', '_', 'b_b', '%%%', "'", '\\', 'b%b', "' or true --"]) expect(await allOf(world, id, 'admin', { q }), q).toEqual([])
  })

  test('a search finds no member by an email address the caller cannot see (S4)', async () => {
    expect(await allOf(world, id, 'admin', { q: 'example' })).toHaveLength(5)
    for (const q of ['example', '@ex', 'carol@', 'carol@example.com']) expect(await allOf(world, id, 'member', { q }), q).toEqual([])
    expect(await allOf(world, id, 'admin', { q: 'erin@example', status: 'left' })).toEqual([])
    expect(await allOf(world, id, 'admin', { q: 'erin', status: 'left' })).toEqual(['erin'])
  })

  test('an invalid cursor is refused instead of returning the first page', async () => {
    for (const cursor of [
      'x',
      '',
      Buffer.from('["1","a\\u0000"]').toString('base64url'),
      Buffer.from('["2026-02-30","usr_x"]').toString('base64url'),
      Buffer.from('["1e9","x"]').toString('base64url'),
    ]) {
      await expect(world.store.reading.memberships.page(id as never, { limit: 2, cursor })).rejects.toMatchObject({ code: 'invalid_request' })
    }
  })

  test('the member counters match the memberships after every change', async () => {
    const differing = `select o.id from organization o left join (
      select organization_id, count(*) filter (where status = 'active') a, count(*) filter (where status = 'deactivated') d from membership group by 1) c
      on c.organization_id = o.id where o.active_members <> coalesce(c.a, 0) or o.deactivated_members <> coalesce(c.d, 0)`
    expect(await world.rows(differing)).toEqual([])
    expect(await world.store.reading.memberships.counts(id as never)).toEqual({ active: 4, deactivated: 1 })
    await world.execute(changeRole, (people['ada'] as Person).principal, { organization, user: 'bob', role: 'admin' })
    await world.store.reading.memberships.reactivate(id as never, (people['dan'] as Person).id, 'system')
    expect(await world.store.reading.memberships.counts(id as never)).toEqual({ active: 5, deactivated: 0 })
    expect(await world.rows(differing)).toEqual([])
  })

  test("a membership's copies of username and email follow the account", async () => {
    const differing = `select m.user_id from membership m join account a on a.id = m.user_id where m.username is distinct from a.username or m.email is distinct from a.email_canonical`
    expect(await world.rows(differing)).toEqual([])
    await world.rows(`update account set email = 'New@example.org', email_canonical = 'new@example.org' where username = 'bob'`)
    expect(await world.rows(differing)).toEqual([])
    expect(await allOf(world, id, 'admin', { q: 'new@example.org' })).toEqual(['bob'])
  })

  test('a search matches character by character, in Unicode and Punycode addresses', async () => {
    const { id: other } = await world.organization({ mia_lee: 'admin', tess1: 'member' })
    await world.rows(`update account set email_canonical = 'tess1@xn--mnchen-3ya.example' where username = 'tess1'`)
    for (const q of ['tess1', 'tess1@', 'tess1@münchen.example', 'S1@XN--MNCHEN', 'chen-3ya.exa', 'te'])
      expect(await allOf(world, other, 'admin', { q }), q).toEqual(['tess1'])
    expect(await allOf(world, other, 'member', { q: 'mia_' })).toEqual(['mia_lee'])
    for (const q of ['tess10', '1q', 'tess1q', 'mia0', 'mia1', 'mialee', 'mia-lee', 'a_l.', 's1.xn', 'tess1\ntess1', 'tess1 tess1', '!!!', '"""', 'mia_lee\\'])
      expect(await allOf(world, other, 'admin', { q }), q).toEqual([])
  })

  onPostgres('a search of a large organization returns the same members as a plain query', async () => {
    const big = await world.organization({ chief: 'admin' })
    const many = 1_500
    // 'uneven' is frequent among the deactivated members and rare among the active ones.
    const suffix = (column: string) =>
      `case when ${column} % 700 = 7 then 'needle' when ${column} % 12 = 0 or ${column} % 33 = 1 then 'uneven' when ${column} % 2 = 0 then 'even' else 'odd' end || ${column}`
    await world.rows(`insert into account (id, email, email_canonical, password_hash, given_name, username, registered_at)
      select 'usr_x' || i, ${suffix('i')} || '@many.test', ${suffix('i')} || '@many.test', 'x', 'x', ${suffix('i')}, now() from generate_series(1, ${many}) i`)
    await world.rows(`insert into membership (organization_id, user_id, role, status, joined_at)
      select '${big.id}', 'usr_x' || i, case when i % 5 = 0 then 'admin' else 'member' end, case when i % 4 = 0 then 'deactivated' else 'active' end,
             now() - make_interval(secs => i % 1000) from generate_series(1, ${many}) i`)
    const plain = async (where: string, limit: number) =>
      (
        await world.rows<{ username: string }>(
          `select username from membership where organization_id = '${big.id}' and status <> 'left' and ${where} order by joined_at desc, user_id desc limit ${limit}`,
        )
      ).map(({ username }) => username)
    for (const [asked, where] of [
      [{ q: 'needle' }, `username like '%needle%'`],
      [{ q: 'even' }, `username like '%even%'`],
      [{ q: 'uneven' }, `username like '%uneven%'`],
      [{ q: 'ne' }, `username like 'ne%'`],
      [{ q: 'nowhere' }, 'false'],
      [{ q: 'needle', status: 'active' as const }, `username like '%needle%' and status = 'active'`],
      [{ q: 'dd1', role: 'admin' as const }, `username like '%dd1%' and role = 'admin'`],
      [{ q: 'en3', role: 'member' as const }, `username like '%en3%' and role = 'member'`],
      [{ role: 'admin' as const }, `role = 'admin'`],
    ] as const) {
      const first: string[] = []
      let cursor: string | undefined
      for (let page = 0; page < 4; page++) {
        const { items, nextCursor } = await world.store.reading.memberships.page(big.id, {
          ...memberFilter({ ...builtIn('member'), scope: null }, asked),
          limit: 40,
          cursor,
        })
        first.push(...items.map(({ username }) => username))
        if (nextCursor === null) break
        cursor = nextCursor
      }
      expect(first, JSON.stringify(asked)).toEqual(await plain(where, 160))
    }
    expect((await world.store.reading.memberships.find(big.id, 'usr_x7' as UserId))?.status).toBe('active')
  })

  onPostgres("a search finds matches far behind its cursor in the cursor's own cohort", async () => {
    const { id: long } = await world.organization({ fleet: 'admin' })
    const first = 400
    for (const [from, to] of [
      [1, first],
      [first + 1, 1_000],
    ] as const) {
      const name = `case when i between ${first + 1} and ${first + 50} then 'deep' else 'crew' end || i`
      await world.rows(`insert into account (id, email, email_canonical, password_hash, given_name, username, registered_at)
        select 'usr_z' || i, ${name} || '@fleet.test', ${name} || '@fleet.test', 'x', 'x', ${name}, now() from generate_series(${from}, ${to}) i`)
      await world.rows(`insert into membership (organization_id, user_id, role, status, joined_at)
        select '${long}', 'usr_z' || i, 'member', 'active', now() + make_interval(secs => i / 4.0) from generate_series(${from}, ${to}) i`)
      await world.rows(`update cohort set joins = ${COHORT_SIZE} where organization_id = '${long}'`)
    }
    const { nextCursor } = await world.store.reading.memberships.page(long as never, { ...memberFilter({ ...builtIn('admin'), scope: null }, {}), limit: 100 })
    const { items } = await world.store.reading.memberships.page(long as never, {
      ...memberFilter({ ...builtIn('admin'), scope: null }, { q: 'deep' }),
      limit: 100,
      cursor: nextCursor ?? undefined,
    })
    expect(items.map(({ username }) => username)).toEqual(Array.from({ length: 50 }, (_, at) => `deep${first + 50 - at}`))
  })

  onPostgres('a search over several cohorts returns the same members as a plain query', async () => {
    const big = await world.organization({ boss: 'admin' })
    const batch = 1_250
    for (const number of [0, 1, 2, 3]) {
      const [from, to] = [number * batch + 1, (number + 1) * batch]
      const name = (i: string) =>
        `case when ${i} <= 900 then case when ${i} % 10 = 0 then 'olds' else 'old_' end when ${i} % 500 = 3 then 'seldom' else 'new' end || ${i}`
      await world.rows(`insert into account (id, email, email_canonical, password_hash, given_name, username, registered_at)
        select 'usr_y' || i, ${name('i')} || '@cohorts.example.test', ${name('i')} || '@cohorts.example.test', 'x', 'x', ${name('i')}, now() from generate_series(${from}, ${to}) i`)
      await world.rows(`insert into membership (organization_id, user_id, role, status, joined_at)
        select '${big.id}', 'usr_y' || i, case when i % 5 = 0 then 'admin' else 'member' end, case when i % 7 = 0 then 'deactivated' else 'active' end,
               now() + make_interval(secs => i / 2) from generate_series(${from}, ${to}) i`)
      await world.rows(`update cohort set joins = ${COHORT_SIZE} where organization_id = '${big.id}'`) // A full cohort makes the next member begin another one.
    }
    // One member joined before the newer cohorts, the other at the instant when the newest began: an older cohort takes the first, the newest the second.
    await world.rows(`update membership set joined_at = now() - interval '1 day' where user_id = 'usr_y4500'`)
    await world.rows(`update membership set joined_at = (select max(began_at) from cohort where organization_id = '${big.id}') where user_id = 'usr_y4501'`)
    const misplaced = `select m.user_id from membership m join cohort c on c.id = m.cohort_id
      where m.organization_id <> c.organization_id or m.joined_at < c.began_at
         or exists (select 1 from cohort later where later.organization_id = c.organization_id and later.began_at > c.began_at and later.began_at <= m.joined_at)`
    expect(await world.rows(misplaced)).toEqual([])
    expect((await world.rows(`select 1 from cohort where organization_id = '${big.id}'`)).length).toBeGreaterThanOrEqual(4)
    for (const [role, asked, where] of [
      ['admin', { q: 'old' }, `username like 'old%'`],
      ['admin', { q: 'ol' }, `username like 'ol%'`],
      ['admin', { q: 'old_' }, `username like 'old\\_%'`], // not 'olds': hits that are scanned in order are compared too (F03)
      ['admin', { q: 'seldom' }, `username like 'seldom%'`],
      ['admin', { q: '3@cohorts.exam', role: 'admin' }, `username like '%3' and role = 'admin'`],
      ['admin', { q: '9@coh', status: 'deactivated' }, `username like '%9' and status = 'deactivated'`],
      ['admin', { q: 'old@cohorts' }, 'false'],
      ['admin', { q: '0q0cohorts' }, 'false'], // the form of an address in the index
      ['admin', { q: '_9@cohorts.exam' }, `username = 'old_9'`],
      ['admin', { q: 'n@cohorts.exam' }, 'false'],
      ['admin', { q: 'seldom4003@cohorts.example.test' }, `username = 'seldom4003'`],
      ['admin', { q: 'seldom4003@co.....example.test' }, 'false'], // only both ends of an address match
      ['admin', { q: 'sedlom' }, 'false'],
      ['member', { q: 'old', status: 'deactivated', role: 'admin' }, `username like 'old%' and status = 'deactivated' and role = 'admin'`],
      ['member', { q: 'seldom', role: 'member' }, `username like 'seldom%' and role = 'member'`],
      ['member', { q: 'cohorts' }, 'false'],
    ] as const) {
      const plain = await world.rows<{ username: string }>(
        `select username from membership where organization_id = '${big.id}' and status <> 'left' and ${where} order by joined_at desc, user_id desc`,
      )
      expect(await allOf(world, big.id, role, asked), JSON.stringify(asked)).toEqual(plain.map(({ username }) => username))
    }
    // A former member is found by username and not by email address (S4).
    const gone = await world.rows<{ username: string }>(
      `update membership set status = 'left' where organization_id = '${big.id}' and username like 'old%' returning username, joined_at, user_id`,
    )
    expect(await allOf(world, big.id, 'admin', { q: 'old' })).toEqual([])
    expect((await allOf(world, big.id, 'admin', { q: 'old', status: 'left' })).sort()).toEqual(gone.map(({ username }) => username).sort())
    expect(await allOf(world, big.id, 'admin', { q: 'cohorts', status: 'left' })).toEqual([])
  })

  describe.runIf(engine === 'postgres')('when organizations have one member', () => {
    // One plan serves all organizations. It must not be the best one for the usual size.
    beforeAll(async () => {
      const many = 2_000
      await world.rows(`insert into account (id, email, email_canonical, password_hash, given_name, username, registered_at)
        select 'usr_w' || i, i || '@alone.test', i || '@alone.test', 'x', 'x', 'alone' || i, now() from generate_series(1, ${many}) i`)
      await world.rows(
        `insert into organization (id, name, founder_id, personal) select 'org_w' || i, 'alone' || i, 'usr_w' || i, true from generate_series(1, ${many}) i`,
      )
      await world.rows(
        `insert into membership (organization_id, user_id, role, status) select 'org_w' || i, 'usr_w' || i, 'admin', 'active' from generate_series(1, ${many}) i`,
      )
      await world.rows('analyze membership')
    })

    /** The plan of a page for all values. */
    async function planOf(asked: MemberFilter & { cursor?: string | undefined }): Promise<string> {
      const { statements } = await databaseWorkOf(() => world.store.reading.memberships.page(id as never, { ...asked, limit: 2 }))
      const text = statements[0] ?? ''
      const values = Array.from({ length: Math.max(...[...text.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number))) }, () => 'null')
      return world.database.kysely.connection().execute(async (connection) => {
        for (const statement of [`prepare page as ${text}`, 'set plan_cache_mode = force_generic_plan']) await sql.raw(statement).execute(connection)
        const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`explain execute page(${values.join(', ')})`).execute(connection)
        for (const statement of ['deallocate page', 'reset plan_cache_mode']) await sql.raw(statement).execute(connection)
        return rows.map((row) => row['QUERY PLAN']).join('\n')
      })
    }

    test('a prepared page reads the index in order', async () => {
      const first = await world.store.reading.memberships.page(id as never, { limit: 2 })
      const cursor = first.nextCursor ?? undefined
      for (const [asked, index] of [
        [{}, 'membership__current_in_order'],
        [{ cursor }, 'membership__current_in_order'],
        [{ role: 'admin' as const, cursor }, 'membership__by_status_in_order'],
        [{ status: 'active' as const }, 'membership__by_status_in_order'],
      ] as const) {
        const plan = await planOf(asked)
        expect(plan).toMatch(new RegExp(`Index Only Scan using ${index} on membership`))
        expect(plan).toContain('Index Scan using membership__of_user on membership m')
        expect(plan).not.toMatch(/Bitmap|Seq Scan|Sort\b(?! Key)/)
      }
    })

    test('a prepared search asks the index of words, and else reads a cohort in order', async () => {
      for (const inEmails of [true, false]) {
        const plan = await planOf({ search: { text: 'quixote', inEmails } })
        expect(plan).toContain('Bitmap Index Scan on membership__words')
        expect(plan).toMatch(
          /Result .*\n *One-Time Filter: .* = \$\d+\)\n *-> {2}Index Scan using membership__current_in_order on membership .*\n *Index Cond: .*joined_at >= cohort/,
        )
        expect(plan).toContain('Index Scan using membership__of_user on membership m')
        expect(plan).not.toMatch(/Seq Scan on membership/)
      }
    })
  })
})
