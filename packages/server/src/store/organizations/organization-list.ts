import type { OrganizationId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { Page } from '../../domain/model/page.ts'
import type { ListedOrganization, OrganizationSearch } from '../../domain/organizations/store.ts'
import { idOfCursor, pageOf } from '../page.ts'
import { beginsWith } from '../search.ts'
import type { Tables } from '../tables.ts'

/** The organizations of the installation, for the operator (O13): one walk of an index that has the order of the list. The members are counted by triggers. */
export async function organizationPage(db: Kysely<Tables>, { search, suspended, limit, cursor }: OrganizationSearch): Promise<Page<ListedOrganization>> {
  const after = idOfCursor(cursor, 'organization')
  const size = limit + 1
  const [id, name] = [sql<string>`id`, sql<string>`name`]
  const column = search === undefined || search.startsWith('org_') ? id : name
  const conditions = [
    ...(search === undefined ? [] : [beginsWith(column, search)]),
    ...(suspended ? [sql`suspended_at is not null`] : []),
    ...(after === null ? [] : column === name ? [sql`name > (select name from organization where id = ${after})`] : [sql`id < ${after}`]),
  ]
  const { rows } = await sql<Row>`
    select id, name, personal, plan, suspended_at, suspended_reason, active_members, deactivated_members, created_at from organization
    where ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)} order by ${column === name ? sql`name` : sql`id desc`} limit ${size}::int`.execute(
    db,
  )
  return pageOf(
    rows,
    limit,
    (row) => [row.id],
    (row) => ({
      id: row.id as OrganizationId,
      name: row.name,
      personal: row.personal,
      plan: row.plan,
      suspendedAt: row.suspended_at,
      suspendedReason: row.suspended_reason,
      activeMembers: row.active_members,
      deactivatedMembers: row.deactivated_members,
      createdAt: row.created_at,
    }),
  )
}

interface Row {
  id: string
  name: string
  personal: boolean
  plan: string
  suspended_at: Date | null
  suspended_reason: string | null
  active_members: number
  deactivated_members: number
  created_at: Date
}
