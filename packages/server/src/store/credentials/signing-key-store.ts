import { type Kysely, sql } from 'kysely'
import type { SigningKeyStore } from '../../domain/credentials/store.ts'
import type { Tables } from '../tables.ts'

const later = (seconds: number) => sql<Date>`muster_now() + make_interval(secs => ${seconds}::int)`

export function signingKeyStore(db: Kysely<Tables>): SigningKeyStore {
  return {
    async lock() {
      await sql`lock table signing_key in share row exclusive mode`.execute(db)
    },
    async list() {
      const rows = await db.selectFrom('signing_key').selectAll().orderBy('signs_from').orderBy('kid').execute()
      return rows.map((row) => ({
        kid: row.kid,
        alg: row.alg,
        publicJwk: row.public_jwk,
        privateJwk: row.private_jwk,
        keyGeneration: row.key_generation,
        createdAt: row.created_at,
        signsFrom: row.signs_from,
        retiredAt: row.retired_at,
      }))
    },
    async insert({ kid, alg, publicJwk, privateJwk, keyGeneration, afterSeconds }) {
      await db
        .insertInto('signing_key')
        .values({ kid, alg, public_jwk: JSON.stringify(publicJwk), private_jwk: privateJwk, key_generation: keyGeneration, signs_from: later(afterSeconds) })
        .execute()
    },
    async retire(kid, afterSeconds) {
      await db
        .updateTable('signing_key')
        .set({ retired_at: later(afterSeconds) })
        .where('kid', '=', kid)
        .where('retired_at', 'is', null)
        .execute()
    },
    async remove(kid) {
      await db.deleteFrom('signing_key').where('kid', '=', kid).execute()
    },
    async promote(kid) {
      await db.updateTable('signing_key').set({ signs_from: sql<Date>`least(signs_from, muster_now())`, retired_at: null }).where('kid', '=', kid).execute()
    },
    async deleteRetired(seconds) {
      await db.deleteFrom('signing_key').where('retired_at', '<', sql<Date>`muster_now() - make_interval(secs => ${seconds}::int)`).execute()
    },
  }
}
