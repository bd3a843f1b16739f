import type { ApiId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { ClientStore } from '../../domain/credentials/store.ts'
import type { Client, Grant } from '../../domain/model/client.ts'
import type { ClientTable, Tables } from '../tables.ts'

const toClient = (row: Selectable<ClientTable>): Client => ({
  id: row.id,
  name: row.name,
  grants: row.grants as Grant[],
  redirectUris: row.redirect_uris,
  postLogoutRedirectUris: row.post_logout_redirect_uris,
  scopes: row.scopes,
  alg: row.alg,
  public: row.secret_hash === null,
  native: row.native,
  commandLine: row.command_line,
  impliedScopes: row.implied_scopes,
  builtIn: row.built_in,
  requirePkce: row.require_pkce,
  backchannelLogoutUri: row.backchannel_logout_uri,
  apiId: row.api_id as ApiId | null,
  createdAt: row.created_at,
  removedAt: row.removed_at,
})

/** The transaction that wrote the row. A lock by a foreign key does not change it. */
export const clientVersion = (client: 'c' | 'client') => sql<string>`${sql.ref(`${client}.xmin`)}::text`

type Value = string | RawBuilder<string>

/** True if the values that were read of this client are still those of its row, and it has not been removed. */
export const isCurrentClient = ({ id, version }: Record<'id' | 'version', Value>) => sql<boolean>`exists (
  select from client c where c.id = ${id} and c.removed_at is null and ${clientVersion('c')} = ${version})`

export function clientStore(db: Kysely<Tables>): ClientStore {
  return {
    async insert(client) {
      const row = await db
        .insertInto('client')
        .values({
          id: client.id,
          name: client.name,
          secret_hash: client.secretHash,
          grants: JSON.stringify(client.grants),
          redirect_uris: JSON.stringify(client.redirectUris),
          post_logout_redirect_uris: JSON.stringify(client.postLogoutRedirectUris),
          scopes: JSON.stringify(client.scopes),
          alg: client.alg,
          native: client.native,
          command_line: client.commandLine,
          implied_scopes: JSON.stringify(client.impliedScopes),
          built_in: client.builtIn,
          require_pkce: client.requirePkce,
          backchannel_logout_uri: client.backchannelLogoutUri,
          api_id: client.apiId,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toClient(row)
    },
    async install({ id, name, grants, scopes, alg, impliedScopes }) {
      const values = { name, grants: JSON.stringify(grants), scopes: JSON.stringify(scopes), alg, implied_scopes: JSON.stringify(impliedScopes) }
      const fixed = { secret_hash: null, native: true, command_line: true, built_in: true }
      const row = await db
        .insertInto('client')
        .values({ id, redirect_uris: '[]', post_logout_redirect_uris: '[]', ...values, ...fixed })
        .onConflict((conflict) =>
          conflict
            .column('id')
            .doUpdateSet({
              ...values,
              ...fixed,
              removed_at: null,
              returned_at: sql`case when client.removed_at is null then client.returned_at else muster_now() end`,
            })
            .where(
              sql<boolean>`client.removed_at is not null or (client.name, client.grants, client.scopes, client.alg, client.implied_scopes, client.built_in)
                is distinct from (excluded.name, excluded.grants, excluded.scopes, excluded.alg, excluded.implied_scopes, excluded.built_in)`,
            ),
        )
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
    async find(id) {
      const row = await db.selectFrom('client').selectAll().select(clientVersion('client').as('version')).where('id', '=', id).executeTakeFirst()
      return row ? { ...toClient(row), secretHash: row.secret_hash, version: row.version } : null
    },
    async list() {
      const rows = await db.selectFrom('client').selectAll().where('removed_at', 'is', null).orderBy('id').limit(1_000).execute()
      return rows.map(toClient)
    },
    async everNamed(name) {
      return (await db.selectFrom('client').select('id').where('name', '=', name).execute()).map(({ id }) => id)
    },
    async remove(id) {
      const { numUpdatedRows } = await db
        .updateTable('client')
        .set({ removed_at: sql<Date>`muster_now()` })
        .where('id', '=', id)
        .where('removed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
  }
}
