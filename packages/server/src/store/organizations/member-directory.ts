import type { OrganizationId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { PageRequest } from '../../domain/model/page.ts'
import { ANYWHERE_FROM, type MemberFilter, type MemberSearch } from '../../domain/organizations/directory.ts'
import { placeOfCursor } from '../page.ts'
import type { Tables } from '../tables.ts'

// Newest first, in pages of any depth and with any search, over a million members: see decision 0025.

/** Where a member stands in the order: microseconds since 1970, which a Date would lose, and the id. */
export interface Place {
  user_id: string
  joined: string
}

/** How many rows are looked through before the cohorts are. It takes a millisecond, and what is common is found by then. */
const WALK = 4_000

/** So many parts of a text are looked up, spread over it, and what they find is compared. */
const LOOKED_UP = 10

/** With so many hits in one cohort, a page of them is sooner found along the order than by sorting them all. */
const MANY = 500

type Condition = RawBuilder<boolean>
interface Walked extends Place {
  hit: boolean
  last: boolean
  branch: number
}

/** The members that a page is made of, in order, and one more if there are more. */
export async function placesOf(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  { status, role, search, limit, cursor }: MemberFilter & PageRequest,
): Promise<Place[]> {
  if (search && NOWHERE.test(search.text)) return []
  const wanted = limit + 1
  const branches = branchesOf({ status, role })
  const rows = search ? Math.ceil(WALK / branches.length) : wanted
  const hit = search ? compared(search) : sql<boolean>`true`
  const walks = branches.map((branch, number) => walk(organizationId, sql`${branch} and ${afterCursor(cursor)}`, { hit, rows, wanted, number }))
  // In one statement: who changes from one branch to another meanwhile is in one of them.
  const walked = (await sql<Walked>`${sql.join(walks, sql` union all `)}`.execute(db)).rows

  // A walk that was cut short knows nothing of what comes after its last row. In order, what comes before the first of those is all there is.
  const horizon = branches
    .map((_, number) => walked.filter(({ branch }) => branch === number))
    .filter((found) => found.length > wanted || found.some(({ last }) => last))
    .map((found) => found.sort(inOrder).at(-1) as Walked)
    .sort(inOrder)[0]
  const hits = walked.filter((row) => row.hit).sort(inOrder)
  const known = horizon ? hits.filter((row) => inOrder(row, horizon) <= 0) : hits
  if (!search || !horizon || known.length >= wanted) return known.slice(0, wanted)
  return (await byCohort(organizationId, { status, role, search, cursor, wanted }).execute(db)).rows
}

interface Walk {
  hit: Condition
  rows: number
  wanted: number
  number: number
}

/**
 * Along the index of the order, which it is in already: it ends as soon as there is a page. The last row comes back even when it is no hit, so
 * that it is known how far the walk went.
 */
const walk = (organizationId: string, condition: RawBuilder<unknown>, { hit, rows, wanted, number }: Walk) => sql<Walked>`(
  select user_id, ${joined} as joined, hit, number = ${rows}::int as last, ${number}::int as branch
  from (
    select user_id, joined_at, ${hit} as hit, row_number() over (order by joined_at desc, user_id desc) as number
    from membership where organization_id = ${organizationId} and ${condition}
    order by joined_at desc, user_id desc limit ${rows}::int) walked
  where hit or number = ${rows}::int order by joined_at desc, user_id desc limit ${wanted}::int + 1)`

/**
 * Through the cohorts, the newest first, each by the index of parts of words, and where that finds many, along the order: it ends with the cohort
 * that fills the page. So what very many of the oldest have and nobody newer is found without a look at all of them. Each `offset 0` keeps the
 * planner out: the cohorts are to come in order, so that it can end early, and neither an order nor a limit must tempt it to walk on its own.
 */
function byCohort(
  organizationId: string,
  { status, role, search, cursor, wanted }: MemberFilter & { search: MemberSearch; cursor: string | undefined; wanted: number },
): RawBuilder<Place> {
  const at = placeOf(cursor)
  const began = at ? sql`and began_at <= ${at.joinedAt}` : sql``
  const narrowed = sql`${status ? sql`status = ${status}` : sql`status <> 'left'`} and ${role ? sql`role = ${role}` : sql`true`} and ${afterCursor(cursor)}`
  const newestFirst = sql`order by joined_at desc, user_id desc limit ${wanted}::int`
  return sql<Place>`
    select user_id, ${joined} as joined
    from (
      select id, began_at, coalesce(lag(began_at) over (order by began_at desc), 'infinity') as ended_at
      from cohort where organization_id = ${organizationId} ${began} order by began_at desc offset 0) cohort
    cross join lateral (
      with found as materialized (
        select user_id, joined_at from (select user_id, joined_at from membership where cohort_id = cohort.id and ${narrowed} and ${lookedUp(search)} offset 0) few limit ${MANY}::int)
      (select user_id, joined_at from found where (select count(*) from found) < ${MANY}::int)
      union all
      (select user_id, joined_at from membership
       where (select count(*) from found) = ${MANY}::int and organization_id = ${organizationId}
         and joined_at >= cohort.began_at and joined_at < cohort.ended_at and ${narrowed} and ${compared(search)} ${newestFirst})
      ${newestFirst}) member
    order by began_at desc, joined_at desc, user_id desc limit ${wanted}::int`
}

const joined = sql<string>`(extract(epoch from joined_at) * 1000000)::bigint::text`

/** Each is one range of an index that is in the order of joining. */
function branchesOf({ status, role }: Pick<MemberFilter, 'status' | 'role'>): Condition[] {
  if (!status && !role) return [sql<boolean>`status <> 'left'`]
  const statuses = status ? [status] : ['active', 'deactivated']
  const roles = role ? [role] : ['admin', 'member']
  return statuses.flatMap((one) => roles.map((two) => sql<boolean>`(status = ${one} and role = ${two})`))
}

function placeOf(cursor: string | undefined): { joinedAt: RawBuilder<Date>; userId: string } | null {
  const place = placeOfCursor(cursor, 'user')
  return place && { joinedAt: sql<Date>`(timestamptz 'epoch' + ${place.number}::bigint * interval '1 microsecond')`, userId: place.id }
}

function afterCursor(cursor: string | undefined): Condition {
  const at = placeOf(cursor)
  return at ? sql<boolean>`(joined_at, user_id) < (${at.joinedAt}, ${at.userId}::text collate "C")` : sql<boolean>`true`
}

/** What no name and no canonical address has. */
const NOWHERE = /[\s"\\(),:;<>[\]]/

/** Lines of words, as the migration of the cohorts has them. */
const columnOf = ({ inEmails }: MemberSearch): RawBuilder<string> => (inEmails ? sql<string>`names_and_addresses` : sql<string>`names`)

/** A short text is looked for at the beginning of a line. */
const textOf = ({ text }: MemberSearch): string => ([...text].length < ANYWHERE_FROM ? `\n${text}` : text)

/**
 * By the index: three letters at a time, every second of them, so that each two that follow one another are looked up together, and a slip in a common
 * word finds nothing. What they find is compared.
 */
function lookedUp(search: MemberSearch): Condition {
  const letters = [...textOf(search)]
  const last = Math.max(0, letters.length - 3)
  const step = Math.max(2, Math.ceil(last / LOOKED_UP))
  const parts = [...new Set(letters.map((_, place) => Math.min(place * step, last)))].map((place) => letters.slice(place, place + 3).join(''))
  const like = parts.map((part) => sql`${columnOf(search)} like '%' || one_word(${part}::text) || '%'`)
  return sql<boolean>`${sql.join(like, sql` and `)} and ${compared(search)}`
}

/** In a way that no index knows. */
const compared = (search: MemberSearch): Condition => sql<boolean>`strpos(${columnOf(search)}, one_word(${textOf(search)}::text)) > 0`

function inOrder(a: Place, b: Place): number {
  if (a.joined !== b.joined) return BigInt(a.joined) < BigInt(b.joined) ? 1 : -1
  return a.user_id < b.user_id ? 1 : a.user_id > b.user_id ? -1 : 0
}
