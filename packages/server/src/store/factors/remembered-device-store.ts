import type { RememberedDeviceId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { RememberedDeviceStore } from '../../domain/factors/store.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`
/** The access of the account has not changed since: a deactivation, a suspension and a move end it. */
const isValid = sql<boolean>`expires_at > muster_now() and epoch = (select a.epoch from account a where a.id = user_id)`

export function rememberedDeviceStore(db: Kysely<Tables>): RememberedDeviceStore {
  return {
    async insert({ id, tokenHash, userId, epoch, address, userAgent, lifetimeSeconds }, { keep }) {
      await db
        .insertInto('remembered_device')
        .values({
          id,
          token_hash: tokenHash,
          user_id: userId,
          epoch,
          address,
          user_agent: userAgent?.slice(0, 300) ?? null,
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
        })
        .execute()
      await sql`delete from remembered_device where user_id = ${userId} and id not in
        (select id from remembered_device where user_id = ${userId} order by last_used_at desc, id desc limit ${keep})`.execute(db)
    },
    async use(tokenHashes, userId, { address, userAgent }) {
      const row = await db
        .updateTable('remembered_device')
        .set({ last_used_at: now, address, user_agent: userAgent?.slice(0, 300) ?? null })
        .where('token_hash', 'in', [...tokenHashes])
        .where('user_id', '=', userId)
        .where(isValid)
        .returning('id')
        .executeTakeFirst()
      return (row?.id as RememberedDeviceId | undefined) ?? null
    },
    async list(userId) {
      const rows = await db.selectFrom('remembered_device').selectAll().where('user_id', '=', userId).where(isValid).orderBy('last_used_at', 'desc').execute()
      return rows.map((row) => ({
        id: row.id as RememberedDeviceId,
        userId: row.user_id as UserId,
        address: row.address,
        userAgent: row.user_agent,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
      }))
    },
    async end(id, userId) {
      const { numDeletedRows } = await db.deleteFrom('remembered_device').where('id', '=', id).where('user_id', '=', userId).executeTakeFirstOrThrow()
      return numDeletedRows === 1n
    },
    async endAllOf(userId) {
      const rows = await db.deleteFrom('remembered_device').where('user_id', '=', userId).returning('id').execute()
      return rows.map(({ id }) => id as RememberedDeviceId)
    },
    async deleteEnded() {
      await db.deleteFrom('remembered_device').where('expires_at', '<', now).execute()
    },
  }
}
