import type { UserId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { PendingSignInStore } from '../../domain/factors/store.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`
/** The password and the access of the account are those of the time when the password was entered. */
const isUnchanged = sql<boolean>`exists (select from account a where a.id = user_id and a.epoch = pending_sign_in.epoch and a.password_version = pending_sign_in.password_version)`

export function pendingSignInStore(db: Kysely<Tables>): PendingSignInStore {
  return {
    async insert({ tokenHash, userId, epoch, passwordVersion, methods, provider, lifetimeSeconds }) {
      await db
        .insertInto('pending_sign_in')
        .values({
          token_hash: tokenHash,
          user_id: userId,
          epoch,
          password_version: passwordVersion,
          methods: [...methods],
          provider,
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
        })
        .execute()
    },
    async find(tokenHash, most) {
      const row = await db
        .selectFrom('pending_sign_in')
        .select('user_id')
        .where('token_hash', '=', tokenHash)
        .where('tries', '<', most)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', now)
        .where(isUnchanged)
        .executeTakeFirst()
      return row ? { userId: row.user_id as UserId } : null
    },
    async countTry(tokenHash, most) {
      const row = await db
        .updateTable('pending_sign_in')
        .set({ tries: sql<number>`tries + 1` })
        .where('token_hash', '=', tokenHash)
        .where('tries', '<', most)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', now)
        .where(isUnchanged)
        .returning(['user_id', 'methods', 'provider', 'tries'])
        .executeTakeFirst()
      return row ? { userId: row.user_id as UserId, methods: row.methods, provider: row.provider, tries: row.tries } : null
    },
    async end(tokenHash) {
      await db.updateTable('pending_sign_in').set({ ended_at: now }).where('token_hash', '=', tokenHash).execute()
    },
    async endAllOf(userId) {
      await db.updateTable('pending_sign_in').set({ ended_at: now }).where('user_id', '=', userId).where('ended_at', 'is', null).execute()
    },
    async deleteEnded() {
      await db.deleteFrom('pending_sign_in').where('expires_at', '<', now).execute()
    },
  }
}
