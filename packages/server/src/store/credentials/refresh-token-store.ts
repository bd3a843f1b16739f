import type { OrganizationId, RefreshTokenId, SessionId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { RefreshToken, RefreshTokenStore, RefreshTokenUse, RegisteredClient } from '../../domain/credentials/store.ts'
import type { PolicyFloor } from '../../domain/model/organization.ts'
import { point } from '../database.ts'
import type { RefreshTokenTable, Tables } from '../tables.ts'
import { isCurrentClient } from './client-store.ts'
import { restsSince } from './live-rows.ts'
import { endByClient, type LiveStateRow, liveStateColumns, liveStateTables, toLiveState } from './session-store.ts'

type Row = Omit<Selectable<RefreshTokenTable>, 'token_hash'> & { organization_id: string | null; over: RefreshToken['over'] }

const toRefreshToken = (row: Row): RefreshToken => ({
  id: row.id as RefreshTokenId,
  name: row.name,
  sessionId: row.session_id as SessionId,
  userId: row.user_id as UserId,
  organizationId: row.organization_id as OrganizationId | null,
  clientId: row.client_id,
  scopes: row.scope.split(' ').filter(Boolean),
  payload: row.payload,
  rotates: row.rotates,
  address: row.address,
  lastAddress: row.last_address,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at,
  consumedAt: row.consumed_at,
  expiresAt: row.expires_at,
  idleExpiresAt: row.idle_expires_at,
  over: row.over,
})

const now = sql<Date>`muster_now()`

const instants = new Set(['created_at', 'last_used_at', 'first_used_at', 'consumed_at', 'expires_at', 'idle_expires_at'])

/** Instants in jsonb are text. */
const withDates = <Row extends object>(row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([column, value]) => [column, instants.has(column) && typeof value === 'string' ? new Date(value) : value])) as Row

/** True if the token has expired or has not been used for too long. */
export const isOver = (token: 'refresh_token' | 't') =>
  sql<boolean>`least(${sql.ref(`${token}.expires_at`)}, ${sql.ref(`${token}.idle_expires_at`)}) <= muster_now()`
const over = (token: 'refresh_token' | 't') =>
  sql<RefreshToken['over']>`case when ${sql.ref(`${token}.expires_at`)} <= muster_now() then 'expired' when ${isOver(token)} then 'idle' end`

