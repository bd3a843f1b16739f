import type { OrganizationId, RoleId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { CustomRole, HeldCustomRole } from '../../domain/model/role.ts'
import type { RoleStore } from '../../domain/roles/store.ts'
import { SEEN_SECONDS } from '../credentials/root-key-store.ts'
import type { RoleTable, Tables } from '../tables.ts'
import { roleHolders } from './role-holders.ts'

/**
 * The custom role that a row holds, as JSON, for a statement that reads the holder. Null, and without a read, for a built-in role: a server of the version before
 * leaves the id of an earlier one.
 * @param holder the table, or its name in the statement
 */
export const heldCustomRole = (holder: string): RawBuilder<HeldCustomRole | null> => sql<HeldCustomRole | null>`(
  select json_build_object('id', r.id, 'name', r.name, 'revision', r.revision, 'permissions', r.permissions) from role r
  where r.id = case when ${sql.ref(`${holder}.role`)} = 'custom' then ${sql.ref(`${holder}.role_id`)} end)`

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
  const roles = () => db.selectFrom('role').where('removed_at', 'is', null)
  return {
    ...roleHolders(db),
    async list(organizationId) {
      const rows = await roles().selectAll().where('organization_id', '=', organizationId).orderBy(sql`lower(name)`).execute()
      return rows.map(toRole)
    },
    async count(organizationId) {
      const { count } = await roles()
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .where('organization_id', '=', organizationId)
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    async find(organizationId, reference) {
      const row = await roles()
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where((eb) => eb.or([eb('id', '=', reference), isNamed(reference)]))
        .executeTakeFirst()
      return row ? toRole(row) : null
    },
    async findMany(ids) {
      if (ids.length === 0) return []
      const rows = await roles()
        .selectAll()
        .where('id', 'in', [...ids])
        .execute()
      return rows.map(toRole)
    },
    async insert({ id, organizationId, name, description, permissions }) {
      const row = await db
        .insertInto('role')
        .values({ id, organization_id: organizationId, name, description, permissions: [...permissions] })
        .onConflict((conflict) => conflict.expression(sql`organization_id, lower(name)`).where('removed_at', 'is', null).doNothing())
        .returningAll()
        .executeTakeFirst()
      return row ? toRole(row) : null
    },
    async change({ id, organizationId, name, description, permissions }) {
      // A condition instead of a constraint error, which would abort the transaction.
      const row = await db
        .updateTable('role')
        .set((eb) => ({ name, description, permissions: [...permissions], revision: eb('revision', '+', 1), changed_at: sql<Date>`muster_now()` }))
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('role as other')
                .select('other.id')
                .where('other.organization_id', '=', organizationId)
                .where('other.removed_at', 'is', null)
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
      await db.updateTable('role').set({ removed_at: sql<Date>`muster_now()` }).where('id', '=', id).execute()
    },
    async processesWithoutRoles() {
      const { rows } = await sql<{ name: string }>`
        select name from server_process where not knows_roles and seen_at > muster_now() - make_interval(secs => ${SEEN_SECONDS}::int) order by id`.execute(db)
      return rows.map(({ name }) => name)
    },
    async dropPermissions(permissions, atMost) {
      if (permissions.length === 0) return []
      const names = sql`${[...permissions]}::text[]`
      const { rows } = await sql<Selectable<RoleTable> & { before: string[] }>`
        update role set permissions = array(select name from unnest(role.permissions) with ordinality as kept (name, place) where name <> all (${names}) order by place),
          revision = role.revision + 1, changed_at = muster_now()
        from (select id, permissions as before from role where removed_at is null and permissions && ${names} limit ${atMost}::int) as naming
        where role.id = naming.id and role.removed_at is null returning role.*, naming.before`.execute(db)
      return rows.map(({ before, ...row }) => ({ ...toRole(row), dropped: before.filter((name) => permissions.includes(name)) }))
    },
  }
}
