import type { InvitationId, OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { Kysely, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Invitation } from '../domain/invitation.ts'
import type { InvitationStore } from '../domain/store.ts'
import { decodeCursor, pageOf } from './page.ts'
import type { InvitationTable, Tables } from './tables.ts'

const toInvitation = (row: Selectable<InvitationTable>): Invitation => ({
  id: row.id as InvitationId,
  organizationId: row.organization_id as OrganizationId,
  kind: row.kind,
  state: row.state,
  role: row.role,
  version: row.version,
  createdBy: row.created_by as UserId,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  acceptedBy: row.accepted_by as UserId | null,
})

const now = sql<Date>`muster_now()`

export function invitationStore(db: Kysely<Tables>): InvitationStore {
  const revoking = () =>
    db.updateTable('invitation').set({ state: 'revoked', ended_at: now }).where('state', '=', 'open').where('expires_at', '>', now).returning('id')
  return {
    async insert({ id, organizationId, kind, role, createdBy, lifetimeSeconds }) {
      const row = await db
        .insertInto('invitation')
        .values({
          id,
          organization_id: organizationId,
          kind,
          role,
          email: null,
          email_canonical: null,
          created_by: createdBy,
          created_at: now,
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toInvitation(row)
    },
    async find(id) {
      const row = await db.selectFrom('invitation').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? toInvitation(row) : null
    },
    async accept(id, version, userId) {
      const row = await db
        .updateTable('invitation')
        .set({ state: 'accepted', accepted_by: userId, ended_at: now })
        .where('id', '=', id)
        .where('version', '=', version)
        .where('state', '=', 'open')
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst()
      return row ? toInvitation(row) : null
    },
    async revoke(id) {
      return (await revoking().where('id', '=', id).executeTakeFirst()) !== undefined
    },
    async revokeOpenBy(userId, organizationId) {
      const rows = await revoking().where('created_by', '=', userId).where('organization_id', '=', organizationId).execute()
      return rows.map(({ id }) => id as InvitationId)
    },
    async revokeAllOpen(organizationId) {
      const rows = await revoking().where('organization_id', '=', organizationId).execute()
      return rows.map(({ id }) => id as InvitationId)
    },
    async page(organizationId, { kinds, state }, { limit, cursor }) {
      const after = decodeCursor(cursor, 1)
      // An open one whose time has come is over, whether or not anything has tidied it up (S16).
      const stateNow = sql<
        Invitation['state']
      >`case when invitation.state = 'open' and invitation.expires_at <= muster_now() then 'expired' else invitation.state end`
      let query = db
        .selectFrom('invitation')
        .innerJoin('account', 'account.id', 'invitation.created_by')
        .selectAll('invitation')
        .select(['account.username as created_by_name', stateNow.as('state_now')])
        .where('organization_id', '=', organizationId)
        .where('kind', 'in', kinds)
      if (state) query = query.where(stateNow, '=', state)
      if (after) query = query.where('invitation.id', '<', after[0] as string)
      const rows = await query
        .orderBy('invitation.id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(
        rows,
        limit,
        (row) => [row.id],
        (row) => ({ ...toInvitation(row), state: row.state_now, createdByName: row.created_by_name ?? '' }),
      )
    },
  }
}
