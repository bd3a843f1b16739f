import type { EmailChangeId, SessionId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { EmailChange, EmailChangeStore } from '../../domain/accounts/store.ts'
import { isGenerationValid, newestGeneration } from '../key-generation.ts'
import type { EmailChangeTable, Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`
const expired = sql<boolean>`expires_at <= muster_now()`.as('expired')

const toEmailChange = (row: Selectable<EmailChangeTable> & { expired: boolean }): EmailChange => ({
  id: row.id as EmailChangeId,
  userId: row.user_id as UserId,
  sessionId: row.session_id as SessionId,
  email: row.email,
  emailCanonical: row.email_canonical,
  oldEmail: row.old_email,
  codeTries: row.code_tries,
  codeDigits: row.code_digits as EmailChange['codeDigits'],
  keyGeneration: row.key_generation,
  expiresAt: row.expires_at,
  expired: row.expired,
  ended: row.ended_at !== null,
})

export function emailChangeStore(db: Kysely<Tables>): EmailChangeStore {
  const end = async (userId: UserId): Promise<void> => {
    await db.updateTable('email_change').set({ ended_at: now }).where('user_id', '=', userId).where('ended_at', 'is', null).execute()
  }
  return {
    async insert({ id, userId, sessionId, email, emailCanonical, oldEmail, codeDigits, lifetimeSeconds }) {
      await end(userId)
      const row = await db
        .insertInto('email_change')
        .values({
          id,
          user_id: userId,
          session_id: sessionId,
          email,
          email_canonical: emailCanonical,
          old_email: oldEmail,
          code_digits: codeDigits,
          key_generation: newestGeneration,
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
        })
        .returningAll()
        .returning(expired)
        .executeTakeFirstOrThrow()
      return toEmailChange(row)
    },
    async find(id) {
      const row = await db.selectFrom('email_change').selectAll().select(expired).where('id', '=', id).executeTakeFirst()
      return row ? toEmailChange(row) : null
    },
    async open(userId) {
      const row = await db.selectFrom('email_change').selectAll().select(expired).where('user_id', '=', userId).where('ended_at', 'is', null).executeTakeFirst()
      return row ? toEmailChange(row) : null
    },
    async countTry(id, most) {
      const row = await db
        .updateTable('email_change')
        .set({ code_tries: sql<number>`code_tries + 1` })
        .where('id', '=', id)
        .where('code_tries', '<', most)
        .where(isGenerationValid)
        .where('expires_at', '>', now)
        .where('ended_at', 'is', null)
        .returningAll()
        .returning(expired)
        .executeTakeFirst()
      return row ? toEmailChange(row) : null
    },
    end,
    async deleteEnded(days) {
      await db.deleteFrom('email_change').where('expires_at', '<', sql<Date>`muster_now() - make_interval(days => ${days}::int)`).execute()
    },
  }
}
