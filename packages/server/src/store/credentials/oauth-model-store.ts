import { type Kysely, sql } from 'kysely'
import type { OAuthModelStore } from '../../domain/credentials/store.ts'
import type { Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`
const expired = sql<boolean>`coalesce(expires_at <= muster_now(), false)`.as('expired')

export function oauthModelStore(db: Kysely<Tables>): OAuthModelStore {
  return {
    async put(kind, idHash, { payload, uid, grantId, lifetimeSeconds }) {
      const values = {
        payload: JSON.stringify(payload),
        uid,
        grant_id: grantId,
        expires_at: lifetimeSeconds === null ? null : sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
      }
      await db
        .insertInto('oidc_model')
        .values({ kind, id_hash: idHash, ...values })
        .onConflict((conflict) => conflict.columns(['kind', 'id_hash']).doUpdateSet(values))
        .execute()
    },
    async find(kind, idHash) {
      const row = await db
        .selectFrom('oidc_model')
        .select(['payload', 'consumed_at as consumedAt', expired])
        .where('kind', '=', kind)
        .where('id_hash', '=', idHash)
        .executeTakeFirst()
      return row ?? null
    },
    async findByUid(kind, uid) {
      const row = await db
        .selectFrom('oidc_model')
        .select(['payload', 'consumed_at as consumedAt', expired])
        .where('kind', '=', kind)
        .where('uid', '=', uid)
        .executeTakeFirst()
      return row ?? null
    },
    async findByGrant(kind, grantId) {
      const row = await db
        .selectFrom('oidc_model')
        .select(['payload', 'consumed_at as consumedAt', expired])
        .where('kind', '=', kind)
        .where('grant_id', '=', grantId)
        .executeTakeFirst()
      return row ?? null
    },
    async consume(kind, idHash) {
      const { numUpdatedRows } = await db
        .updateTable('oidc_model')
        .set({ consumed_at: now })
        .where('kind', '=', kind)
        .where('id_hash', '=', idHash)
        .where('consumed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async delete(kind, idHash) {
      await db.deleteFrom('oidc_model').where('kind', '=', kind).where('id_hash', '=', idHash).execute()
    },
    async deleteByGrant(kind, grantId) {
      await db.deleteFrom('oidc_model').where('kind', '=', kind).where('grant_id', '=', grantId).execute()
    },
    async deleteExpired() {
      await db.deleteFrom('oidc_model').where('expires_at', '<', now).execute()
    },
  }
}
