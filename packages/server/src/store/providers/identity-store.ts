import type { IdentityId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Identity, IdentityStore } from '../../domain/providers/store.ts'
import type { IdentityTable, Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`

const toIdentity = (row: Selectable<IdentityTable>): Identity => ({
  id: row.id as IdentityId,
  userId: row.user_id as UserId,
  provider: row.provider,
  issuer: row.issuer,
  subject: row.subject,
  label: row.label,
  address: row.address,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  lastAddress: row.last_address,
})

export function identityStore(db: Kysely<Tables>): IdentityStore {
  return {
    async insert({ userId, ...identity }) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('identity')
        .values({ ...identity, user_id: userId })
        .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doNothing())
        .executeTakeFirstOrThrow()
      return numInsertedOrUpdatedRows === 1n
    },
    async find({ issuer, subject }) {
      const row = await db.selectFrom('identity').selectAll().where('issuer', '=', issuer).where('subject', '=', subject).executeTakeFirst()
      return row ? toIdentity(row) : null
    },
    async list(userId) {
      const rows = await db.selectFrom('identity').selectAll().where('user_id', '=', userId).orderBy('created_at', 'desc').orderBy('id', 'desc').execute()
      return rows.map(toIdentity)
    },
    async use(id, userId, { address, label }) {
      const { numUpdatedRows } = await db
        .updateTable('identity')
        .set({ last_used_at: now, last_address: address, label })
        .where('id', '=', id)
        .where('user_id', '=', userId)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async remove(id, userId) {
      const row = await db.deleteFrom('identity').where('id', '=', id).where('user_id', '=', userId).returningAll().executeTakeFirst()
      return row ? toIdentity(row) : null
    },
    async removeAllOf(userId) {
      const { numDeletedRows } = await db.deleteFrom('identity').where('user_id', '=', userId).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
