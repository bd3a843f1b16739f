import type { OrganizationId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { PageRequest } from '../../domain/model/page.ts'
import { ANYWHERE_FROM, type MemberFilter, type MemberSearch } from '../../domain/organizations/directory.ts'
import { placeOfCursor } from '../page.ts'
import type { Tables } from '../tables.ts'

// Lists and searches up to a million members, newest first, at any page depth: see decision 0025.

/** The position of a member in the list: microseconds since 1970, for which a Date is not precise enough, and the id. */
export interface Place {
  user_id: string
  joined: string
}

/** Rows to scan before the search goes through the cohorts, if the first ones show that the text is common. It takes a millisecond. */
const WALK = 4_000

/** The first of them. A rare text is looked up in the index after these. */
const SAMPLE = 400

/** Parts of a text that are looked up in the index. */
const LOOKED_UP = 10

/** From this number of hits in one cohort, scanning in order is faster than sorting all hits. */
const MANY = 500

type Condition = RawBuilder<boolean>
interface Walked extends Place {
  hit: boolean
  last: boolean
  branch: number
}

type Asked = MemberFilter & Pick<PageRequest, 'cursor'> & { size: number }

/** The members of a page, in order, and one more if there is another page. */
export async function placesOf(db: Kysely<Tables>, organizationId: OrganizationId, { limit, ...filter }: MemberFilter & PageRequest): Promise<Place[]> {
  const { search } = filter
  if (search && NOWHERE.test(search.text)) return []
  const size = limit + 1
  const asked: Asked = { ...filter, size }
  const first = await walkedOf(db, organizationId, asked, search ? SAMPLE : size)
  if (!search || first.ended) return first.places
  if (first.places.length * WALK >= size * SAMPLE) {
    const further = await walkedOf(db, organizationId, asked, WALK)
    if (further.ended) return further.places
  }
  return (await byCohort(organizationId, { ...asked, search }).execute(db)).rows
}

/** The matches among the newest members. `ended` if there are enough for a page, or no members after them. */
async function walkedOf(
  db: Kysely<Tables>,
  organizationId: OrganizationId,
  { status, role, search, cursor, size }: Asked,
  atMost: number,
): Promise<{ places: Place[]; ended: boolean }> {
  const branches = branchesOf({ status, role })
  const rows = search ? Math.ceil(atMost / branches.length) : atMost
  const hit = search ? compared(search) : sql<boolean>`true`
  const walks = branches.map((branch, number) => walk(organizationId, sql`${branch} and ${afterCursor(cursor)}`, { hit, rows, size, number }))
  // One statement, so that a member whose status or role changes meanwhile appears in exactly one branch.
  const walked = (await sql<Walked>`${sql.join(walks, sql` union all `)}`.execute(db)).rows

  // A scan that reached its limit has no rows after its last one. Hits are complete only up to the first of these last rows.
  const horizon = branches
    .map((_, number) => walked.filter(({ branch }) => branch === number))
    .filter((branchRows) => branchRows.length > size || branchRows.some(({ last }) => last))
    .map((branchRows) => branchRows.sort(inOrder).at(-1) as Walked)
    .sort(inOrder)[0]
  const hits = walked.filter((row) => row.hit).sort(inOrder)
  const complete = horizon ? hits.filter((row) => inOrder(row, horizon) <= 0) : hits
  return { places: complete.slice(0, size), ended: !horizon || complete.length >= size }
}

interface Walk {
  hit: Condition
  rows: number
  size: number
  number: number
}

/**
 * Scans the index in the order of the list, so that it ends as soon as the page is full. The last row is returned even if it is no hit, because it shows how far
 * the scan went.
 */
const walk = (organizationId: string, condition: RawBuilder<unknown>, { hit, rows, size, number }: Walk) => sql<Walked>`(
  select user_id, ${joined} as joined, hit, number = ${rows}::int as last, ${number}::int as branch
  from (
    select user_id, joined_at, ${hit} as hit, row_number() over (order by joined_at desc, user_id desc) as number
    from membership where organization_id = ${organizationId} and ${condition}
    order by joined_at desc, user_id desc limit ${rows}::int) walked
  where hit or number = ${rows}::int order by joined_at desc, user_id desc limit ${size}::int + 1)`

/**
 * Searches the cohorts, newest first, until the page is full. Each cohort is searched by the trigram index or, if that finds many hits, in the order of the list.
 * So a text that many of the oldest members have, and no newer one, is found without scanning all members. Each `offset 0` is an optimization fence: the planner
 * must read the cohorts in order, and must not use the outer order and limit to scan the members instead.
 */
function byCohort(organizationId: string, { status, role, search, cursor, size }: Asked & { search: MemberSearch }): RawBuilder<Place> {
  const at = placeOf(cursor)
  const began = at ? sql`and began_at <= ${at.joinedAt}` : sql``
  const narrowed = sql`${status ? sql`status = ${status}` : sql`status <> 'left'`} and ${role ? sql`role = ${role}` : sql`true`} and ${afterCursor(cursor)}`
  const newestFirst = sql`order by joined_at desc, user_id desc limit ${size}::int`
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
    order by began_at desc, joined_at desc, user_id desc limit ${size}::int`
}

const joined = sql<string>`(extract(epoch from joined_at) * 1000000)::bigint::text`

/** Conditions that each match one range of an index, in the order of joining. */
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

/** Characters that occur in no name and no canonical address. */
const NOWHERE = /[\s"\\(),:;<>[\]]/

/** Columns with one name or address per line (migration 0012). */
const columnOf = ({ inEmails }: MemberSearch): RawBuilder<string> => (inEmails ? sql<string>`names_and_addresses` : sql<string>`names`)

/** A short text only matches at the beginning of a line. */
const textOf = ({ text }: MemberSearch): string => ([...text].length < ANYWHERE_FROM ? `\n${text}` : text)

/**
 * Matches by the trigram index. It looks up overlapping parts of three letters, spread over the text, so that a misspelled common word matches few rows. Those rows
 * are then compared with the whole text.
 */
function lookedUp(search: MemberSearch): Condition {
  const letters = [...textOf(search)]
  const last = Math.max(0, letters.length - 3)
  const step = Math.max(2, Math.ceil(last / LOOKED_UP))
  const parts = [...new Set(letters.map((_, place) => Math.min(place * step, last)))].map((place) => letters.slice(place, place + 3).join(''))
  const like = parts.map((part) => sql`${columnOf(search)} like '%' || one_word(${part}::text) || '%'`)
  return sql<boolean>`${sql.join(like, sql` and `)} and ${compared(search)}`
}

/** Compares with the whole text, by a function that no index supports. */
const compared = (search: MemberSearch): Condition => sql<boolean>`strpos(${columnOf(search)}, one_word(${textOf(search)}::text)) > 0`

function inOrder(a: Place, b: Place): number {
  if (a.joined !== b.joined) return BigInt(a.joined) < BigInt(b.joined) ? 1 : -1
  return a.user_id < b.user_id ? 1 : a.user_id > b.user_id ? -1 : 0
}
