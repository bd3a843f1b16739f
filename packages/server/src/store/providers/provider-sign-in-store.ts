import type { SessionId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { ProvenPerson, ProvenPersonStore, ProviderSignInStore } from '../../domain/providers/store.ts'
import type { ProvenPersonTable, Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`
const inSeconds = (seconds: number) => sql<Date>`muster_now() + make_interval(secs => ${seconds}::int)`

export function providerSignInStore(db: Kysely<Tables>): ProviderSignInStore {
  return {
    async insert({ tokenHash, provider, returnPath, link, lifetimeSeconds }) {
      await db
        .insertInto('provider_sign_in')
        .values({
          token_hash: tokenHash,
          provider,
          return_path: returnPath,
          user_id: link?.userId ?? null,
          session_id: link?.sessionId ?? null,
          expires_at: inSeconds(lifetimeSeconds),
        })
        .execute()
    },
    async take(tokenHash, provider) {
      const row = await db
        .deleteFrom('provider_sign_in')
        .where('token_hash', '=', tokenHash)
        .where('provider', '=', provider)
        .where('expires_at', '>', now)
        .returningAll()
        .executeTakeFirst()
      if (!row) return null
      const link = row.user_id !== null && row.session_id !== null ? { userId: row.user_id as UserId, sessionId: row.session_id as SessionId } : null
      return { provider: row.provider, returnPath: row.return_path, link }
    },
    async deleteExpired() {
      await db.deleteFrom('provider_sign_in').where('expires_at', '<=', now).execute()
    },
  }
}

const toPerson = (row: Selectable<ProvenPersonTable>): ProvenPerson => ({
  provider: row.provider,
  issuer: row.issuer,
  subject: row.subject,
  label: row.label,
  email: row.email === null ? null : { address: row.email, trusted: row.email_trusted },
  givenName: row.given_name,
  familyName: row.family_name,
  returnPath: row.return_path,
  sessionId: row.session_id as SessionId | null,
})

export function provenPersonStore(db: Kysely<Tables>): ProvenPersonStore {
  return {
    async insert({ tokenHash, lifetimeSeconds, ...person }) {
      await db
        .insertInto('proven_person')
        .values({
          token_hash: tokenHash,
          provider: person.provider,
          issuer: person.issuer,
          subject: person.subject,
          label: person.label,
          email: person.email?.address ?? null,
          email_trusted: person.email?.trusted ?? false,
          given_name: person.givenName,
          family_name: person.familyName,
          return_path: person.returnPath,
          session_id: person.sessionId,
          expires_at: inSeconds(lifetimeSeconds),
        })
        .execute()
    },
    async find(tokenHash) {
      const row = await db.selectFrom('proven_person').selectAll().where('token_hash', '=', tokenHash).where('expires_at', '>', now).executeTakeFirst()
      return row ? toPerson(row) : null
    },
    async take(tokenHash) {
      const row = await db.deleteFrom('proven_person').where('token_hash', '=', tokenHash).where('expires_at', '>', now).returningAll().executeTakeFirst()
      return row ? toPerson(row) : null
    },
    async deleteExpired() {
      await db.deleteFrom('proven_person').where('expires_at', '<=', now).execute()
    },
  }
}
