import type { SessionId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { ConfirmationCode, ConfirmationCodeStore } from '../../domain/accounts/store.ts'
import { isGenerationValid, newestGeneration } from '../key-generation.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`
const inSeconds = (seconds: number) => sql<Date>`muster_now() + make_interval(secs => ${seconds}::int)`

const fields = [
  'session_id',
  'code_number',
  'code_tries',
  'key_generation',
  'expires_at',
  sql<boolean>`expires_at <= muster_now()`.as('expired'),
  sql<string>`(select s.user_id from session s where s.id = session_id)`.as('user_id'),
] as const

interface Row {
  session_id: string
  user_id: string
  code_number: number
  code_tries: number
  key_generation: number
  expires_at: Date
  expired: boolean
}

const toCode = (row: Row): ConfirmationCode => ({
  sessionId: row.session_id as SessionId,
  userId: row.user_id as UserId,
  codeNumber: row.code_number,
  codeTries: row.code_tries,
  keyGeneration: row.key_generation,
  expiresAt: row.expires_at,
  expired: row.expired,
})

export function confirmationCodeStore(db: Kysely<Tables>): ConfirmationCodeStore {
  return {
    async renew(sessionId, lifetimeSeconds) {
      const row = await db
        .insertInto('confirmation_code')
        .values({ session_id: sessionId, code_number: 1, key_generation: newestGeneration, expires_at: inSeconds(lifetimeSeconds) })
        .onConflict((conflict) =>
          conflict.column('session_id').doUpdateSet({
            code_number: sql<number>`confirmation_code.code_number + 1`,
            code_tries: 0,
            key_generation: newestGeneration,
            expires_at: inSeconds(lifetimeSeconds),
          }),
        )
        .returning(fields)
        .executeTakeFirstOrThrow()
      return toCode(row)
    },
    async find(sessionId) {
      const row = await db.selectFrom('confirmation_code').select(fields).where('session_id', '=', sessionId).executeTakeFirst()
      return row ? toCode(row) : null
    },
    async countTry(sessionId, most) {
      const row = await db
        .updateTable('confirmation_code')
        .set({ code_tries: sql<number>`code_tries + 1` })
        .where('session_id', '=', sessionId)
        .where('code_tries', '<', most)
        .where('expires_at', '>', now)
        .where(isGenerationValid)
        .returning(fields)
        .executeTakeFirst()
      return row ? toCode(row) : null
    },
    async end(sessionId) {
      await db.updateTable('confirmation_code').set({ expires_at: now }).where('session_id', '=', sessionId).execute()
    },
    async deleteEnded() {
      await db
        .deleteFrom('confirmation_code')
        .where(sql<boolean>`exists (select from session s where s.id = session_id and (s.ended_at is not null or s.expires_at <= muster_now()))`)
        .execute()
    },
  }
}
