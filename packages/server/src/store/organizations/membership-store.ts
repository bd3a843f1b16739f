import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Member, Membership } from '../../domain/model/membership.ts'
import type { MembershipStore } from '../../domain/organizations/store.ts'
import { encodeCursor } from '../page.ts'
import type { MembershipTable, Tables } from '../tables.ts'
import { placesOf } from './member-directory.ts'

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

export function membershipStore(db: Kysely<Tables>): MembershipStore {
  const members = () =>
    db
      .selectFrom('membership')
      .innerJoin('account', 'account.id', 'membership.user_id')
      .leftJoin('account as changer', 'changer.id', 'membership.status_by')
      .selectAll('membership')
      // Selected last, to replace the membership's own copies, which are for searching.
      .select(['account.username', 'account.given_name', 'account.family_name', 'account.email', 'changer.username as status_by_name'])
      .select('account.created_at')
      .select(
        sql<Date>`greatest(coalesce(membership.changed_at, membership.status_at), coalesce(account.changed_at, account.registered_at, account.created_at))`.as(
          'last_changed_at',
        ),
      )
      .select((eb) =>
        eb
          .selectFrom('session')
          .select((of) => of.fn.max('session.last_used_at').as('at'))
          .whereRef('session.user_id', '=', 'membership.user_id')
          .whereRef('session.organization_id', '=', 'membership.organization_id')
          .as('last_seen_at'),
      )
  type MemberRow = Awaited<ReturnType<ReturnType<typeof members>['execute']>>[number]
  const toMember = (row: MemberRow): Member => ({
    ...toMembership(row),
    username: row.username ?? '',
    givenName: row.given_name,
    familyName: row.family_name,
    email: row.email,
    statusByName: row.status_by_name,
    lastSeenAt: row.last_seen_at,
    createdAt: row.created_at,
    changedAt: row.last_changed_at,
  })

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
      const rows = await members()
        .where('organization_id', '=', organizationId)
        .where('role', '=', 'admin')
        .where('status', '=', 'active')
        .orderBy('joined_at')
        .orderBy('user_id')
        .limit(100)
        .execute()
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
      const row = await members()
        .where('organization_id', '=', organizationId)
        .where((eb) => eb.or([eb('account.id', '=', reference), eb('account.username', '=', reference)]))
        .executeTakeFirst()
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
      const places = await placesOf(db, organizationId, request)
      const pagePlaces = places.slice(0, request.limit)
      const ids = pagePlaces.map(({ user_id: id }) => id)
      const rows = ids.length === 0 ? [] : await members().where('organization_id', '=', organizationId).where('user_id', 'in', ids).execute()
      const byId = new Map(rows.map((row) => [row.user_id, row]))
      const memberRows = places.flatMap((place) => byId.get(place.user_id) ?? [])
      const last = pagePlaces.at(-1)
      return { items: memberRows.map(toMember), nextCursor: places.length > request.limit && last ? encodeCursor([last.joined, last.user_id]) : null }
    },
  }
}
