import type { InvitationId, OrganizationId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { InvitationSearch, ListedInvitation } from '../../domain/invitations/store.ts'
import type { Page } from '../../domain/model/page.ts'
import { idOfCursor, pageOf } from '../page.ts'
import { heldCustomRole } from '../roles/role-store.ts'
import { beginsWith } from '../search.ts'
import type { Tables } from '../tables.ts'

/** The invitations of the installation, for the operator (O13): one walk of an index that has the order of the list. */
export async function invitationPage(db: Kysely<Tables>, { search, organizationId, limit, cursor }: InvitationSearch): Promise<Page<ListedInvitation>> {
  const after = idOfCursor(cursor, 'invitation')
  const byAddress = search !== undefined && !search.startsWith('inv_')
  const [id, email] = [sql<string>`id`, sql<string>`email_canonical`]
  const conditions = [
    sql`true`,
    ...(byAddress ? [sql`kind = 'email'`, beginsWith(email, search)] : []),
    ...(search === undefined || byAddress ? [] : [beginsWith(id, search)]),
    ...(organizationId === undefined ? [] : [sql`organization_id = any(${[organizationId]}::text[])`]),
    ...(after === null
      ? []
      : byAddress
        ? [sql`(email_canonical, id) > ((select email_canonical from invitation where id = ${after}), ${after}::text collate "C")`]
        : [sql`id < ${after}`]),
  ]
  const order = byAddress ? sql`email_canonical, id` : organizationId === undefined ? sql`id desc` : sql`organization_id, id desc`
  const { rows } = await sql<Row>`
    select i.id, i.organization_id, i.kind, i.role, ${heldCustomRole('i')} as custom_role, i.email, i.created_by, i.created_at, i.expires_at, i.mailed_at, o.name as organization_name, inviter.username as inviter_username,
      case when i.state = 'open' and i.expires_at <= muster_now() then 'expired' else i.state end as state
    from (
      select id, organization_id, kind, state, role, role_id, email, email_canonical, created_by, created_at, expires_at, mailed_at
      from invitation where ${sql.join(conditions, sql` and `)} order by ${order} limit ${limit + 1}::int) i
    join organization o on o.id = i.organization_id join account inviter on inviter.id = i.created_by
    order by ${byAddress ? sql`i.email_canonical, i.id` : sql`i.id desc`}`.execute(db)
  return pageOf(
    rows,
    limit,
    (row) => [row.id],
    (row) => ({
      id: row.id as InvitationId,
      organizationId: row.organization_id as OrganizationId,
      organizationName: row.organization_name,
      kind: row.kind,
      state: row.state,
      role: row.role,
      customRole: row.custom_role,
      email: row.email,
      createdBy: row.created_by as UserId,
      createdByName: row.inviter_username ?? '',
      createdAt: row.created_at,
      expiresAt: row.expires_at,
      mailedAt: row.mailed_at,
    }),
  )
}

interface Row {
  id: string
  organization_id: string
  organization_name: string
  kind: ListedInvitation['kind']
  state: ListedInvitation['state']
  role: ListedInvitation['role']
  custom_role: ListedInvitation['customRole']
  email: string | null
  created_by: string
  inviter_username: string | null
  created_at: Date
  expires_at: Date
  mailed_at: Date | null
}