export function refreshTokenStore(db: Kysely<Tables>, floor: PolicyFloor): RefreshTokenStore {
  const tokens = () =>
    db
      .selectFrom('refresh_token')
      .innerJoin('session', 'session.id', 'refresh_token.session_id')
      .selectAll('refresh_token')
      .select(['session.organization_id', over('refresh_token').as('over')])

  // `offset 0` is an optimization fence. While the tables are small, the planner would read all sessions, and ask for each what only this one must answer.
  // `before` is the row before the change. Only one use is the first for all tokens of a session, so a rotating token is not new each time.
  const used = (which: RawBuilder<unknown>, { address, idleSeconds }: RefreshTokenUse, only: RawBuilder<unknown>) => sql<{
    first: boolean
    elsewhere: boolean
  }>`
    update refresh_token t
    set idle_expires_at = least(t.expires_at, muster_now() + make_interval(secs => ${idleSeconds}::int)),
        last_used_at = muster_now(), first_used_at = coalesce(t.first_used_at, muster_now()), last_address = ${address}
    from (select r.id, r.session_id, r.user_id, coalesce(r.last_address, r.address) <> ${address} as elsewhere,
                 not exists (select from refresh_token f where f.session_id = r.session_id and f.first_used_at is not null) as first
          from refresh_token r where ${which} for update of r) before
    cross join lateral (select * from session where id = before.session_id offset 0) s
    cross join lateral (select * from account where id = before.user_id offset 0) a
    where t.id = before.id
      and not (${isOver('t')})
      and s.ended_at is null and ${endByClient('s')} is null and ${restsSince('s')} is null and s.expires_at > muster_now() and s.epoch = a.epoch
      and not exists (select from membership m where m.user_id = a.id and m.status = 'deactivated')
      and not exists (select from membership m join organization o on o.id = m.organization_id where m.user_id = a.id and m.status <> 'left' and o.suspended_at is not null)
      and a.suspended_at is null
      and ${only}
    returning before.first, before.elsewhere, t.id, t.session_id, t.scope`
  const use = (id: RefreshTokenId, how: RefreshTokenUse, only: RawBuilder<unknown>) =>
    sql<{ first: boolean; elsewhere: boolean }>`${point} ${used(sql`r.id = ${id}`, how, only)}`
  const useBy = async (tokenHash: Uint8Array, client: Pick<RegisteredClient, 'id' | 'version'>, how: RefreshTokenUse, only: RawBuilder<unknown>) => {
    // A token without a grant was not issued by the token endpoint, which does not accept it.
    const plain = sql`${only} and not t.rotates and t.consumed_at is null and t.client_id = ${client.id}
      and t.payload ->> 'grantId' = t.session_id and ${isCurrentClient(client)}`
    const { rows } = await sql<
      LiveStateRow & { id: string; first: boolean; elsewhere: boolean; scope: string; grant_payload: Record<string, unknown> | null }
    >`${point}
      with used as (${used(sql`r.token_hash = ${tokenHash}`, how, plain)})
      select ${liveStateColumns(null)}, s.grant_payload, used.id, used.first, used.elsewhere, used.scope from used join ${liveStateTables} on s.id = used.session_id`.execute(
      db,
    )
    const [row] = rows
    if (!row) return null
    const { first, elsewhere, scope, grant_payload: grant } = row
    return { id: row.id as RefreshTokenId, first, elsewhere, scopes: scope.split(' ').filter(Boolean), live: toLiveState(row, floor), grant }
  }

  return {
    async insert(token) {
      const { rows } = await sql<Row>`
        insert into refresh_token (id, name, token_hash, session_id, user_id, client_id, scope, payload, rotates, address, expires_at, idle_expires_at)
        select ${token.id}, ${token.name}::text, ${token.tokenHash}::bytea, s.id, s.user_id, ${token.clientId}, ${token.scopes.join(' ')}, ${JSON.stringify(token.payload)}::jsonb,
               ${token.rotates}::boolean, ${token.address}, s.expires_at, least(s.expires_at, muster_now() + make_interval(secs => ${token.idleSeconds}::int))
        from session s join account a on a.id = s.user_id
        where s.id = ${token.sessionId} and s.user_id = ${token.userId} and s.ended_at is null and ${endByClient('s')} is null and ${restsSince('s')} is null and s.expires_at > muster_now() and s.epoch = a.epoch
        returning *, null as over, (select organization_id from session where session.id = session_id) as organization_id`.execute(db)
      return rows[0] ? toRefreshToken(rows[0]) : null
    },
    async find(id) {
      const row = await tokens().where('refresh_token.id', '=', id).executeTakeFirst()
      return row ? toRefreshToken(row) : null
    },
    async findByHash(tokenHash) {
      const row = await tokens().where('refresh_token.token_hash', '=', tokenHash).executeTakeFirst()
      return row ? toRefreshToken(row) : null
    },
    async present(tokenHash) {
      const { rows } = await sql<LiveStateRow & { token: Row; grant_payload: Record<string, unknown> | null }>`${point}
        select ${liveStateColumns(null)}, s.grant_payload,
               to_jsonb(t) - 'token_hash' || jsonb_build_object('organization_id', s.organization_id,
                 'over', ${over('t')}) as token
        from refresh_token t join ${liveStateTables} on s.id = t.session_id where t.token_hash = ${tokenHash}`.execute(db)
      const [row] = rows
      return row ? { token: toRefreshToken(withDates(row.token)), live: toLiveState(row, floor), grant: row.grant_payload } : null
    },
    async countOf(sessionId) {
      const row = await db
        .selectFrom('refresh_token')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .where('session_id', '=', sessionId)
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    async consume(id) {
      const { numUpdatedRows } = await db
        .updateTable('refresh_token')
        .set({ consumed_at: now })
        .where('id', '=', id)
        .where('consumed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async use(id, how) {
      const { rows } = await use(id, how, sql`true`).execute(db)
      return rows[0] ?? null
    },
    async useAgain(id, how) {
      const { rows } = await use(id, how, sql`not before.first and not before.elsewhere`).execute(db)
      return rows[0] ? { first: false, elsewhere: false } : null
    },
    useBy: (tokenHash, client, how) => useBy(tokenHash, client, how, sql`true`),
    useAgainBy: (tokenHash, client, how) => useBy(tokenHash, client, how, sql`not before.first and not before.elsewhere`),

    async listAlive(userId) {
      const rows = await tokens()
        .innerJoin('account', 'account.id', 'refresh_token.user_id')
        .where('refresh_token.user_id', '=', userId)
        .where('refresh_token.consumed_at', 'is', null)
        .where(({ not }) => not(isOver('refresh_token')))
        .where('session.ended_at', 'is', null)
        .where(endByClient('session'), 'is', null)
        .whereRef('session.epoch', '=', 'account.epoch')
        .orderBy('refresh_token.id', 'desc')
        .limit(200)
        .execute()
      return rows.map(toRefreshToken)
    },
    async deleteEnded(days) {
      await db.deleteFrom('refresh_token').where('expires_at', '<', sql<Date>`muster_now() - make_interval(days => ${days}::int)`).execute()
    },
  }
}
