import type { OrganizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import { ADDRESS } from '@muster/contract/personal-fields.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import { ACCESS_TOKEN_SECONDS, BROWSER_IDLE_SECONDS, sessionLifetimes } from '../../domain/credentials/session.ts'
import type { SessionStore } from '../../domain/credentials/store.ts'
import type { LiveState } from '../../domain/model/live.ts'
import type { PolicyFloor } from '../../domain/model/organization.ts'
import type { Session } from '../../domain/model/session.ts'
import { executePoint, point, pointStatement } from '../database.ts'
import { idOfCursor, pageOf } from '../page.ts'
import type { SessionTable, Tables } from '../tables.ts'
import { isCurrentClient } from './client-store.ts'
import {
  type AccountColumns,
  accountColumns,
  type MembershipColumns,
  membershipColumns,
  micros,
  type OrganizationColumns,
  organizationColumns,
  restsSince,
  toDate,
  toDateOrNull,
  toLiveAccount,
  toLiveMembership,
  toLiveOrganization,
} from './live-rows.ts'

const columns = [
  'id',
  'kind',
  'user_id',
  'organization_id',
  'epoch',
  'client_id',
  'grant_payload',
  'address',
  'user_agent',
  'created_at',
  'authenticated_at',
  'methods',
  'confirmed_at',
  'confirmed_methods',
  'last_used_at',
  'expires_at',
  'ended_at',
  'ended_reason',
] as const

/** A session from before passkeys began with a password (F18). */
const FORMER_METHODS = ['pwd']

const toSession = (row: Pick<Selectable<SessionTable>, (typeof columns)[number]>): Session => ({
  id: row.id as SessionId,
  kind: row.kind,
  userId: row.user_id as UserId,
  organizationId: row.organization_id as OrganizationId | null,
  epoch: row.epoch,
  clientId: row.client_id,
  grantPayload: row.grant_payload,
  address: row.address,
  userAgent: row.user_agent,
  createdAt: row.created_at,
  authenticatedAt: row.authenticated_at,
  methods: row.methods ?? FORMER_METHODS,
  confirmedAt: row.confirmed_at,
  confirmedMethods: row.confirmed_methods ?? (row.confirmed_at ? FORMER_METHODS : []),
  lastUsedAt: row.last_used_at,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
  endedReason: row.ended_reason,
})

const now = sql<Date>`muster_now()`
/** The same, read once: a volatile function in a condition would be called for each row, and no index could use it. */
const nowOnce = sql<Date>`(select muster_now())`

/**
 * A browser session ends after some days without use, and at the end of its lifetime (F18). So each noted use moves its end, and one column says when it ends. A
 * session that has expired stays expired.
 */
const afterUse = sql<Date>`case when kind = 'browser' and expires_at > muster_now() then
  least(muster_now() + make_interval(secs => ${BROWSER_IDLE_SECONDS}::int), created_at + make_interval(secs => ${sessionLifetimes.browser}::int)) else expires_at end`

/** A browser takes its session to other networks, so the address of its sign-in is in the first event. A terminal gets its session from a browser elsewhere. */
const startAddress = sql<string | null>`case when session.kind in ('browser', 'application')
  then coalesce((
    select coalesce(e.address, p.value) from audit_event e left join audit_personal p on p.event_id = e.id and p.field = ${ADDRESS}
    where e.target = session.id order by e.seq limit 1), session.address) else session.address end`

export function sessionStore(db: Kysely<Tables>, floor: PolicyFloor): SessionStore {
  const liveStateRow = liveStates(db)
  const liveStateRowAskedBy = liveStatesAskedBy(db)
  /**
   * Valid sessions: not ended or expired, at the user's epoch, and without a removed client. A session whose refresh token does not rotate also ends after it has
   * not been used for too long (S47).
   */
  const alive = () =>
    db
      .selectFrom('session')
      .innerJoin('account', 'account.id', 'session.user_id')
      .where('session.ended_at', 'is', null)
      .where('session.expires_at', '>', nowOnce)
      .whereRef('session.epoch', '=', 'account.epoch')
      .where(endByClient('session'), 'is', null)
      .where(({ or, eb, not, exists, selectFrom }) =>
        or([
          eb('session.kind', '<>', 'refresh'),
          not(
            exists(
              selectFrom('refresh_token')
                .select('refresh_token.id')
                .whereRef('refresh_token.session_id', '=', 'session.id')
                .where('refresh_token.idle_expires_at', '<=', now),
            ),
          ),
        ]),
      )

  return {
    async insert(session) {
      const inserting = db
        .insertInto('session')
        .values({
          id: session.id,
          kind: session.kind,
          user_id: session.userId,
          organization_id: session.organizationId,
          epoch: session.epoch,
          client_id: session.clientId,
          token_hash: session.tokenHash ?? null,
          methods: session.methods === undefined ? null : [...session.methods],
          provider: session.provider ?? null,
          grant_payload: session.grantPayload ? JSON.stringify(session.grantPayload) : null,
          address: session.address,
          user_agent: session.userAgent?.slice(0, 300) ?? null,
          ...(session.authenticatedAt && { authenticated_at: session.authenticatedAt }),
          ...(session.confirmedAt && { confirmed_at: session.confirmedAt, confirmed_methods: [...(session.confirmedMethods ?? [])] }),
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${session.lifetimeSeconds}::int)`,
          ended_at: null,
          ended_reason: null,
        })
        .returning(columns)
      const [row] = await executePoint(db, inserting)
      if (!row) throw new Error('A session was not inserted.')
      return toSession(row)
    },
    async find(id) {
      const row = await db.selectFrom('session').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? toSession(row) : null
    },
    async findByTokenHash(tokenHash) {
      const row = await db.selectFrom('session').selectAll().where('token_hash', '=', tokenHash).executeTakeFirst()
      return row ? toSession(row) : null
    },
    async liveState(id, jti) {
      const row = await liveStateRow(id, jti)
      return row ? toLiveState(row, floor) : null
    },
    async liveStateAskedBy(id, jti, client) {
      const row = await liveStateRowAskedBy(id, jti, client.id, client.version)
      return row ? { live: toLiveState(row, floor), isCurrentClient: row.current_client } : null
    },
    async end(id, reason) {
      const row = await db
        .updateTable('session')
        .set({ ended_at: now, ended_reason: reason })
        .where('id', '=', id)
        .where('ended_at', 'is', null)
        // Not `=`: a concurrent move can raise the session's epoch. The session must end anyway, and this statement still reads the previous epoch of the account.
        .where(sql<boolean>`epoch >= (select a.epoch from account a where a.id = session.user_id)`)
        .returningAll()
        .executeTakeFirst()
      return row ? toSession(row) : null
    },
    async endedOf(userId) {
      const rows = await db
        .selectFrom('session')
        .select('id')
        .where('user_id', '=', userId)
        .where('ended_at', '>', sql<Date>`muster_now() - make_interval(secs => ${ACCESS_TOKEN_SECONDS}::int)`)
        .orderBy('ended_at', 'desc')
        .limit(1_000)
        .execute()
      return rows.map(({ id }) => id as SessionId)
    },
    async endAllOf(userId, except, reason) {
      let query = db
        .updateTable('session')
        .set({ ended_at: now, ended_reason: reason })
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', nowOnce)
        .where(sql<boolean>`epoch = (select epoch from account where id = ${userId})`)
      if (except) query = query.where('id', '<>', except)
      return (await query.returningAll().execute()).map(toSession)
    },
    async endAllOfClient(userId, clientId, reason) {
      const rows = await db
        .updateTable('session')
        .set({ ended_at: now, ended_reason: reason })
        .where('user_id', '=', userId)
        .where('client_id', '=', clientId)
        .where('kind', '=', 'application')
        .where('ended_at', 'is', null)
        .where('expires_at', '>', nowOnce)
        .where(sql<boolean>`epoch = (select epoch from account where id = ${userId})`)
        .returningAll()
        .execute()
      return rows.map(toSession)
    },
    async takeToInform({ kind, subject, belowEpoch }) {
      const taking = db
        .updateTable('session')
        .set({ logout_queued_at: now })
        .where('kind', '=', 'application')
        .where('logout_queued_at', 'is', null)
        .where(kind === 'session' ? 'id' : 'user_id', '=', subject)
        .$if(belowEpoch !== undefined, (query) =>
          query
            .where('epoch', '<', belowEpoch ?? 0)
            .where('ended_at', 'is', null)
            .where('expires_at', '>', now),
        )
        .where('client_id', 'in', (eb) => eb.selectFrom('client').select('id').where('backchannel_logout_uri', 'is not', null).where('removed_at', 'is', null))
        .returning('id')
      return (await executePoint(db, taking)).map(({ id }) => id as SessionId)
    },
    async countAlive(userId, atMost) {
      const { rows } = await sql<{ count: number }>`${point}
        select count(*)::int as count from ${alive().select('session.id').where('session.user_id', '=', userId).limit(atMost)} counted`.execute(db)
      return rows[0]?.count ?? 0
    },
    async oldestBeyond({ userId, kind, clientId }, { keep, atOnce }) {
      const ofKind = alive()
        .select(['session.id', 'session.created_at'])
        .where('session.user_id', '=', userId)
        .where('session.kind', '=', kind)
        .$if(clientId !== null, (query) => query.where('session.client_id', '=', clientId))
      const { rows } = await sql<{ id: SessionId }>`${point}
        with of_kind as materialized ${ofKind}
        select id from of_kind order by created_at, id
        limit least(${atOnce}::int, greatest(0, (select count(*) from of_kind) - ${keep}::int))`.execute(db)
      return rows.map(({ id }) => id)
    },
    async refreshLogins(userId) {
      const rows = await alive()
        .selectAll('session')
        .where('session.user_id', '=', userId)
        .where('session.kind', '=', 'refresh')
        .orderBy('session.last_used_at')
        .execute()
      return rows.map(toSession)
    },
    async adopt(id, epoch, organizationId) {
      // The move queued a logout for all earlier sessions. This one continues, so its application must be informed when it ends.
      await executePoint(db, db.updateTable('session').set({ epoch, organization_id: organizationId, logout_queued_at: null }).where('id', '=', id))
    },
    async setOrganizationWhereNone(userId, organizationId) {
      await db
        .updateTable('session')
        .set({ organization_id: organizationId })
        .where('user_id', '=', userId)
        .where('organization_id', 'is', null)
        .where('ended_at', 'is', null)
        .execute()
    },
    async listAlive(userId) {
      const rows = await alive().selectAll('session').where('session.user_id', '=', userId).orderBy('session.last_used_at', 'desc').limit(200).execute()
      return rows.map(toSession)
    },
    async pageStarted(userId, { limit, cursor }) {
      const before = idOfCursor(cursor, 'session')
      // `offset 0`, or the planner would walk the sessions of everybody in the order of their ids.
      const rows = await db
        .selectFrom((from) =>
          from
            .selectFrom('session')
            .select(['id', 'kind', 'client_id', 'user_agent', 'address', 'created_at', 'methods', 'provider'])
            .where('user_id', '=', userId)
            .offset(sql.lit(0))
            .as('session'),
        )
        .select(['id', 'kind', 'client_id', 'user_agent', 'created_at', 'methods', 'provider', startAddress.as('start_address')])
        .$if(before !== null, (query) => query.where('id', '<', before))
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const ids = rows.map(({ id }) => id)
      const active = new Set((await alive().select('session.id').where('session.id', 'in', ids).execute()).map(({ id }) => id))
      return pageOf(
        rows,
        limit,
        ({ id }) => [id],
        (row) => ({
          id: row.id as SessionId,
          kind: row.kind,
          clientId: row.client_id,
          userAgent: row.user_agent,
          createdAt: row.created_at,
          methods: row.methods ?? FORMER_METHODS,
          provider: row.provider,
          address: row.start_address,
          active: active.has(row.id),
        }),
      )
    },
    async touch(id, address) {
      await db
        .updateTable('session')
        .set({ last_used_at: now, address, expires_at: afterUse })
        .where('id', '=', id)
        .where('last_used_at', '<', sql<Date>`muster_now() - interval '1 minute'`)
        .execute()
    },
    async confirm(id, { at, methods }) {
      await db
        .updateTable('session')
        .set({ confirmed_at: at ?? now, confirmed_methods: [...methods] })
        .where('id', '=', id)
        .execute()
    },
    async listStartedBy(browserSessionId) {
      const rows = await db
        .selectFrom('session')
        .select('id')
        .where('kind', '=', 'application')
        .where('ended_at', 'is', null)
        .where(
          sql<boolean>`user_id = (select user_id from session b where b.id = ${browserSessionId}) and grant_payload ->> 'startedBy' = ${browserSessionId}
            and not exists (select from refresh_token t where t.session_id = session.id)`,
        )
        .execute()
      return rows.map(({ id }) => id as SessionId)
    },
    async restart(id, { lifetimeSeconds, address, userAgent }) {
      await db
        .updateTable('session')
        .set({
          expires_at: sql<Date>`muster_now() + make_interval(secs => ${lifetimeSeconds}::int)`,
          last_used_at: now,
          address,
          user_agent: userAgent?.slice(0, 300) ?? null,
        })
        .where('id', '=', id)
        .execute()
    },
  }
}

export interface LiveStateRow extends AccountColumns, MembershipColumns, OrganizationColumns {
  now: number
  session_id: string
  session_kind: Session['kind']
  session_organization_id: string | null
  session_epoch: number
  client_id: string | null
  session_created_at: number
  authenticated_at: number
  methods: string | null
  confirmed_at: number | null
  confirmed_methods: string | null
  last_used_at: number
  expires_at: number
  ended_at: number | null
  ended_reason: string | null
  token_revoked: boolean
  rests_since: number | null
}

/** The time at which the session's client was removed or added again, which ended the session. Null if its client did not end it. */
export const endByClient = (session: 's' | 'session') => sql<Date | null>`(
  select coalesce(c.removed_at, c.returned_at) from client c where c.id = ${sql.ref(`${session}.client_id`)}
    and (c.removed_at is not null or ${sql.ref(`${session}.created_at`)} <= c.returned_at))`

export const liveStateColumns = (jti: RawBuilder<string> | null) => sql`
  ${micros(now)} as now, s.id as session_id, s.kind as session_kind, s.organization_id as session_organization_id, s.epoch as session_epoch, s.client_id,
  ${micros(sql`s.created_at`)} as session_created_at, ${micros(sql`s.authenticated_at`)} as authenticated_at, ${micros(sql`s.last_used_at`)} as last_used_at,
  array_to_string(s.methods, ' ') as methods, ${micros(sql`s.confirmed_at`)} as confirmed_at, array_to_string(s.confirmed_methods, ' ') as confirmed_methods,
  ${micros(sql`s.expires_at`)} as expires_at, ${micros(sql`coalesce(s.ended_at, ${endByClient('s')})`)} as ended_at, s.ended_reason,
  ${accountColumns}, ${membershipColumns}, ${organizationColumns},
  exists (select from revocation r where r.kind = 'token' and r.subject = ${jti}) as token_revoked, ${micros(restsSince('s'))} as rests_since`

export const liveStateTables = sql`(
  session s
  join account a on a.id = s.user_id
  left join membership m on m.user_id = a.id and m.status <> 'left'
  left join organization o on o.id = m.organization_id)`

/** Reads session, account, current membership, organization and the revocation of the token in one statement, so that all are from the same snapshot. */
const liveStates = pointStatement<[id: string, jti: string | null], LiveStateRow>(
  (id, jti) => sql`select ${liveStateColumns(jti)} from ${liveStateTables} where s.id = ${id}`,
)
const liveStatesAskedBy = pointStatement<[id: string, jti: string | null, client: string, version: string], LiveStateRow & { current_client: boolean }>(
  (id, jti, client, version) =>
    sql`select ${liveStateColumns(jti)}, ${isCurrentClient({ id: client, version })} as current_client from ${liveStateTables} where s.id = ${id}`,
)

export const toLiveState = (row: LiveStateRow, floor: PolicyFloor): LiveState => ({
  now: toDate(row.now),
  session: {
    id: row.session_id as SessionId,
    kind: row.session_kind,
    userId: row.account_id as UserId,
    organizationId: row.session_organization_id as OrganizationId | null,
    epoch: row.session_epoch,
    clientId: row.client_id,
    createdAt: toDate(row.session_created_at),
    authenticatedAt: toDate(row.authenticated_at),
    methods: row.methods?.split(' ') ?? FORMER_METHODS,
    confirmedAt: toDateOrNull(row.confirmed_at),
    confirmedMethods: row.confirmed_methods?.split(' ') ?? (row.confirmed_at === null ? [] : FORMER_METHODS),
    lastUsedAt: toDate(row.last_used_at),
    expiresAt: toDate(row.expires_at),
    endedAt: toDateOrNull(row.ended_at),
    endedReason: row.ended_reason,
  },
  tokenRevoked: row.token_revoked,
  restsSince: toDateOrNull(row.rests_since),
  account: toLiveAccount(row),
  membership: toLiveMembership(row),
  organization: toLiveOrganization(row, floor),
})
