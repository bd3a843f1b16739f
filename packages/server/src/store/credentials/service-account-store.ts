import type { OrganizationId, ServiceAccountId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, sql } from 'kysely'
import type { ListedServiceAccount, ServiceAccountStore } from '../../domain/credentials/store.ts'
import { executePoint } from '../database.ts'
import { idOfCursor, pageOf } from '../page.ts'
import { heldCustomRole } from '../roles/role-store.ts'
import type { Tables } from '../tables.ts'

export function serviceAccountStore(db: Kysely<Tables>): ServiceAccountStore {
  const accounts = () =>
    db
      .selectFrom('service_account')
      .innerJoin('account', 'account.id', 'service_account.created_by')
      .selectAll('service_account')
      .select(['account.username as created_by_name', heldCustomRole('service_account').as('custom_role')])
  type ListedRow = Awaited<ReturnType<ReturnType<typeof accounts>['execute']>>[number]
  const toListed = (row: ListedRow): ListedServiceAccount => ({
    id: row.id as ServiceAccountId,
    organizationId: row.organization_id as OrganizationId,
    name: row.name,
    description: row.description,
    role: row.role,
    customRole: row.custom_role,
    roleVersion: row.role_version,
    epoch: row.epoch,
    createdBy: row.created_by as UserId,
    createdByName: row.created_by_name ?? '',
    createdAt: row.created_at,
    endedAt: row.ended_at,
  })

  return {
    async insert({ id, organizationId, name, description, createdBy, role, customRole }) {
      const made = await db
        .insertInto('service_account')
        .values({
          id,
          organization_id: organizationId,
          name,
          description,
          created_by: createdBy,
          role,
          role_id: customRole?.id ?? null,
          ended_at: null,
        })
        .onConflict((conflict) => conflict.columns(['organization_id', 'name']).where('ended_at', 'is', null).doNothing())
        .returning('id')
        .executeTakeFirst()
      return made !== undefined
    },
    async find(organizationId, reference) {
      const row = await accounts()
        .where('organization_id', '=', organizationId)
        .where((eb) => eb.or([eb('service_account.id', '=', reference), eb.and([eb('name', '=', reference), eb('ended_at', 'is', null)])]))
        .executeTakeFirst()
      return row ? toListed(row) : null
    },
    async everNamed(organizationId, name) {
      const rows = await db.selectFrom('service_account').select('id').where('organization_id', '=', organizationId).where('name', '=', name).execute()
      return rows.map(({ id }) => id as ServiceAccountId)
    },
    async page(organizationId, { limit, cursor }) {
      const after = idOfCursor(cursor, 'serviceAccount')
      let query = accounts().where('organization_id', '=', organizationId).where('ended_at', 'is', null)
      if (after) query = query.where('service_account.id', '<', after)
      const rows = await query
        .orderBy('service_account.id', 'desc')
        .limit(limit + 1)
        .execute()
      return pageOf(rows, limit, (row) => [row.id], toListed)
    },
    async countAlive(organizationId) {
      const { count } = await db
        .selectFrom('service_account')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .where('organization_id', '=', organizationId)
        .where('ended_at', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    async change(id, { name, description }) {
      // A condition instead of a constraint error, which would abort the transaction.
      const { numUpdatedRows } = await db
        .updateTable('service_account')
        .set({ name, description })
        .where('id', '=', id)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('service_account as other')
                .select('other.id')
                .whereRef('other.organization_id', '=', 'service_account.organization_id')
                .where('other.name', '=', name)
                .where('other.ended_at', 'is', null)
                .where('other.id', '<>', id),
            ),
          ),
        )
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async setRole(id, { role, customRole }, { lower }) {
      const { rows } = await sql<{ role_version: number; epoch: number }>`with changed as (
        update service_account set role = ${role}, role_id = ${customRole?.id ?? null}, role_version = role_version + 1,
          epoch = epoch + case when ${lower}::boolean then 1 else 0 end where id = ${id} returning id, role_version, epoch),
        carried as (update api_key k set epoch = changed.epoch from changed
          where ${lower}::boolean and k.service_account_id = changed.id and k.epoch = changed.epoch - 1)
        select role_version, epoch from changed`.execute(db)
      const [row] = rows
      if (!row) throw new Error('The row of a service account was not found.')
      return { version: row.role_version, epoch: row.epoch }
    },
    async end(id) {
      const { epoch } = await db
        .updateTable('service_account')
        .set((eb) => ({ ended_at: sql<Date>`muster_now()`, epoch: eb('epoch', '+', 1) }))
        .where('id', '=', id)
        .returning('epoch')
        .executeTakeFirstOrThrow()
      return epoch
    },
    async endKeysOfAll(organizationId) {
      const rows = await executePoint(
        db,
        db
          .updateTable('service_account')
          .set((eb) => ({ epoch: eb('epoch', '+', 1) }))
          .where('organization_id', '=', organizationId)
          .where('ended_at', 'is', null)
          .returning(['id', 'epoch']),
      )
      return rows.map(({ id, epoch }) => ({ id: id as ServiceAccountId, epoch }))
    },
  }
}
