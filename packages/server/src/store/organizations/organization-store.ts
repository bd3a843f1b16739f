import { isId, type OrganizationId, type UserId } from '@muster/contract/ids.ts'
import type { KeyPolicy } from '@muster/contract/permissions.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import { together } from '../../domain/command/together.ts'
import type { Contact, Organization, PolicyFloor, Purpose } from '../../domain/model/organization.ts'
import type { OrganizationStore } from '../../domain/organizations/store.ts'
import { point } from '../database.ts'
import type { OrganizationTable, Tables } from '../tables.ts'
import { organizationPage } from './organization-list.ts'

type Row = Pick<
  Selectable<OrganizationTable>,
  | 'id'
  | 'name'
  | 'founder_id'
  | 'personal'
  | 'plan'
  | 'suspended_at'
  | 'created_at'
  | 'factor_policy'
  | 'factor_policy_from'
  | 'factor_policy_before'
  | 'remembered_devices'
>

const toOrganization = (row: Row, floor: PolicyFloor): Organization => ({
  id: row.id as OrganizationId,
  name: row.name,
  founderId: row.founder_id as UserId,
  personal: row.personal,
  plan: row.plan,
  suspendedAt: row.suspended_at,
  createdAt: row.created_at,
  factorPolicy: {
    policy: row.factor_policy,
    from: row.factor_policy_from,
    before: row.factor_policy_before,
    rememberedDevices: row.remembered_devices,
    floor,
  },
})

const now = sql<Date>`muster_now()`
const columns = sql`select id, name, founder_id, personal, plan, suspended_at, created_at,
  factor_policy, factor_policy_from, factor_policy_before, remembered_devices from organization`

/**
 * The lock of an organization, until the transaction ends. It is not the lock of the row: a row that is shared again and again is never free for a caller who
 * changes it, so an admin could delay their own removal by inviting. These locks are granted in the order in which they are asked for.
 */
const lockOf = (id: OrganizationId | ReturnType<typeof sql>, mode: 'exclusive' | 'shared') =>
  sql`pg_advisory_xact_lock${sql.raw(mode === 'shared' ? '_shared' : '')}(hashtextextended(${id}, 0))`

/** The id of an organization, by its id or by a present or former name. */
export const organizationNamed = (reference: string) =>
  isId('organization', reference)
    ? sql`select id from organization where id = ${reference}`
    : sql`select organization_id as id from name where name = ${reference} and organization_id is not null`

