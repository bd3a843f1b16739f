import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Application, Consent, ConsentStore } from '../../domain/credentials/store.ts'
import { executePoint } from '../database.ts'
import { idsOfCursor, pageOf } from '../page.ts'
import type { ConsentTable, Tables } from '../tables.ts'

const toConsent = (row: Selectable<ConsentTable>): Consent => ({
  userId: row.user_id as UserId,
  clientId: row.client_id,
  organizationId: row.organization_id as OrganizationId,
  granted: row.granted,
  declined: row.declined,
  grantedAt: row.granted_at,
})

type ApplicationRow = Selectable<ConsentTable> & { name: string; username: string | null; last_used_at: Date | null }

const toApplication = (row: ApplicationRow): Application => ({
  clientId: row.client_id,
  name: row.name,
  userId: row.user_id as UserId,
  username: row.username,
  organizationId: row.organization_id as OrganizationId,
  granted: row.granted,
  grantedAt: row.granted_at,
  lastUsedAt: row.last_used_at,
})

/** Of clients that are still registered. */
const applications = (db: Kysely<Tables>) =>
  db
    .selectFrom('consent')
    .innerJoin('client', 'client.id', 'consent.client_id')
    .innerJoin('account', 'account.id', 'consent.user_id')
    .selectAll('consent')
    .select([
      'client.name',
      'account.username',
      sql<Date | null>`(select max(s.last_used_at) from session s where s.user_id = consent.user_id and s.client_id = consent.client_id)`.as('last_used_at'),
    ])
    .where('client.removed_at', 'is', null)

export function consentStore(db: Kysely<Tables>): ConsentStore {
  return {
    async find(userId, clientId) {
      const row = await db.selectFrom('consent').selectAll().where('user_id', '=', userId).where('client_id', '=', clientId).executeTakeFirst()
      return row ? toConsent(row) : null
    },
    async put({ userId, clientId, organizationId, granted, declined }) {
      const values = { organization_id: organizationId, granted: [...granted], declined: [...declined] }
      await db
        .insertInto('consent')
        .values({ user_id: userId, client_id: clientId, ...values })
        .onConflict((conflict) =>
          conflict.columns(['user_id', 'client_id']).doUpdateSet({
            ...values,
            granted_at: sql<Date>`case when consent.organization_id = excluded.organization_id then consent.granted_at else muster_now() end`,
          }),
        )
        .execute()
    },
    async remove(userId, clientId) {
      const { numDeletedRows } = await db.deleteFrom('consent').where('user_id', '=', userId).where('client_id', '=', clientId).executeTakeFirstOrThrow()
      return numDeletedRows === 1n
    },
    async removeAllOf(userId) {
      await executePoint(db, db.deleteFrom('consent').where('user_id', '=', userId))
    },
    async list(userId, organizationId) {
      const rows = await applications(db)
        .where('consent.user_id', '=', userId)
        .where('consent.organization_id', '=', organizationId)
        .orderBy('consent.granted_at', 'desc')
        .limit(200)
        .execute()
      return rows.map(toApplication)
    },
    async page(organizationId, { limit, cursor }) {
      const after = idsOfCursor(cursor, 'client', 'user')
      const rows = await applications(db)
        .innerJoin('membership', (join) =>
          join.onRef('membership.user_id', '=', 'consent.user_id').onRef('membership.organization_id', '=', 'consent.organization_id'),
        )
        .where('consent.organization_id', '=', organizationId)
        .where('membership.status', '<>', 'left')
        .$if(after !== null, (query) => query.where(sql<boolean>`(consent.client_id, consent.user_id) > (${after?.[0]}, ${after?.[1]})`))
        .orderBy('consent.client_id')
        .orderBy('consent.user_id')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, ({ client_id: client, user_id: user }) => [client, user], toApplication)
    },
  }
}
