import type { UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Authenticator, AuthenticatorStore, HeldFactors } from '../../domain/factors/store.ts'
import { point } from '../database.ts'
import type { AuthenticatorTable, Tables } from '../tables.ts'

const now = sql<Date>`muster_now()`

const unlocked = { failures: 0, unlock_id: null, unlock_expires_at: null }
const isUnlockValid = sql<boolean>`unlock_expires_at > muster_now()`

const toAuthenticator = (row: Selectable<AuthenticatorTable> & { unlock_valid: boolean | null }): Authenticator => ({
  userId: row.user_id as UserId,
  secret: row.secret,
  keyGeneration: row.key_generation,
  lastStep: Number(row.last_step),
  failures: row.failures,
  unlockId: row.unlock_valid ? row.unlock_id : null,
  unlockExpiresAt: row.unlock_valid ? row.unlock_expires_at : null,
  address: row.address,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
})

export function authenticatorStore(db: Kysely<Tables>): AuthenticatorStore {
  const recoveryCodesLeft = async (userId: UserId): Promise<number> => {
    const { left } = await db
      .selectFrom('recovery_code')
      .select(sql<number>`count(*)::int`.as('left'))
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .executeTakeFirstOrThrow()
    return left
  }
  return {
    async insert({ userId, secret, keyGeneration, lastStep, address }) {
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('authenticator')
        .values({ user_id: userId, secret, key_generation: keyGeneration, last_step: lastStep, address })
        .onConflict((conflict) => conflict.column('user_id').doNothing())
        .executeTakeFirstOrThrow()
      return numInsertedOrUpdatedRows === 1n
    },
    async find(userId) {
      const row = await db.selectFrom('authenticator').selectAll().select(isUnlockValid.as('unlock_valid')).where('user_id', '=', userId).executeTakeFirst()
      return row ? toAuthenticator(row) : null
    },
    async held(userId) {
      const { rows } = await sql<HeldFactors>`${point} select exists (select from authenticator where user_id = ${userId}) as app,
        exists (select from passkey where user_id = ${userId}) as passkey,
        coalesce((select always_second_factor from account where id = ${userId}), false) as always`.execute(db)
      return rows[0] ?? { app: false, passkey: false, always: false }
    },
    async setAlways(userId, always) {
      await db.updateTable('account').set({ always_second_factor: always }).where('id', '=', userId).execute()
    },
    async has(userId) {
      return (await db.selectFrom('authenticator').select('user_id').where('user_id', '=', userId).executeTakeFirst()) !== undefined
    },
    async remove(userId) {
      const { numDeletedRows } = await db.deleteFrom('authenticator').where('user_id', '=', userId).executeTakeFirstOrThrow()
      return numDeletedRows === 1n
    },
    async accept(userId, step) {
      const { numUpdatedRows } = await db
        .updateTable('authenticator')
        .set({ last_step: step, failures: 0, last_used_at: now })
        .where('user_id', '=', userId)
        .where(sql<boolean>`last_step < ${step}`)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async noteFailure(userId) {
      const row = await db
        .updateTable('authenticator')
        .set({ failures: sql<number>`failures + 1` })
        .where('user_id', '=', userId)
        .returning('failures')
        .executeTakeFirst()
      return row?.failures ?? 0
    },
    async forgetFailures(userId) {
      await db.updateTable('authenticator').set(unlocked).where('user_id', '=', userId).execute()
    },
    async openUnlock(userId, unlockId, lifetimeSeconds) {
      await db
        .updateTable('authenticator')
        .set({
          unlock_id: sql<string>`case when ${isUnlockValid} then unlock_id else ${unlockId} end`,
          unlock_expires_at: sql<Date>`case when ${isUnlockValid} then unlock_expires_at else muster_now() + make_interval(secs => ${lifetimeSeconds}::int) end`,
        })
        .where('user_id', '=', userId)
        .execute()
    },
    async unlock(userId, unlockId) {
      const { numUpdatedRows } = await db
        .updateTable('authenticator')
        .set(unlocked)
        .where('user_id', '=', userId)
        .where('unlock_id', '=', unlockId)
        .where(isUnlockValid)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async endUnlock(userId) {
      await db
        .updateTable('authenticator')
        .set({ unlock_id: null, unlock_expires_at: null })
        .where('user_id', '=', userId)
        .where('unlock_id', 'is not', null)
        .execute()
    },
    async setRecoveryCodes(userId, hashes) {
      await db.deleteFrom('recovery_code').where('user_id', '=', userId).execute()
      if (hashes.length > 0)
        await db
          .insertInto('recovery_code')
          .values(hashes.map((hash) => ({ user_id: userId, code_hash: hash })))
          .execute()
    },
    async useRecoveryCode(userId, hash) {
      const { numUpdatedRows } = await db
        .updateTable('recovery_code')
        .set({ used_at: now })
        .where('user_id', '=', userId)
        .where('code_hash', '=', hash)
        .where('used_at', 'is', null)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n ? recoveryCodesLeft(userId) : null
    },
    recoveryCodesLeft,
  }
}
