import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { Member, Membership } from '../../domain/model/membership.ts'
import type { MembershipStore } from '../../domain/organizations/store.ts'
import { micros, toDate, toDateOrNull } from '../credentials/live-rows.ts'
import { pageOf } from '../page.ts'
import type { MembershipTable, Tables } from '../tables.ts'
import { pageStatement } from './member-directory.ts'

export const toMembership = (row: Selectable<MembershipTable>): Membership => ({
  organizationId: row.organization_id as OrganizationId,
  userId: row.user_id as UserId,
  role: row.role,
  roleVersion: row.role_version,
  status: row.status,
  joinedAt: row.joined_at,
  endedAt: row.ended_at,
  endedReason: row.ended_reason,
  statusAt: row.status_at,
  statusBy: row.status_by,
  statusReason: row.status_reason,
})

const now = sql<Date>`muster_now()`

/** Times are microseconds since 1970. */
interface MemberRow {
  organization_id: string
  user_id: string
  role: Member['role']
  role_version: number
  status: Member['status']
  joined_at: number
  ended_at: number | null
  ended_reason: string | null
  status_at: number
  status_by: string | null
  status_reason: string | null
  username: string | null
  given_name: string
  family_name: string
  email: string
  status_by_name: string | null
  created_at: number
  last_changed_at: number
  last_seen_at: number | null
}

const of = (column: string) => micros(sql.ref(column))
/** Every column is named, so that a statement can stay prepared while the next version adds columns (I13). */
const members = sql`
  select m.organization_id, m.user_id, m.role, m.role_version, m.status, ${of('m.joined_at')} as joined_at, ${of('m.ended_at')} as ended_at, m.ended_reason,
    ${of('m.status_at')} as status_at, m.status_by, m.status_reason, a.username, a.given_name, a.family_name, a.email, ${of('a.created_at')} as created_at,
    (select c.username from account c where c.id = m.status_by) as status_by_name,
    ${micros(sql`greatest(coalesce(m.changed_at, m.status_at), coalesce(a.changed_at, a.registered_at, a.created_at))`)} as last_changed_at,
    (select ${micros(sql`max(s.last_used_at)`)} from session s where s.user_id = m.user_id and s.organization_id = m.organization_id) as last_seen_at
  from membership m join account a on a.id = m.user_id`

const toMember = (row: MemberRow): Member => ({
  organizationId: row.organization_id as OrganizationId,
  userId: row.user_id as UserId,
  role: row.role,
  roleVersion: row.role_version,
  status: row.status,
  joinedAt: toDate(row.joined_at),
  endedAt: toDateOrNull(row.ended_at),
  endedReason: row.ended_reason,
  statusAt: toDate(row.status_at),
  statusBy: row.status_by,
  statusReason: row.status_reason,
  username: row.username ?? '',
  givenName: row.given_name,
  familyName: row.family_name,
  email: row.email,
  statusByName: row.status_by_name,
  lastSeenAt: toDateOrNull(row.last_seen_at),
  createdAt: toDate(row.created_at),
  changedAt: toDate(row.last_changed_at),
})

