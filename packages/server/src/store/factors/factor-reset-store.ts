import type { FactorResetId, OrganizationId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { FactorReset, FactorResetStore } from '../../domain/factors/store.ts'
import { point } from '../database.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`

/** Not completed and not stopped, and neither the member nor the admin who asked for it has left or lost their role since. */
const isOpen = sql<boolean>`(factor_reset.completed_at is null and factor_reset.ended_at is null
  and exists (select from membership m where m.user_id = factor_reset.user_id and m.organization_id = factor_reset.organization_id and m.status <> 'left'
    and m.joined_at <= factor_reset.requested_at)
  and exists (select from membership m join account a on a.id = m.user_id where m.user_id = factor_reset.requested_by
    and m.organization_id = factor_reset.organization_id and m.status = 'active' and m.role = 'admin' and a.suspended_at is null))`

interface Row {
  id: string
  user_id: string
  username: string | null
  organization_id: string
  organization_name: string
  requested_by: string
  requested_by_name: string | null
  requested_at: Date
  in_force_at: Date
  open: boolean
}

const toReset = (row: Row): FactorReset => ({
  id: row.id as FactorResetId,
  userId: row.user_id as UserId,
  username: row.username ?? row.user_id,
  organizationId: row.organization_id as OrganizationId,
  organization: row.organization_name,
  requestedBy: row.requested_by as UserId,
  requestedByName: row.requested_by_name ?? row.requested_by,
  requestedAt: row.requested_at,
  inForceAt: row.in_force_at,
  open: row.open,
})

const columns = sql`factor_reset.id, factor_reset.user_id, u.username, factor_reset.organization_id, o.name as organization_name, factor_reset.requested_by,
  r.username as requested_by_name, factor_reset.requested_at, factor_reset.in_force_at, ${isOpen} as open`
const joined = sql`join account u on u.id = factor_reset.user_id join account r on r.id = factor_reset.requested_by
  join organization o on o.id = factor_reset.organization_id`

export function factorResetStore(db: Kysely<Tables>): FactorResetStore {
  const one = async (where: ReturnType<typeof sql>): Promise<FactorReset | null> => {
    const { rows } = await sql<Row>`select ${columns} from factor_reset ${joined} where ${where}`.execute(db)
    return rows[0] ? toReset(rows[0]) : null
  }
  /** Changes the row if the condition holds, in one statement. */
  const change = async (set: ReturnType<typeof sql>, where: ReturnType<typeof sql>): Promise<FactorReset | null> => {
    const { rows } = await sql<{ id: string }>`update factor_reset set ${set} where ${isOpen} and ${where} returning id`.execute(db)
    return rows[0] ? one(sql`factor_reset.id = ${rows[0].id}`) : null
  }
  return {
    async insert({ id, userId, organizationId, requestedBy, delaySeconds }) {
      // One that can no longer take force gives way to a new one.
      await sql`update factor_reset set ended_at = muster_now() where user_id = ${userId} and completed_at is null and ended_at is null and not ${isOpen}`.execute(
        db,
      )
      const { numAffectedRows } = await sql`
        insert into factor_reset (id, user_id, organization_id, requested_by, in_force_at)
        values (${id}, ${userId}, ${organizationId}, ${requestedBy}, muster_now() + make_interval(secs => ${delaySeconds}::int))
        on conflict (user_id) where completed_at is null and ended_at is null do nothing`.execute(db)
      return numAffectedRows === 1n ? one(sql`factor_reset.id = ${id}`) : null
    },
    find: (id) => one(sql`factor_reset.id = ${id}`),
    findOpen: (userId) => one(sql`factor_reset.user_id = ${userId} and ${isOpen}`),
    async listOpen(organizationId) {
      const { rows } = await sql<Row>`
        select ${columns} from factor_reset ${joined} where factor_reset.organization_id = ${organizationId} and ${isOpen}
        order by factor_reset.in_force_at, factor_reset.id limit 200`.execute(db)
      return rows.map(toReset)
    },
    confirm: (userId, organizationId, by) =>
      change(
        sql`in_force_at = muster_now(), confirmed_by = ${by}`,
        sql`user_id = ${userId} and organization_id = ${organizationId} and requested_by <> ${by} and user_id <> ${by}`,
      ),
    complete: (userId) => change(sql`completed_at = muster_now()`, sql`user_id = ${userId} and in_force_at <= muster_now()`),
    stop: (id) => change(sql`ended_at = muster_now()`, sql`id = ${id}`),
    async due(most) {
      const { rows } = await sql<{ user_id: string }>`
        select user_id from factor_reset where ${isOpen} and in_force_at <= (select muster_now()) order by in_force_at limit ${most}`.execute(db)
      return rows.map(({ user_id: id }) => id as UserId)
    },
    async endVoid() {
      await sql`update factor_reset set ended_at = muster_now() where completed_at is null and ended_at is null and not ${isOpen}`.execute(db)
    },
    async standing(userId) {
      const { rows } = await sql<{ due: boolean; code: boolean }>`${point}
        select coalesce(bool_or(${isOpen} and in_force_at <= muster_now()), false) as due,
          coalesce(bool_or(completed_at is not null and code_used_at is null), false) as code
        from factor_reset where user_id = ${userId}`.execute(db)
      return { isDue: rows[0]?.due ?? false, needsCode: rows[0]?.code ?? false }
    },
    async settle(userId) {
      await sql`update factor_reset set ended_at = case when completed_at is null then coalesce(ended_at, muster_now()) else ended_at end,
          code_used_at = case when completed_at is null then code_used_at else coalesce(code_used_at, muster_now()) end
        where user_id = ${userId}`.execute(db)
    },
    async useCode(userId) {
      await db
        .updateTable('factor_reset')
        .set({ code_used_at: now })
        .where('user_id', '=', userId)
        .where('completed_at', 'is not', null)
        .where('code_used_at', 'is', null)
        .execute()
    },
  }
}
