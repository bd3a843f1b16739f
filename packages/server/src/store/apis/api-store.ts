import type { ApiId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Api, ApiPermission } from '../../domain/apis/api.ts'
import type { ApiStore, PermissionUse } from '../../domain/apis/store.ts'
import type { ApiTable, Tables } from '../tables.ts'

type Row = Selectable<ApiTable> & { permissions: ApiPermission[] }

const toApi = (row: Row): Api => ({
  id: row.id as ApiId,
  name: row.name,
  audience: row.audience,
  permissions: row.permissions,
  grants: { member: row.granted_to_members, viewer: row.granted_to_viewers },
  longestTokenSeconds: row.longest_token_seconds,
  acceptsDefaultAudience: row.accepts_default_audience,
  revision: Number(row.revision),
})

/** With the permissions in the order of the manifest. */
const apis = (db: Kysely<Tables>) =>
  db
    .selectFrom('api as a')
    .selectAll('a')
    .select(
      sql<ApiPermission[]>`coalesce((
        select json_agg(json_build_object('name', p.name, 'description', p.description) order by p.place) from api_permission p where p.api_id = a.id), '[]')`.as(
        'permissions',
      ),
    )

export function apiStore(db: Kysely<Tables>): ApiStore {
  return {
    async lock() {
      await sql`lock table api in share row exclusive mode`.execute(db)
    },
    async share() {
      await sql`lock table api in share mode`.execute(db)
    },
    async list() {
      return (await apis(db).orderBy('a.name').execute()).map(toApi)
    },
    async find(id) {
      const row = await apis(db).where('a.id', '=', id).executeTakeFirst()
      return row ? toApi(row) : null
    },
    async clientsOf(ids) {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('client')
        .select('name')
        .where('api_id', 'in', [...ids])
        .where('removed_at', 'is', null)
        .orderBy('name')
        .execute()
      return rows.map(({ name }) => name)
    },
    async findByAudience(audience) {
      const row = await apis(db).where('a.audience', '=', audience).executeTakeFirst()
      return row ? toApi(row) : null
    },
    async clear(ids) {
      if (ids.length > 0)
        await db
          .deleteFrom('api_permission')
          .where('api_id', 'in', [...ids])
          .execute()
    },
    async put({ id, name, audience, permissions, grants, longestTokenSeconds, acceptsDefaultAudience, revision }) {
      const values = {
        name,
        audience,
        granted_to_members: grants.member,
        granted_to_viewers: grants.viewer,
        longest_token_seconds: longestTokenSeconds,
        accepts_default_audience: acceptsDefaultAudience,
        revision,
      }
      await db
        .insertInto('api')
        .values({ id, ...values })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
        .execute()
      const rows = permissions.map((permission, place) => ({ ...permission, api_id: id, place }))
      if (rows.length > 0) await db.insertInto('api_permission').values(rows).execute()
    },
    async remove(id) {
      await db.updateTable('client').set({ api_id: null }).where('api_id', '=', id).where('removed_at', 'is not', null).execute()
      await db.deleteFrom('api').where('id', '=', id).execute()
    },
    async usesOf(permissions) {
      if (permissions.length === 0) return []
      const { rows } = await sql<PermissionUse>`
        select s.scope as permission, 'client' as kind, c.id, c.name from client c, jsonb_array_elements_text(c.scopes::jsonb) as s (scope)
        where c.removed_at is null and s.scope = any(${[...permissions]}::text[])
        union all
        select s.scope, 'key', k.id, k.description from api_key k cross join unnest(k.scope) as s (scope)
        left join account a on a.id = k.user_id left join service_account v on v.id = k.service_account_id
        where k.ended_at is null and (k.expires_at is null or k.expires_at > muster_now()) and k.epoch = coalesce(a.epoch, v.epoch) and s.scope = any(${[...permissions]}::text[])
        union all
        select p.name, 'role', r.id, r.name || ' in ' || o.name from role r join organization o on o.id = r.organization_id cross join unnest(r.permissions) as p (name)
        where r.removed_at is null and r.permissions && ${[...permissions]}::text[] and p.name = any(${[...permissions]}::text[])
        order by 1, 2, 4 limit 200`.execute(db)
      return rows
    },
  }
}
