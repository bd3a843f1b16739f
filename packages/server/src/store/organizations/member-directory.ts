import type { OrganizationId, RoleId } from '@muster/contract/ids.ts'
import { type Role, roles } from '@muster/contract/permissions.ts'
import { type RawBuilder, sql } from 'kysely'
import type { PageRequest } from '../../domain/model/page.ts'
import { ANYWHERE_FROM, type MemberFilter, type MemberSearch } from '../../domain/organizations/directory.ts'
import { point } from '../database.ts'
import { placeOfCursor } from '../page.ts'

// Lists and searches up to a million members, newest first, at any page depth: see decision 0025.

/** Parts of a text that are looked up in the index. */
const LOOKED_UP = 10

/** From this number of hits in one cohort, scanning in order is faster than sorting all hits. */
const MANY = 500

type Condition = RawBuilder<boolean>

type Asked = MemberFilter & Pick<PageRequest, 'cursor'> & { size: number }

/**
 * The members of a page, in order, and one more if there is another page. Null if nobody can have the searched text.
 * @param memberOf the query for one member of the organization, by the expression of the user's id
 */
export function pageStatement<Row>(
  organizationId: OrganizationId,
  { limit, ...filter }: MemberFilter & PageRequest,
  memberOf: (userId: RawBuilder<string>) => RawBuilder<Row>,
): RawBuilder<Row> | null {
  const { search } = filter
  if (search && NOWHERE.test(search.text)) return null
  const asked: Asked = { ...filter, size: limit + 1 }
  const places = search ? byCohort(organizationId, { ...asked, search }) : inOrder(organizationId, asked)
  // A search has a statement for each number of parts. With filters and cursors, a connection would keep hundreds of plans.
  const isFrequent = !search || !(filter.status || filter.role || filter.cursor)
  return sql<Row>`${isFrequent ? point : sql``} select member.*
    from (${places}) place cross join lateral (${memberOf(sql`place.user_id`)} offset 0) member
    order by place.joined_at desc, place.user_id desc`
}

/**
 * The members in the order of joining. All columns are in the index that has this order, so the estimate of an organization's size cannot lead to another plan, and
 * the statement can be prepared. One statement, so that a member whose status or role changes meanwhile appears in exactly one branch.
 */
function inOrder(organizationId: OrganizationId, { status, role, roleId, cursor, size }: Asked): RawBuilder<unknown> {
  const newestFirst = sql`order by joined_at desc, user_id desc limit ${size}::int`
  const branches = branchesOf({ status, role, roleId }).map(
    (branch) =>
      sql`(select user_id, joined_at from membership where organization_id = ${organizationId} and ${branch} and ${afterCursor(cursor)} ${newestFirst})`,
  )
  return sql`select user_id, joined_at from (${sql.join(branches, sql` union all `)}) branch ${newestFirst}`
}

/**
 * Searches the cohorts, newest first, until the page is full. Each cohort is searched by the trigram index or, if that finds many hits, in the order of the list.
 * So a text that many of the oldest members have, and no newer one, is found without scanning all members. Each `offset 0` is an optimization fence: the planner
 * must read the cohorts in order, and must not use the outer order and limit to scan the members instead.
 */
function byCohort(organizationId: string, { status, role, roleId, search, cursor, size }: Asked & { search: MemberSearch }): RawBuilder<unknown> {
  const at = placeOf(cursor)
  const began = at ? sql`and began_at <= ${at.joinedAt}` : sql``
  const narrowed = sql`${status ? sql`status = ${status}` : sql`status <> 'left'`} and ${role ? hasRole(role, roleId) : sql`true`} and ${afterCursor(cursor)}`
  const newestFirst = sql`order by joined_at desc, user_id desc limit ${size}::int`
  return sql`
    select user_id, joined_at
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

/** Conditions that each match one range of an index, in the order of joining. */
function branchesOf({ status, role, roleId }: Pick<MemberFilter, 'status' | 'role' | 'roleId'>): Condition[] {
  if (!status && !role) return [sql<boolean>`status <> 'left'`]
  const statuses = status ? [status] : ['active', 'deactivated']
  return statuses.flatMap((one) => (role ? [role] : roles).map((two) => sql<boolean>`(status = ${one} and ${hasRole(two, roleId)})`))
}

const hasRole = (role: Role, roleId: RoleId | undefined): Condition =>
  roleId === undefined ? sql<boolean>`role = ${role}` : sql<boolean>`role = ${role} and role_id = ${roleId}`

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
