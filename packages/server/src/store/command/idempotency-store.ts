import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { IdempotencyStore } from '../../domain/command/store.ts'
import type { Tables } from '../tables.ts'

export function idempotencyStore(db: Kysely<Tables>): IdempotencyStore {
  return {
    async claim(principal, key, requestHash) {
      // The insert waits for a transaction that inserted the same key. It replaces a key that is older than a day.
      const claimed = await db
        .insertInto('idempotency_key')
        .values({ principal, key, request_hash: requestHash, answer: null })
        .onConflict((conflict) =>
          conflict
            .columns(['principal', 'key'])
            .doUpdateSet({ request_hash: requestHash, answer: null, created_at: sql<Date>`muster_now()` })
            .where('idempotency_key.created_at', '<=', sql<Date>`muster_now() - interval '24 hours'`),
        )
        .returning('key')
        .executeTakeFirst()
      if (claimed) return null
      const existing = await db
        .selectFrom('idempotency_key')
        .select(['request_hash', 'answer', 'key_generation'])
        .where('principal', '=', principal)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      return { requestHash: existing.request_hash, answer: existing.answer, keyGeneration: existing.key_generation }
    },
    async answer(principal, key, answer, keyGeneration) {
      await db.updateTable('idempotency_key').set({ answer, key_generation: keyGeneration }).where('principal', '=', principal).where('key', '=', key).execute()
    },
    async deleteExpired() {
      await db.deleteFrom('idempotency_key').where('created_at', '<', sql<Date>`muster_now() - interval '24 hours'`).execute()
    },
  }
}
