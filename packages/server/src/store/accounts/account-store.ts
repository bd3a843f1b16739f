import type { UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { AccountStore } from '../../domain/accounts/store.ts'
import { together } from '../../domain/command/together.ts'
import type { Account } from '../../domain/model/account.ts'
import { executePoint, point } from '../database.ts'
import type { AccountTable, Tables } from '../tables.ts'

const columns = [
  'id',
  'email',
  'email_canonical',
  'password_hash',
  'given_name',
  'family_name',
  'company',
  'username',
  'epoch',
  'password_version',
  'created_at',
  'registered_at',
  'suspended_at',
] as const

const toAccount = (row: Pick<Selectable<AccountTable>, (typeof columns)[number]>): Account => ({
  id: row.id as UserId,
  email: row.email,
  emailCanonical: row.email_canonical,
  passwordHash: row.password_hash,
  givenName: row.given_name,
  familyName: row.family_name,
  company: row.company,
  username: row.username,
  epoch: row.epoch,
  passwordVersion: row.password_version,
  createdAt: row.created_at,
  registeredAt: row.registered_at,
  suspendedAt: row.suspended_at,
})

const NETWORKS_PER_ACCOUNT = 50

/** A request by the server itself has no network. */
const isNetwork = (network: string): boolean => network.includes('/')

/** @param passwords false: the accounts are read as if they had no password (F23) */
export function accountStore(db: Kysely<Tables>, { passwords }: { passwords: boolean }): AccountStore {
  const read = (row: Parameters<typeof toAccount>[0] | undefined): Account | null => (row ? toAccount(passwords ? row : { ...row, password_hash: null }) : null)
  const one = async (column: 'id' | 'email_canonical' | 'username', value: string): Promise<Account | null> => {
    const [row] = await executePoint(db, db.selectFrom('account').select(columns).where(column, '=', value))
    return read(row)
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
      const [row] = await executePoint(db, db.selectFrom('account').select(columns).where('id', '=', id).forNoKeyUpdate())
      return read(row)
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
    async rehash(id, passwordHash) {
      await db.updateTable('account').set({ password_hash: passwordHash }).where('id', '=', id).execute()
    },
    async setPassword(id, passwordHash) {
      const { password_version } = await db
        .updateTable('account')
        .set({ password_hash: passwordHash, password_version: sql<number>`password_version + 1` })
        .where('id', '=', id)
        .returning('password_version')
        .executeTakeFirstOrThrow()
      return password_version
    },
    async suspend(id, reason) {
      const { rows } = await sql<{ epoch: number; suspended_at: Date }>`
        update account set suspended_at = muster_now(), suspended_reason = ${reason}, epoch = epoch + 1
        where id = ${id} and suspended_at is null returning epoch, suspended_at`.execute(db)
      return rows[0] ? { epoch: rows[0].epoch, at: rows[0].suspended_at } : null
    },
    async resume(id) {
      const { numUpdatedRows } = await db
        .updateTable('account')
        .set({ suspended_at: null, suspended_reason: null })
        .where('id', '=', id)
        .where('suspended_at', 'is not', null)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async suspensionReason(id) {
      const row = await db.selectFrom('account').select('suspended_reason').where('id', '=', id).executeTakeFirst()
      return row?.suspended_reason ?? null
    },
    async noteNetwork(id, network) {
      if (!isNetwork(network)) return
      const noting = sql`${point}
        insert into account_network (user_id, network) values (${id}, ${network}::cidr)
        on conflict (user_id, network) do update set last_used_at = muster_now()`
      const forgetting = sql`${point}
        delete from account_network where user_id = ${id} and network in (
          select network from account_network where user_id = ${id} order by last_used_at desc offset ${sql.lit(NETWORKS_PER_ACCOUNT)})`
      await together(noting.execute(db), forgetting.execute(db))
    },
    async hasUsedNetwork(id, network) {
      if (!isNetwork(network)) return false
      const { rows } = await sql<{ used: boolean }>`${point}
        select exists (select from account_network where user_id = ${id} and network = ${network}::cidr) as used`.execute(db)
      return rows[0]?.used ?? false
    },
    async forgetNetworks(id) {
      await sql`delete from account_network where user_id = ${id}`.execute(db)
    },
    async deleteUnusedNetworks(days) {
      await sql`delete from account_network where last_used_at < muster_now() - make_interval(days => ${days}::int)`.execute(db)
    },
  }
}
