import { isId, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import type { Kysely, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { Organization } from '../domain/organization.ts'
import type { OrganizationStore } from '../domain/store.ts'
import type { OrganizationTable, Tables } from './tables.ts'

export const toOrganization = (row: Selectable<OrganizationTable>): Organization => ({
  id: row.id as OrganizationId,
  name: row.name,
  founderId: row.founder_id as UserId,
  personal: row.personal,
  plan: row.plan,
  suspendedAt: row.suspended_at,
  createdAt: row.created_at,
})

export function organizationStore(db: Kysely<Tables>): OrganizationStore {
  return {
    async insert({ id, name, founderId }) {
      await db.insertInto('organization').values({ id, name, founder_id: founderId, suspended_at: null }).execute()
    },
    async find(reference) {
      if (isId('organization', reference)) {
        const row = await db.selectFrom('organization').selectAll().where('id', '=', reference).executeTakeFirst()
        return row ? { organization: toOrganization(row), former: false } : null
      }
      const row = await db
        .selectFrom('name')
        .innerJoin('organization', 'organization.id', 'name.organization_id')
        .selectAll('organization')
        .where('name.name', '=', reference)
        .executeTakeFirst()
      return row ? { organization: toOrganization(row), former: row.name !== reference } : null
    },
    async lock(ids) {
      // One row after another: `order by … for update` may lock before it has sorted what another transaction changed.
      const locked: Organization[] = []
      for (const id of [...new Set(ids)].sort()) {
        const row = await db.selectFrom('organization').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
        if (row) locked.push(toOrganization(row))
      }
      return locked
    },
    async personalOf(userId) {
      const row = await db.selectFrom('organization').selectAll().where('founder_id', '=', userId).where('personal', '=', true).executeTakeFirst()
      return row ? toOrganization(row) : null
    },
    async rename(id, from, to) {
      const row = await db.updateTable('organization').set({ name: to }).where('id', '=', id).where('name', '=', from).returning('id').executeTakeFirst()
      return row !== undefined
    },
    async share(id) {
      const row = await db
        .updateTable('organization')
        .set({ personal: false })
        .where('id', '=', id)
        .where('personal', '=', true)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    async renamesWithin(id, days) {
      // The record is the count: there is no second place that could disagree with it.
      const rows = await db
        .selectFrom('audit_event')
        .select('at')
        .where('organization_id', '=', id)
        .where('type', '=', 'organization.renamed')
        .where('at', '>', sql<Date>`muster_now() - make_interval(days => ${days}::int)`)
        .orderBy('at')
        .execute()
      return rows.map(({ at }) => at)
    },
  }
}
