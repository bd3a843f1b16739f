import type { SignUpId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { SignUp, SignUpStore } from '../../domain/accounts/store.ts'
import { isGenerationValid, newestGeneration } from '../key-generation.ts'
import type { SignUpTable, Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`
const codeExpired = sql<boolean>`code_expires_at <= muster_now()`.as('code_expired')
const inSeconds = (seconds: number) => sql<Date>`muster_now() + make_interval(secs => ${seconds}::int)`

function identityOf({ provider, issuer, subject, identity_label: label }: Selectable<SignUpTable>): SignUp['identity'] {
  return provider !== null && issuer !== null && subject !== null && label !== null ? { provider, issuer, subject, label } : null
}

const toSignUp = (row: Selectable<SignUpTable> & { code_expired: boolean }): SignUp => ({
  id: row.id as SignUpId,
  email: row.email,
  emailCanonical: row.email_canonical,
  passwordHash: row.password_hash,
  identity: identityOf(row),
  givenName: row.given_name,
  familyName: row.family_name,
  codeNumber: row.code_number,
  codeTries: row.code_tries,
  codeDigits: row.code_digits as SignUp['codeDigits'],
  keyGeneration: row.key_generation,
  codeExpiresAt: row.code_expires_at,
  codeExpired: row.code_expired,
})

/** @param passwords false: a sign-up that began with a password goes on without it (F23) */
export function signUpStore(db: Kysely<Tables>, { passwords }: { passwords: boolean }): SignUpStore {
  const read = (row: Parameters<typeof toSignUp>[0] | undefined): SignUp | null => (row ? toSignUp(passwords ? row : { ...row, password_hash: null }) : null)
  const alive = () => db.selectFrom('sign_up').selectAll().select(codeExpired).where('expires_at', '>', now)
  return {
    async insert({ codeSeconds, lifetimeSeconds, ...signUp }) {
      await db
        .insertInto('sign_up')
        .values({
          id: signUp.id,
          token_hash: signUp.tokenHash,
          email: signUp.email,
          email_canonical: signUp.emailCanonical,
          password_hash: signUp.passwordHash,
          provider: signUp.identity?.provider ?? null,
          issuer: signUp.identity?.issuer ?? null,
          subject: signUp.identity?.subject ?? null,
          identity_label: signUp.identity?.label ?? null,
          given_name: signUp.givenName,
          family_name: signUp.familyName,
          code_digits: signUp.codeDigits,
          key_generation: newestGeneration,
          code_expires_at: inSeconds(codeSeconds),
          expires_at: inSeconds(lifetimeSeconds),
        })
        .execute()
    },
    async find(id) {
      const row = await alive().where('id', '=', id).executeTakeFirst()
      return read(row)
    },
    async findByTokenHash(tokenHash) {
      const row = await alive().where('token_hash', '=', tokenHash).executeTakeFirst()
      return read(row)
    },
    async renewCode(tokenHash, codeSeconds, codeDigits) {
      const row = await db
        .updateTable('sign_up')
        .set({
          code_number: sql<number>`code_number + 1`,
          code_tries: 0,
          code_digits: codeDigits,
          key_generation: newestGeneration,
          code_expires_at: inSeconds(codeSeconds),
        })
        .where('token_hash', '=', tokenHash)
        .where('expires_at', '>', now)
        .returningAll()
        .returning(codeExpired)
        .executeTakeFirst()
      return read(row)
    },
    async countTry(tokenHash, most) {
      const row = await db
        .updateTable('sign_up')
        .set({ code_tries: sql<number>`code_tries + 1` })
        .where('token_hash', '=', tokenHash)
        .where('code_tries', '<', most)
        .where('code_expires_at', '>', now)
        .where(isGenerationValid)
        .where('expires_at', '>', now)
        .returningAll()
        .returning(codeExpired)
        .executeTakeFirst()
      return read(row)
    },
    async remove(id) {
      await db.deleteFrom('sign_up').where('id', '=', id).execute()
    },
    async removeEnded() {
      const { numDeletedRows } = await db.deleteFrom('sign_up').where('expires_at', '<=', now).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
