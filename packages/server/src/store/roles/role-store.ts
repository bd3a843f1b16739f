import type { OrganizationId, RoleId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { CustomRole, HeldCustomRole } from '../../domain/roles/role.ts'
import type { RoleHolder, RoleStore } from '../../domain/roles/store.ts'
import { SEEN_SECONDS } from '../credentials/root-key-store.ts'
import type { RoleTable, Tables } from '../tables.ts'

/** The custom role that a row holds, as JSON, for a statement that reads the holder. Null, and without a read, for a built-in role. */
export const heldCustomRole = (id: RawBuilder<unknown>): RawBuilder<HeldCustomRole | null> => sql<HeldCustomRole | null>`(
  select json_build_object('id', r.id, 'name', r.name, 'revision', r.revision, 'permissions', r.permissions) from role r where r.id = ${id})`

const toRole = (row: Selectable<RoleTable>): CustomRole => ({
  id: row.id as RoleId,
  organizationId: row.organization_id as OrganizationId,
  name: row.name,
  description: row.description,
  revision: row.revision,
  permissions: row.permissions,
  createdAt: row.created_at,
  changedAt: row.changed_at,
})

export function roleStore(db: Kysely<Tables>): RoleStore {
  const isNamed = (name: string) => sql<boolean>`lower(name) = lower(${name})`
  return {
    async list(organizationId) {
      const rows = await db.selectFrom('role').selectAll().where('organization_id', '=', organizationId).orderBy(sql`lower(name)`).execute()
      return rows.map(toRole)
    },
    async find(organizationId, reference) {
      const row = await db
        .selectFrom('role')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where((eb) => eb.or([eb('id', '=', reference), isNamed(reference)]))
        .executeTakeFirst()
      return row ? toRole(row) : null
    },
    async findMany(ids) {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('role')
        .selectAll()
        .where('id', 'in', [...ids])
        .execute()
      return rows.map(toRole)
    },
    async insert({ id, organizationId, name, description, permissions }) {
      const made = await db
        .insertInto('role')
        .values({ id, organization_id: organizationId, name, description, permissions: [...permissions] })
        .onConflict((conflict) => conflict.expression(sql`organization_id, lower(name)`).doNothing())
        .returning('id')
        .executeTakeFirst()
      return made !== undefined
    },
    async change({ id, organizationId, name, description, permissions }) {
      const row = await db
        .updateTable('role')
        .set({
          name,
          description,
          permissions: [...permissions],
          revision: sql<number>`case when permissions = ${[...permissions]}::text[] then revision else revision + 1 end`,
          changed_at: sql<Date>`muster_now()`,
        })
        .where('id', '=', id)
        .where('organization_id', '=', organizationId)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('role as other')
                .select('other.id')
                .where('other.organization_id', '=', organizationId)
                .where('other.id', '<>', id)
                .where(sql<boolean>`lower(other.name) = lower(${name})`),
            ),
          ),
        )
        .returningAll()
        .executeTakeFirst()
      return row ? toRole(row) : null
    },
    async remove(id) {
      await db.deleteFrom('role').where('id', '=', id).execute()
    },
    async processesWithoutRoles() {
      const { rows } = await sql<{ name: string }>`
        select name from server_process where not knows_roles and seen_at > muster_now() - make_interval(secs => ${SEEN_SECONDS}::int) order by id`.execute(db)
      return rows.map(({ name }) => name)
    },
    async holders(id, limit) {
      const { rows } = await sql<RoleHolder>`
        select 'user' as kind, m.user_id as id, a.username as name from membership m join account a on a.id = m.user_id
        where m.organization_id = (select organization_id from role where id = ${id}) and m.role = 'custom' and m.role_id = ${id} and m.status <> 'left'
        union all
        select 'service_account', s.id, s.name from service_account s
        where s.organization_id = (select organization_id from role where id = ${id}) and s.role_id = ${id} and s.ended_at is null
        union all
        select 'invitation', i.id, i.email from invitation i
        where i.organization_id = (select organization_id from role where id = ${id}) and i.role_id = ${id} and i.state = 'open' and i.expires_at > muster_now()
        order by 1 desc, 3 nulls last limit ${limit}::int`.execute(db)
      return rows
    },
  }
}
