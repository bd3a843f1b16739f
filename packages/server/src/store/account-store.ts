import type { UserId } from '@muster/contract/ids.ts'
import type { Kysely, Selectable } from 'kysely'
import { sql } from 'kysely'
import type { AccountStore } from '../domain/stores/account-store.ts'
import type { Account } from '../domain/user.ts'
import type { AccountTable, Tables } from './tables.ts'

export const toAccount = (row: Selectable<AccountTable>): Account => ({
  id: row.id as UserId,
  email: row.email,
  emailCanonical: row.email_canonical,
  passwordHash: row.password_hash,
  givenName: row.given_name,
  familyName: row.family_name,
  company: row.company,
  username: row.username,
  epoch: row.epoch,
  createdAt: row.created_at,
  registeredAt: row.registered_at,
})

export function accountStore(db: Kysely<Tables>): AccountStore {
  const one = async (column: 'id' | 'email_canonical' | 'username', value: string): Promise<Account | null> => {
    const row = await db.selectFrom('account').selectAll().where(column, '=', value).executeTakeFirst()
    return row ? toAccount(row) : null
  }
  return {
    async insert(account) {
      const row = await db
        .insertInto('account')
        .values({
          id: account.id,
          email: account.email,
          email_canonical: account.emailCanonical,
          password_hash: account.passwordHash,
          given_name: account.givenName,
          family_name: account.familyName,
        })
        .onConflict((conflict) => conflict.column('email_canonical').doNothing())
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    find: (id) => one('id', id),
    findByEmail: (emailCanonical) => one('email_canonical', emailCanonical),
    findByUsername: (username) => one('username', username),
    async lock(id) {
      const row = await db.selectFrom('account').selectAll().where('id', '=', id).forNoKeyUpdate().executeTakeFirst()
      return row ? toAccount(row) : null
    },
    async register(id, username) {
      await db.updateTable('account').set({ username, registered_at: sql<Date>`muster_now()` }).where('id', '=', id).where('username', 'is', null).execute()
    },
    async setNames(id, { givenName, familyName, company }) {
      await db
        .updateTable('account')
        .set({
          ...(givenName !== undefined && { given_name: givenName }),
          ...(familyName !== undefined && { family_name: familyName }),
          ...(company !== undefined && { company }),
        })
        .where('id', '=', id)
        .execute()
    },
    async setEmail(id, { email, emailCanonical }) {
      try {
        await db.updateTable('account').set({ email, email_canonical: emailCanonical }).where('id', '=', id).execute()
        return true
      } catch (error) {
        if ((error as { constraint?: string }).constraint === 'account__one_per_email') return false
        throw error
      }
    },
    async setPasswordHash(id, passwordHash) {
      await db.updateTable('account').set({ password_hash: passwordHash }).where('id', '=', id).execute()
    },
  }
}
