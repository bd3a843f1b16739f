import type { OrganizationId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { ANYWHERE_FROM, type MemberFilter, type MemberSearch } from '../domain/directory.ts'
import type { PageRequest } from '../domain/store.ts'
import { decodeCursor } from './page.ts'
import type { Tables } from './tables.ts'

// Newest first, in pages of any depth and with any search, over a million members: see docs/decisions/0025-the-member-directory.md.

/** Where a member stands in the order: microseconds since 1970, which a Date would lose, and the id. */
export interface Place {
  user_id: string
  joined: string
}

/** How many rows are looked through before an index of parts of words is asked. It takes a millisecond. */
const WALK = 4_000
/** How many more when what was found lets hope that they make a page: an index would give thousands of hits to sort then. */
const LONG_WALK = 32_000

type Condition = RawBuilder<boolean>
interface Walked extends Place {
  hit: boolean
}

/** The members that a page is made of, in order, and one more if there are more. */
export async function placesOf(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  { status, role, search, limit, cursor }: MemberFilter & PageRequest,
): Promise<Place[]> {
  const after = afterCursor(cursor)
  const wanted = limit + 1
  const branches = branchesOf({ status, role })
  const hit = search ? matches(search) : sql<boolean>`true`

  const walkFor = async (rows: number): Promise<{ known: Walked[]; whole: boolean }> => {
    const walks = branches.map((branch) => walk(organizationId, sql`${branch} and ${after}`, hit, Math.ceil(rows / branches.length), wanted))
    const walked = (await Promise.all(walks.map((query) => query.execute(db)))).map((result) => result.rows)
    // A walk that was cut short knows nothing of what comes after its last row. In order, what comes before the first of those is all there is.
    const horizon = walked
      .filter((found) => found.length > wanted || found.some(({ last }) => last))
      .map((found) => found.at(-1) as Walked)
      .sort(inOrder)[0]
    const hits = walked
      .flat()
      .filter((row) => row.hit)
      .sort(inOrder)
    const known = horizon ? hits.filter((row) => inOrder(row, horizon) <= 0) : hits
    return { known: known.slice(0, wanted), whole: !horizon || known.length >= wanted }
  }

  const near = await walkFor(search ? WALK : wanted * branches.length)
  if (near.whole) return near.known
  if (near.known.length * (LONG_WALK / WALK) > wanted) {
    const far = await walkFor(LONG_WALK)
    if (far.whole) return far.known
  }
  const condition = sql<boolean>`(${sql.join(branches, sql` or `)}) and ${after} and ${hit}`
  return (await byIndex(organizationId, condition, wanted).execute(db)).rows
}

/**
 * Along the index of the order, which it is in already: it ends as soon as there is a page. The last row comes back even when it is no hit, so
 * that it is known how far the walk went.
 */
const walk = (organizationId: string, condition: RawBuilder<unknown>, hit: Condition, rows: number, wanted: number) => sql<Walked & { last: boolean }>`
  select user_id, ${joined} as joined, hit, number = ${rows}::int as last
  from (
    select user_id, joined_at, ${hit} as hit, row_number() over (order by joined_at desc, user_id desc) as number
    from membership where organization_id = ${organizationId} and ${condition}
    order by joined_at desc, user_id desc limit ${rows}::int) walked
  where hit or number = ${rows}::int order by joined_at desc, user_id desc limit ${wanted}::int + 1`

/** What the walk did not find is rare, so finding all of it and sorting that is cheap. Materialized, or the order would tempt the planner to walk. */
const byIndex = (organizationId: string, condition: Condition, wanted: number) => sql<Place>`
  with found as materialized (
    select user_id, joined_at from membership where organization_id = ${organizationId} and ${condition})
  select user_id, ${joined} as joined from found order by joined_at desc, user_id desc limit ${wanted}::int`

const joined = sql<string>`(extract(epoch from joined_at) * 1000000)::bigint::text`

/** Each is one range of an index that is in the order of joining. */
function branchesOf({ status, role }: Pick<MemberFilter, 'status' | 'role'>): Condition[] {
  if (!status && !role) return [sql<boolean>`status <> 'left'`]
  const statuses = status ? [status] : ['active', 'deactivated']
  const roles = role ? [role] : ['admin', 'member']
  return statuses.flatMap((one) => roles.map((two) => sql<boolean>`(status = ${one} and role = ${two})`))
}

function afterCursor(cursor: string | undefined): Condition {
  const [at, userId] = decodeCursor(cursor, 2) ?? []
  if (at === undefined || userId === undefined || !/^\d{1,16}$/.test(at) || !/^\w{1,60}$/.test(userId)) return sql<boolean>`true`
  return sql<boolean>`(joined_at, user_id) < (timestamptz 'epoch' + ${at}::bigint * interval '1 microsecond', ${userId}::text collate "C")`
}

/** Without wildcards of the caller's own. */
function matches({ text, inEmails }: MemberSearch): Condition {
  const literal = text.replace(/[\\%_]/g, '\\$&')
  const pattern = [...text].length < ANYWHERE_FROM ? `${literal}%` : `%${literal}%`
  return inEmails ? sql<boolean>`(username like ${pattern} or email like ${pattern})` : sql<boolean>`(username like ${pattern})`
}

function inOrder(a: Place, b: Place): number {
  if (a.joined !== b.joined) return BigInt(a.joined) < BigInt(b.joined) ? 1 : -1
  return a.user_id < b.user_id ? 1 : a.user_id > b.user_id ? -1 : 0
}