export function membershipStore(db: Kysely<Tables>): MembershipStore {
  return {
    async find(organizationId, userId) {
      const row = await db.selectFrom('membership').selectAll().where('organization_id', '=', organizationId).where('user_id', '=', userId).executeTakeFirst()
      return row ? toMembership(row) : null
    },
    async current(userId) {
      const row = await db.selectFrom('membership').selectAll().where('user_id', '=', userId).where('status', '<>', 'left').executeTakeFirst()
      return row ? toMembership(row) : null
    },
    async activeAdmins(organizationId) {
      const { rows } = await sql<MemberRow>`${members}
        where m.organization_id = ${organizationId} and m.role = 'admin' and m.status = 'active' order by m.joined_at, m.user_id limit 100`.execute(db)
      return rows.map(toMember)
    },
    async othersRemain(organizationId, userId) {
      const row = await db
        .selectFrom('membership')
        .select('user_id')
        .where('organization_id', '=', organizationId)
        .where('status', '<>', 'left')
        .where('user_id', '<>', userId)
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },
    async countActive(organizationId) {
      return (await this.counts(organizationId)).active
    },
    async counts(organizationId) {
      const row = await db.selectFrom('organization').select(['active_members', 'deactivated_members']).where('id', '=', organizationId).executeTakeFirst()
      return { active: row?.active_members ?? 0, deactivated: row?.deactivated_members ?? 0 }
    },
    async start({ organizationId, userId, role }) {
      await db
        .insertInto('membership')
        .values({ organization_id: organizationId, user_id: userId, role, status: 'active' })
        .onConflict((conflict) =>
          conflict.columns(['organization_id', 'user_id']).doUpdateSet((eb) => ({
            role,
            role_version: eb('membership.role_version', '+', 1),
            status: 'active',
            joined_at: now,
            ended_at: null,
            ended_reason: null,
            status_at: now,
            status_by: null,
            status_reason: null,
          })),
        )
        .execute()
    },
    async insertDormant(organizationId, userId) {
      await db
        .insertInto('membership')
        .values({ organization_id: organizationId, user_id: userId, role: 'admin', status: 'left', ended_at: now, ended_reason: 'dormant' })
        .execute()
    },
    async deactivate(organizationId, userId, by, reason) {
      const row = await db
        .with('deactivated', (cte) =>
          cte
            .updateTable('membership')
            .set({ status: 'deactivated', status_at: now, status_by: by, status_reason: reason })
            .where('organization_id', '=', organizationId)
            .where('user_id', '=', userId)
            .where('status', '=', 'active')
            .returning('user_id'),
        )
        .updateTable('account')
        .from('deactivated')
        .set((eb) => ({ epoch: eb('account.epoch', '+', 1) }))
        .whereRef('account.id', '=', 'deactivated.user_id')
        .returning('account.epoch')
        .executeTakeFirstOrThrow()
      return row.epoch
    },
    async reactivate(organizationId, userId, by) {
      await db
        .updateTable('membership')
        .set({ status: 'active', status_at: now, status_by: by, status_reason: null })
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId)
        .where('status', '=', 'deactivated')
        .execute()
    },
    async end(organizationId, userId, reason, by) {
      const row = await db
        .with('ended', (cte) =>
          cte
            .updateTable('membership')
            .set({ status: 'left', ended_at: now, ended_reason: reason, status_at: now, status_by: by, status_reason: null })
            .where('organization_id', '=', organizationId)
            .where('user_id', '=', userId)
            .where('status', '<>', 'left')
            .returning('user_id'),
        )
        .updateTable('account')
        .from('ended')
        .set((eb) => ({ epoch: eb('account.epoch', '+', 1) }))
        .whereRef('account.id', '=', 'ended.user_id')
        .returning('account.epoch')
        .executeTakeFirstOrThrow()
      return row.epoch
    },
    async setRole(organizationId, userId, role) {
      const row = await db
        .updateTable('membership')
        .set((eb) => ({ role, role_version: eb('role_version', '+', 1) }))
        .where('organization_id', '=', organizationId)
        .where('user_id', '=', userId)
        .returning('role_version')
        .executeTakeFirstOrThrow()
      return row.role_version
    },
    async member(organizationId, reference) {
      const { rows } = await sql<MemberRow>`${members}
        where m.organization_id = ${organizationId} and (a.id = ${reference} or a.username = ${reference})`.execute(db)
      const [row] = rows
      return row ? toMember(row) : null
    },
    async statusOfAddress(organizationId, emailCanonical) {
      const row = await db
        .selectFrom('membership')
        .innerJoin('account', 'account.id', 'membership.user_id')
        .select('membership.status')
        .where('organization_id', '=', organizationId)
        .where('account.email_canonical', '=', emailCanonical)
        .executeTakeFirst()
      return row?.status ?? null
    },
    async page(organizationId, request) {
      const memberOf = (userId: RawBuilder<string>) => sql<MemberRow>`${members} where m.organization_id = ${organizationId} and m.user_id = ${userId}`
      const statement = pageStatement(organizationId, request, memberOf)
      const rows = statement === null ? [] : (await statement.execute(db)).rows
      return pageOf(rows, request.limit, (row) => [String(row.joined_at), row.user_id], toMember)
    },
  }
}
