import type { PasswordResetId, UserId } from '@muster/contract/ids.ts'
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { PasswordResetStore } from '../../domain/accounts/store.ts'
import { isGenerationValid, newestGeneration } from '../key-generation.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`

export function passwordResetStore(db: Kysely<Tables>): PasswordResetStore {
  return {
    async insert({ id, emailCanonical, address, requestId, lifetimeSeconds }) {
      await db
        .insertInto('password_reset')
        .values({
          id,
          email_canonical: emailCanonical,
          address,
          request_id: requestId,
          key_generation: newestGeneration,
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
        })
        .execute()
    },
    async find(id) {
      const row = await db
        .selectFrom('password_reset')
        .selectAll()
        .select(sql<boolean>`ended_at is null and expires_at > muster_now()`.as('open'))
        .where('id', '=', id)
        .executeTakeFirst()
      return row
        ? {
            id: row.id as PasswordResetId,
            emailCanonical: row.email_canonical,
            userId: row.user_id as UserId | null,
            address: row.address,
            requestId: row.request_id,
            keyGeneration: row.key_generation,
            expiresAt: row.expires_at,
            open: row.open,
          }
        : null
    },
    async assign(id, userId) {
      const row = await db
        .updateTable('password_reset')
        .set({ user_id: userId })
        .where('id', '=', id)
        .where('user_id', 'is', null)
        .where('ended_at', 'is', null)
        .returning('address')
        .executeTakeFirst()
      if (!row) return false
      // Ends earlier links. Ids are in the order of the requests, unlike emails. The address keeps a stranger's request from ending the owner's link.
      await db
        .updateTable('password_reset')
        .set({ ended_at: now })
        .where('user_id', '=', userId)
        .where('address', '=', row.address)
        .where('id', '<', id)
        .where('ended_at', 'is', null)
        .execute()
      return true
    },
    async consume(id) {
      const row = await db
        .updateTable('password_reset')
        .set({ ended_at: now })
        .where('id', '=', id)
        .where('user_id', 'is not', null)
        .where(isGenerationValid)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', now)
        .returning('user_id')
        .executeTakeFirst()
      if (!row?.user_id) return null
      await db.updateTable('password_reset').set({ ended_at: now }).where('user_id', '=', row.user_id).where('ended_at', 'is', null).execute()
      return row.user_id as UserId
    },
    async endAllOf(userId) {
      await db.updateTable('password_reset').set({ ended_at: now }).where('user_id', '=', userId).where('ended_at', 'is', null).execute()
    },
    async removeEnded() {
      const { numDeletedRows } = await db.deleteFrom('password_reset').where('expires_at', '<=', now).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