export function organizationStore(db: Kysely<Tables>, floor: PolicyFloor): OrganizationStore {
  return {
    page: (asked) => organizationPage(db, asked),
    async insert({ id, name, founderId, plan }) {
      await db.insertInto('organization').values({ id, name, founder_id: founderId, plan, suspended_at: null }).execute()
    },
    async setFactorPolicy(id, { policy, from, before, rememberedDevices }) {
      await db
        .updateTable('organization')
        .set({
          factor_policy: policy,
          factor_policy_from: from,
          factor_policy_before: before === 'any' ? 'any' : 'none',
          remembered_devices: rememberedDevices,
        })
        .where('id', '=', id)
        .execute()
    },
    async keyPolicy(id) {
      const { rows } = await sql<{ key_policy: KeyPolicy }>`${point} select key_policy from organization where id = ${id}`.execute(db)
      return rows[0]?.key_policy ?? 'any'
    },
    async setKeyPolicy(id, keys) {
      await sql`${point} update organization set key_policy = ${keys} where id = ${id}`.execute(db)
    },
    async find(reference) {
      const { rows } = await sql<Row>`${point} ${columns} where id = (${organizationNamed(reference)})`.execute(db)
      const [row] = rows
      return row ? { organization: toOrganization(row, floor), former: reference !== row.id && reference !== row.name } : null
    },
    async lock(ids) {
      // One row per statement, because `order by … for update` can lock rows in the order of values that another transaction has just changed.
      const locking = [...new Set(ids)].sort().map((id) => {
        // Processes of an older version lock the row only.
        return sql<Row>`${point} with held as materialized (select ${lockOf(id, 'exclusive')}) ${columns}, held where id = ${id} for no key update of organization`.execute(
          db,
        )
      })
      const locked = await together(...locking)
      return locked.flatMap(({ rows }) => rows.map((row) => toOrganization(row, floor)))
    },
    async lockNamed(reference, mode) {
      const found = organizationNamed(reference)
      // Processes of an older version lock the row only.
      const { rows } = await (mode === 'shared'
        ? sql<{ id: OrganizationId }>`${point} select id, ${lockOf(sql`id`, 'shared')} from (${found}) found`
        : sql<{ id: OrganizationId }>`${point} select organization.id from (select id, ${lockOf(sql`id`, 'exclusive')} from (${found}) found offset 0) held
            join organization on organization.id = held.id for no key update of organization`
      ).execute(db)
      return rows[0]?.id ?? null
    },
    async personalOf(userId) {
      const row = await db.selectFrom('organization').selectAll().where('founder_id', '=', userId).where('personal', '=', true).executeTakeFirst()
      return row ? toOrganization(row, floor) : null
    },
    async rename(id, from, to) {
      const row = await db.updateTable('organization').set({ name: to }).where('id', '=', id).where('name', '=', from).returning('id').executeTakeFirst()
      return row !== undefined
    },
    async share(id) {
      const { rows } = await sql`${point} update organization set personal = false where id = ${id} and personal returning id`.execute(db)
      return rows.length > 0
    },
    async renamesWithin(id, days) {
      // Counted from the audit log, so that no second counter can differ from it.
      const rows = await db
        .selectFrom('audit_event')
        .select('at')
        .where('organization_id', '=', id)
        .where('type', '=', 'organization.renamed')
        .where('at', '>', sql<Date>`muster_now() - make_interval(days => ${days}::int)`)
        .orderBy('at')
        .execute()
      return rows.map(({ at }) => at)
    },
    async setPlan(id, plan) {
      await db.updateTable('organization').set({ plan }).where('id', '=', id).execute()
    },
    async suspend(id, reason) {
      const row = await db
        .updateTable('organization')
        .set((eb) => ({ suspended_at: now, suspended_reason: reason, suspension_version: eb('suspension_version', '+', 1) }))
        .where('id', '=', id)
        .where('suspended_at', 'is', null)
        .returning(['suspension_version as version', 'suspended_at as at'])
        .executeTakeFirst()
      return row?.at ? { version: row.version, at: row.at } : null
    },
    async resume(id) {
      const row = await db
        .updateTable('organization')
        .set((eb) => ({ suspended_at: null, suspended_reason: null, suspension_version: eb('suspension_version', '+', 1) }))
        .where('id', '=', id)
        .where('suspended_at', 'is not', null)
        .returning('suspension_version as version')
        .executeTakeFirst()
      return row?.version ?? null
    },
    async suspensionReason(id) {
      const row = await db.selectFrom('organization').select('suspended_reason').where('id', '=', id).executeTakeFirst()
      return row?.suspended_reason ?? null
    },
    async details(id) {
      const contacts = await db
        .selectFrom('organization_contact as contact')
        .leftJoin('account', 'account.id', 'contact.user_id')
        .select(['contact.purpose', 'contact.user_id', 'contact.email', 'account.username'])
        .where('contact.organization_id', '=', id)
        .execute()
      const contactFor = (purpose: Purpose): Contact | null => {
        const row = contacts.find((one) => one.purpose === purpose)
        if (row?.user_id) return { userId: row.user_id as UserId, username: row.username ?? '', email: null }
        return row?.email ? { userId: null, username: null, email: row.email } : null
      }
      const row = await db.selectFrom('organization_address').select('address').where('organization_id', '=', id).executeTakeFirst()
      return { technical: contactFor('technical'), billing: contactFor('billing'), address: row?.address ?? null }
    },
    async contactsFor({ id, founderId }, asking) {
      const activeMember = (userId: RawBuilder<unknown>) => sql`(
        select account.username from membership join account on account.id = membership.user_id
        where membership.organization_id = ${id} and membership.user_id = ${userId} and membership.user_id <> ${asking} and membership.status = 'active'
          and account.suspended_at is null)`
      const { rows } = await sql<Awaited<ReturnType<OrganizationStore['contactsFor']>>>`${point} select contact.email,
        ${activeMember(sql`contact.user_id`)} as technical, ${activeMember(sql`${founderId}`)} as founder, (
          select account.username from membership join account on account.id = membership.user_id
          where membership.organization_id = ${id} and membership.status = 'active' and membership.role = 'admin' and membership.user_id <> ${asking}
            and account.suspended_at is null
          order by membership.joined_at, membership.user_id limit 1) as admin
        from (select 1) one left join organization_contact contact on contact.organization_id = ${id} and contact.purpose = 'technical'`.execute(db)
      return rows[0] ?? { email: null, technical: null, founder: null, admin: null }
    },
    async setContact(id, purpose, contact) {
      if (contact === null) {
        await db.deleteFrom('organization_contact').where('organization_id', '=', id).where('purpose', '=', purpose).execute()
        return
      }
      const values = { user_id: 'userId' in contact ? contact.userId : null, email: 'email' in contact ? contact.email : null }
      await db
        .insertInto('organization_contact')
        .values({ organization_id: id, purpose, ...values })
        .onConflict((conflict) => conflict.columns(['organization_id', 'purpose']).doUpdateSet(values))
        .execute()
    },
    async clearContactsOf(id, userId) {
      const { rows } = await sql<{ purpose: Purpose }>`${point} delete from organization_contact where organization_id = ${id} and user_id = ${userId}
        returning purpose`.execute(db)
      return rows.map(({ purpose }) => purpose).sort()
    },
    async setAddress(id, address) {
      if (address === null) {
        await db.deleteFrom('organization_address').where('organization_id', '=', id).execute()
        return
      }
      await db
        .insertInto('organization_address')
        .values({ organization_id: id, address })
        .onConflict((conflict) => conflict.column('organization_id').doUpdateSet({ address }))
        .execute()
    },
  }
}
