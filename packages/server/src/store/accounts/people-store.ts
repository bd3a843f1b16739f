import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Role } from '@muster/contract/permissions.ts'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { ListedPerson, OtherWays, PeopleStore } from '../../domain/accounts/store.ts'
import type { Page } from '../../domain/model/page.ts'
import type { HeldCustomRole } from '../../domain/model/role.ts'
import { micros, toDate, toDateOrNull } from '../credentials/live-rows.ts'
import { idOfCursor, pageOf, placeOfCursor } from '../page.ts'
import { heldCustomRole } from '../roles/role-store.ts'
import { beginsWith } from '../search.ts'
import type { Tables } from '../tables.ts'

// The operator's lists of a million accounts (O13). Each list is one walk of an index that has its order, and reads only the rows of its page.

export function peopleStore(db: Kysely<Tables>): PeopleStore {
  const personOf = (id: RawBuilder<unknown>) => sql`
    select a.id, a.email, a.username, a.given_name, a.family_name, a.company, ${micros(sql`a.created_at`)} as created_at,
      ${micros(sql`a.registered_at`)} as registered_at,
      ${micros(sql`a.suspended_at`)} as suspended_at, a.suspended_reason, o.id as organization_id, o.name as organization_name, m.role,
      ${heldCustomRole('m')} as custom_role, m.status,
      (select ${micros(sql`max(s.last_used_at)`)} from session s where s.user_id = a.id and s.organization_id = m.organization_id) as last_seen_at
    from account a
    left join membership m on m.user_id = a.id and m.status <> 'left'
    left join organization o on o.id = m.organization_id
    where a.id = ${id}`

  const pageAt = async ({ places, cursorOf }: Places, limit: number): Promise<Page<ListedPerson>> => {
    const { rows } = await sql<Row>`
      select place.stage, person.* from (${places}) place cross join lateral (${personOf(sql`place.id`)} offset 0) person
      order by place.stage, place.position`.execute(db)
    return pageOf(rows, limit, cursorOf, toPerson)
  }

  const one = async (column: RawBuilder<unknown>, value: string): Promise<ListedPerson | null> => {
    const { rows } = await sql<Row>`${personOf(sql`(select id from account where ${column} = ${value})`)}`.execute(db)
    return rows[0] ? toPerson(rows[0]) : null
  }

  return {
    page: ({ search, limit, cursor }) => pageAt(search === undefined ? newestFirst({ limit, cursor }) : found({ search, limit, cursor }), limit),
    pageWithPasswordOnly: ({ limit, cursor }, ways) => pageAt(newestFirst({ limit, cursor }, hasPasswordOnly(ways)), limit),
    async countWithPasswordOnly(ways) {
      const { rows } = await sql<{ count: number; names: string[] }>`
        with found as materialized (select id, username from account where ${hasPasswordOnly(ways)})
        select (select count(*)::int from found) as count,
          array(select coalesce(username, id) from found order by coalesce(username, id) limit 20) as names`.execute(db)
      return rows[0] as (typeof rows)[number]
    },
    find: (reference) => one(reference.startsWith('usr_') ? sql`id` : sql`username`, reference),
    findByAddress: (canonical) => one(sql`email_canonical`, canonical),
  }
}

interface Asked {
  limit: number
  cursor?: string | undefined
}

interface Places {
  places: RawBuilder<unknown>
  cursorOf(row: Row): string[]
}

/** Of the ways in of `hasWayIn`, the password alone. Anti joins, so that a million accounts take one pass. A suspended person cannot sign in, whatever they have. */
function hasPasswordOnly({ passkeys, issuers }: OtherWays): RawBuilder<boolean> {
  const noPasskey = passkeys ? sql`not exists (select from passkey p where p.user_id = account.id)` : sql`true`
  return sql<boolean>`(password_hash is not null and suspended_at is null and ${noPasskey}
    and not exists (select from identity i where i.user_id = account.id and i.issuer = any(${[...issuers]}::text[])))`
}

function newestFirst({ limit, cursor }: Asked, only: RawBuilder<boolean> = sql<boolean>`true`): Places {
  const after = idOfCursor(cursor, 'user')
  return {
    places: sql`
      select id, 0 as stage, row_number() over (order by id desc) as position
      from (select id from account where ${after === null ? sql`true` : sql`id < ${after}`} and ${only} order by id desc limit ${limit + 1}::int) newest`,
    cursorOf: ({ id }) => [id],
  }
}

/**
 * Usernames that begin with the text, in their order, and then the addresses. A person found by both is listed once, by the username. The second walk begins when the
 * first has no more rows for the page, so it passes over at most as many people as were listed before.
 */
function found({ search, limit, cursor }: Asked & { search: string }): Places {
  const at = placeOfCursor(cursor, 'user')
  const size = limit + 1
  const walk = (stage: number, column: RawBuilder<string>, others: RawBuilder<boolean> = sql<boolean>`true`): RawBuilder<unknown> => {
    if (at !== null && Number(at.number) > stage) return sql`select null::text as id, ${stage}::int as stage, null::text as position where false`
    const after = at?.number === String(stage) ? sql`${column} > (select ${column} from account where id = ${at.id})` : sql`true`
    // `offset 0` is an optimization fence. The planner must not expect that `others` leaves hardly any rows, and then read and sort all accounts.
    return sql`select id, ${stage}::int as stage, ${column} as position
      from (select id, username, email_canonical from account where ${beginsWith(column, search)} and ${after} order by ${column} offset 0) inorder
      where ${others} limit ${size}::int`
  }
  const cursorOf = ({ stage, id }: Row): string[] => [String(stage), id]
  const [id, username, email] = [sql<string>`id`, sql<string>`username`, sql<string>`email_canonical`]
  // No username begins like an id or contains an @ (S39).
  if (search.startsWith('usr_')) return { places: walk(1, id), cursorOf }
  if (search.includes('@')) return { places: walk(1, email), cursorOf }
  const rest = sql<boolean>`${beginsWith(username, search)} is not true and (select count(*) from by_name) < ${size}::int`
  return {
    places: sql`
      with by_name as materialized (${walk(1, username)}), by_address as materialized (${walk(2, email, rest)})
      select * from (select * from by_name union all select * from by_address) either order by stage, position limit ${size}::int`,
    cursorOf,
  }
}

interface Row {
  stage: number
  id: string
  email: string
  username: string | null
  given_name: string
  family_name: string
  company: string | null
  created_at: number
  registered_at: number | null
  suspended_at: number | null
  suspended_reason: string | null
  organization_id: string | null
  organization_name: string | null
  role: Role | null
  custom_role: HeldCustomRole | null
  status: 'active' | 'deactivated' | null
  last_seen_at: number | null
}

const toPerson = (row: Row): ListedPerson => ({
  id: row.id as UserId,
  email: row.email,
  username: row.username,
  givenName: row.given_name,
  familyName: row.family_name,
  company: row.company,
  createdAt: toDate(row.created_at),
  registeredAt: toDateOrNull(row.registered_at),
  suspendedAt: toDateOrNull(row.suspended_at),
  suspendedReason: row.suspended_reason,
  membership:
    row.organization_id === null
      ? null
      : {
          organizationId: row.organization_id as OrganizationId,
          organizationName: row.organization_name ?? '',
          role: row.role as Role,
          customRole: row.custom_role,
          status: row.status as 'active' | 'deactivated',
        },
  lastSeenAt: toDateOrNull(row.last_seen_at),
})
