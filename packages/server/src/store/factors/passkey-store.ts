import type { PasskeyId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Passkey, PasskeyStore } from '../../domain/factors/store.ts'
import type { PasskeyTable, Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`

const toPasskey = (row: Selectable<PasskeyTable>): Passkey => ({
  id: row.id as PasskeyId,
  userId: row.user_id as UserId,
  credentialId: row.credential_id,
  publicKey: row.public_key,
  counter: Number(row.counter),
  deviceBound: row.device_bound,
  verifiesUser: row.verifies_user,
  aaguid: row.aaguid,
  transports: row.transports,
  name: row.name,
  address: row.address,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  lastAddress: row.last_address,
})

export function passkeyStore(db: Kysely<Tables>): PasskeyStore {
  return {
    async insert({ id, userId, credentialId, publicKey, counter, deviceBound, verifiesUser, aaguid, transports, name, address }) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('passkey')
        .values({
          id,
          user_id: userId,
          credential_id: credentialId,
          public_key: publicKey,
          counter,
          device_bound: deviceBound,
          verifies_user: verifiesUser,
          aaguid,
          transports,
          name,
          address,
        })
        .onConflict((conflict) => conflict.column('credential_id').doNothing())
        .executeTakeFirstOrThrow()
      return numInsertedOrUpdatedRows === 1n
    },
    async findByCredential(credentialId) {
      const row = await db.selectFrom('passkey').selectAll().where('credential_id', '=', credentialId).executeTakeFirst()
      return row ? toPasskey(row) : null
    },
    async list(userId) {
      const rows = await db.selectFrom('passkey').selectAll().where('user_id', '=', userId).orderBy('created_at', 'desc').orderBy('id', 'desc').execute()
      return rows.map(toPasskey)
    },
    async rename(id, userId, name) {
      const { numUpdatedRows } = await db.updateTable('passkey').set({ name }).where('id', '=', id).where('user_id', '=', userId).executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async remove(id, userId) {
      const row = await db.deleteFrom('passkey').where('id', '=', id).where('user_id', '=', userId).returningAll().executeTakeFirst()
      return row ? toPasskey(row) : null
    },
    async removeAllOf(userId) {
      const { numDeletedRows } = await db.deleteFrom('passkey').where('user_id', '=', userId).executeTakeFirstOrThrow()
      return Number(numDeletedRows)
    },
    async use(id, { counter, address }) {
      const { numUpdatedRows } = await db
        .updateTable('passkey')
        .set({ counter, last_used_at: now, last_address: address })
        .where('id', '=', id)
        // A synchronized passkey has a counter on each of its devices, so only that of a device-bound one says something. 0 means that it does not count.
        .where(({ or, eb, and }) =>
          or([eb('device_bound', '=', false), sql<boolean>`counter < ${counter}`, and([sql<boolean>`counter = 0`, eb.val(counter === 0)])]),
        )
        .executeTakeFirstOrThrow()
      if (numUpdatedRows === 1n) return 'used'
      const row = await db.selectFrom('passkey').select('id').where('id', '=', id).executeTakeFirst()
      return row ? 'copied' : 'removed'
    },
    async noteCopied(id) {
      const { numUpdatedRows } = await db
        .updateTable('passkey')
        .set({ copied_at: now })
        .where('id', '=', id)
        .where(({ or, eb }) => or([eb('copied_at', 'is', null), eb('copied_at', '<', sql<Date>`muster_now() - interval '1 hour'`)]))
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async noteVerified(id) {
      await db.updateTable('passkey').set({ verifies_user: true }).where('id', '=', id).execute()
    },
    async handle(userId, candidate) {
      const row = await db
        .updateTable('account')
        .set({ passkey_handle: sql`coalesce(passkey_handle, ${candidate})` })
        .where('id', '=', userId)
        .returning('passkey_handle')
        .executeTakeFirstOrThrow()
      return row.passkey_handle ?? candidate
    },
    async findHandle(userId) {
      const row = await db.selectFrom('account').select('passkey_handle').where('id', '=', userId).executeTakeFirst()
      return row?.passkey_handle ?? null
    },
    async useChallenge(digest, lifetimeSeconds) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('used_challenge')
        .values({ digest, expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)` })
        .onConflict((conflict) => conflict.column('digest').doNothing())
        .executeTakeFirstOrThrow()
      return numInsertedOrUpdatedRows === 1n
    },
    async deleteExpiredChallenges() {
      await db.deleteFrom('used_challenge').where('expires_at', '<', now).execute()
    },
  }
}
