import type { ApiId, ClientId, ClientSecretId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { ClientStore, RegisteredClient, StoredClientSecret } from '../../domain/credentials/store.ts'
import type { Client, ClientSecret, Grant } from '../../domain/model/client.ts'
import { executePoint } from '../database.ts'
import type { ClientTable, Tables } from '../tables.ts'

/** The valid secrets of `client` that have a row. */
const secretRows = sql<SecretRow[]>`(
  select coalesce(json_agg(json_build_object(
    'id', s.id, 'hash', encode(s.secret_hash, 'hex'), 'createdAt', s.created_at, 'lastUsedAt', s.last_used_at) order by s.created_at, s.id), '[]')
  from client_secret s where s.client_id = client.id and s.revoked_at is null)`

interface SecretRow {
  id: string
  hash: string
  createdAt: string
  lastUsedAt: string | null
}

type Row = Selectable<ClientTable> & { secrets: SecretRow[] }

/** The secret of the registration. Its id follows from the client's, so that it needs no row: servers of an earlier version insert none. */
const firstSecret = ({ id, created_at: createdAt }: Row, hash: Uint8Array): StoredClientSecret => ({
  id: `csc_${id.replace(/^cli_/, '')}`,
  hash,
  createdAt,
  lastUsedAt: null,
})

function secretsOf(row: Row): StoredClientSecret[] {
  const stored = row.secrets.map(({ id, hash, createdAt, lastUsedAt }) => ({
    id: id as ClientSecretId,
    hash: Buffer.from(hash, 'hex'),
    createdAt: new Date(createdAt),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt),
  }))
  const { secret_hash: hash } = row
  return hash === null || stored.some((secret) => secret.hash.equals(hash)) ? stored : [firstSecret(row, hash), ...stored]
}

/**
 * Stored before each grant of a client that is not first-party. A server of an earlier version asks nobody for consent, and knows no grant with this prefix: it refuses
 * the client (decision 0076).
 */
const ASKS_CONSENT = 'consent:'

const storedGrants = ({ grants, firstParty }: Pick<Client, 'grants' | 'firstParty'>): string =>
  JSON.stringify(firstParty ? grants : grants.map((grant) => `${ASKS_CONSENT}${grant}`))

const grantsOf = ({ grants, first_party: firstParty }: Pick<Row, 'grants' | 'first_party'>): Grant[] =>
  (firstParty ? grants : grants.filter((grant) => grant.startsWith(ASKS_CONSENT)).map((grant) => grant.slice(ASKS_CONSENT.length))) as Grant[]

const withoutHash = ({ hash: _, ...secret }: StoredClientSecret): ClientSecret => secret

const toRegistered = (row: Row & { version: string }): RegisteredClient => ({ ...toClient(row), secrets: secretsOf(row), version: row.version })

const toClient = (row: Row): Client => ({
  id: row.id,
  name: row.name,
  grants: grantsOf(row),
  redirectUris: row.redirect_uris,
  postLogoutRedirectUris: row.post_logout_redirect_uris,
  scopes: row.scopes,
  alg: row.alg,
  secrets: secretsOf(row).map(withoutHash),
  public: row.secret_hash === null,
  native: row.native,
  commandLine: row.command_line,
  impliedScopes: row.implied_scopes,
  firstParty: row.first_party,
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
  const find = async (id: ClientId): Promise<RegisteredClient | null> => {
    const row = await db
      .selectFrom('client')
      .selectAll()
      .select([clientVersion('client').as('version'), secretRows.as('secrets')])
      .where('id', '=', id)
      .executeTakeFirst()
    return row ? toRegistered(row) : null
  }
  /** The column has the oldest valid secret, for servers of an earlier version. The update gives the row another version, so that no process keeps old secrets. */
  const bringInStep = (id: ClientId) =>
    sql`update client set secret_hash = (
      select s.secret_hash from client_secret s where s.client_id = client.id and s.revoked_at is null order by s.created_at, s.id limit 1)
      where id = ${id}`.execute(db)

  return {
    async insert(client) {
      const row = await db
        .insertInto('client')
        .values({
          id: client.id,
          name: client.name,
          secret_hash: client.secretHash,
          grants: storedGrants(client),
          redirect_uris: JSON.stringify(client.redirectUris),
          post_logout_redirect_uris: JSON.stringify(client.postLogoutRedirectUris),
          scopes: JSON.stringify(client.scopes),
          alg: client.alg,
          native: client.native,
          command_line: client.commandLine,
          implied_scopes: JSON.stringify(client.impliedScopes),
          first_party: client.firstParty,
          built_in: client.builtIn,
          require_pkce: client.requirePkce,
          backchannel_logout_uri: client.backchannelLogoutUri,
          api_id: client.apiId,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toClient({ ...row, secrets: [] })
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
    find,
    async rights(id) {
      const [row] = await executePoint(db, db.selectFrom('client').select(['name', 'scopes']).where('id', '=', id).where('removed_at', 'is', null))
      return row ?? null
    },
    async lock(id) {
      // Read after the lock is granted: one statement would see the secrets as they were when it began to wait.
      await db.selectFrom('client').select('id').where('id', '=', id).forNoKeyUpdate().execute()
      return find(id)
    },
    async change(id, { name, redirectUris, postLogoutRedirectUris, scopes, requirePkce, backchannelLogoutUri }) {
      await db
        .updateTable('client')
        .set({
          name,
          redirect_uris: JSON.stringify(redirectUris),
          post_logout_redirect_uris: JSON.stringify(postLogoutRedirectUris),
          scopes: JSON.stringify(scopes),
          require_pkce: requirePkce,
          backchannel_logout_uri: backchannelLogoutUri,
        })
        .where('id', '=', id)
        .execute()
    },
    async addSecret(client, { id, hash }) {
      for (const { id, hash, createdAt } of client.secrets) {
        await sql`insert into client_secret (id, client_id, secret_hash, created_at) values (${id}, ${client.id}, ${hash}, ${createdAt})
          on conflict (id) do nothing`.execute(db)
      }
      await sql`insert into client_secret (id, client_id, secret_hash) values (${id}, ${client.id}, ${hash})`.execute(db)
      await bringInStep(client.id)
    },
    async revokeSecret(client, id) {
      await sql`update client_secret set revoked_at = muster_now() where id = ${id} and client_id = ${client.id} and revoked_at is null`.execute(db)
      await bringInStep(client.id)
    },
    async touchSecret(clientId, { id, hash, createdAt }) {
      await sql`insert into client_secret (id, client_id, secret_hash, created_at, last_used_at)
        values (${id}, ${clientId}, ${hash}, ${createdAt}, muster_now())
        on conflict (id) do update set last_used_at = excluded.last_used_at
        where client_secret.revoked_at is null
          and (client_secret.last_used_at is null or client_secret.last_used_at < excluded.last_used_at - interval '1 minute')`.execute(db)
    },
    async list() {
      const rows = await db
        .selectFrom('client')
        .selectAll()
        .select(secretRows.as('secrets'))
        .where('removed_at', 'is', null)
        .orderBy('id')
        .limit(1_000)
        .execute()
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
