import { isRecentAction } from '@muster/contract/authentication.ts'
import type { DeviceAuthorizationId, SessionId, UserId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { DeviceAuthorization, DeviceAuthorizationStore } from '../../domain/credentials/store.ts'
import { shownUserCode } from '../../domain/credentials/user-code.ts'
import { spending, tooMany } from '../command/limit-store.ts'
import { point as marked } from '../database.ts'
import type { DeviceAuthorizationTable, Tables } from '../tables.ts'
import { clientVersion } from './client-store.ts'

type Row = Selectable<DeviceAuthorizationTable> & {
  client_name: string
  command_line: boolean
  built_in: boolean
  first_party: boolean
  expired: boolean
  signed_in_at: Date | null
}

const toDeviceAuthorization = (row: Row): DeviceAuthorization => ({
  id: row.id as DeviceAuthorizationId,
  clientId: row.client_id,
  clientName: row.client_name,
  commandLine: row.command_line,
  builtInClient: row.built_in,
  firstParty: row.first_party,
  userCode: shownUserCode(row.user_code),
  scopes: row.scope.split(' ').filter(Boolean),
  wantsRefreshToken: row.scope.split(' ').includes('offline_access'),
  refreshTokenName: typeof row.params.refresh_token_name === 'string' ? row.params.refresh_token_name : null,
  registersAs: typeof row.params.registers_as === 'string' ? row.params.registers_as : null,
  state: row.state,
  expired: row.expired,
  claimedBy: row.claimed_by as SessionId | null,
  userId: row.user_id as UserId | null,
  sessionId: row.session_id as SessionId | null,
  address: row.address,
  userAgent: row.user_agent,
  requestedAt: row.requested_at,
  approvedAt: row.approved_at,
  expiresAt: row.expires_at,
  params: row.params,
  confirms: row.confirms as SessionId | null,
  action: isRecentAction(row.action) ? row.action : null,
  signedInAt: row.signed_in_at,
})

const now = sql<Date>`muster_now()`

export function deviceAuthorizationStore(db: Kysely<Tables>): DeviceAuthorizationStore {
  const one = async (column: 'id' | 'user_code' | 'device_code_hash', value: string | Uint8Array): Promise<DeviceAuthorization | null> => {
    const row = await db
      .selectFrom('device_authorization')
      .innerJoin('client', 'client.id', 'device_authorization.client_id')
      .leftJoin('session', 'session.id', 'device_authorization.session_id')
      .selectAll('device_authorization')
      .select([
        'client.name as client_name',
        'client.command_line',
        'client.built_in',
        'client.first_party',
        'session.authenticated_at as signed_in_at',
        sql<boolean>`device_authorization.expires_at <= muster_now()`.as('expired'),
      ])
      .where(`device_authorization.${column}`, '=', value as never)
      .executeTakeFirst()
    return row ? toDeviceAuthorization(row) : null
  }
  const pending = (id: DeviceAuthorizationId) =>
    db.updateTable('device_authorization').where('id', '=', id).where('state', '=', 'pending').where('expires_at', '>', now)

  return {
    async insert(device, point) {
      const { rows } = await sql<{ client: boolean; made: boolean; refused: boolean; expire: bigint }>`${marked}
        with ${spending(point)},
        registered as (
          select c.id from client c where c.id = ${device.clientId} and c.removed_at is null and coalesce(${device.clientVersion ?? null}, ${clientVersion('c')}) = ${clientVersion('c')}),
        made as (
          insert into device_authorization (id, device_code_hash, user_code, client_id, scope, params, address, network, user_agent, expires_at, confirms, action)
          select ${device.id}, ${device.deviceCodeHash}::bytea, ${device.userCode}, registered.id, ${device.scopes.join(' ')}, ${JSON.stringify(device.params)}::jsonb,
                 ${device.address}, ${device.network}, ${device.userAgent?.slice(0, 300) ?? null}::text, muster_now() + make_interval(secs => ${device.lifetimeSeconds}::int),
                 ${device.confirms?.sessionId ?? null}::text, ${device.confirms?.action ?? null}::text
          from registered, allowed
          on conflict on constraint device_authorization__one_per_user_code do nothing returning id)
        select exists (select from registered) as client, exists (select from made) as made, exists (select from refused) as refused, expire from counted`.execute(
        db,
      )
      const { client, made, refused, expire } = rows[0] ?? { client: false, made: false, refused: false, expire: 0n }
      return { client, made, refusal: refused && point ? tooMany(point.name, Number(expire)) : null }
    },
    async countPending(most) {
      const { rows } = await sql<{ pending: number }>`
        select count(*)::int as pending from (
          select from device_authorization where state = 'pending' and expires_at > muster_now() limit ${most}) p`.execute(db)
      return rows[0]?.pending ?? 0
    },
    async lockAndCountPending(network) {
      await sql`select pg_advisory_xact_lock(hashtextextended(${`device_authorization ${network}`}, 0))`.execute(db)
      const { rows } = await sql<{ pending: number }>`
        select count(*)::int as pending from device_authorization where network = ${network} and state = 'pending' and expires_at > muster_now()`.execute(db)
      return rows[0]?.pending ?? 0
    },
    find: (id) => one('id', id),
    findByUserCode: (userCode) => one('user_code', userCode),
    findByDeviceCode: (deviceCodeHash) => one('device_code_hash', deviceCodeHash),
    async claim(id, sessionId) {
      const { numUpdatedRows } = await pending(id)
        .set({ claimed_by: sessionId })
        .where(
          sql<boolean>`(claimed_by is null or claimed_by = ${sessionId} or exists (
            select from session s join account a on a.id = s.user_id where s.id = claimed_by and (s.ended_at is not null or s.expires_at <= muster_now() or s.epoch <> a.epoch)))`,
        )
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async approve(id, { claimedBy, userId, sessionId }) {
      const { numUpdatedRows } = await pending(id)
        .set({ state: 'approved', user_id: userId, session_id: sessionId, approved_at: now })
        .where('claimed_by', '=', claimedBy)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async refuse(id, userId) {
      const { numUpdatedRows } = await pending(id)
        .set({ state: 'denied', user_id: userId })
        .where(sql<boolean>`(claimed_by is null or exists (select from session s where s.id = claimed_by and s.user_id = ${userId}))`)
        .executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async deny(id, { claimedBy, userId }) {
      const { numUpdatedRows } = await pending(id).set({ state: 'denied', user_id: userId }).where('claimed_by', '=', claimedBy).executeTakeFirstOrThrow()
      return numUpdatedRows === 1n
    },
    async redeem(deviceCodeHash) {
      const row = await db
        .updateTable('device_authorization')
        .set({ state: 'redeemed' })
        .where('device_code_hash', '=', deviceCodeHash)
        .where('state', '=', 'approved')
        .where('expires_at', '>', now)
        .returningAll()
        .returning([
          sql<string>`(select name from client where client.id = client_id)`.as('client_name'),
          sql<boolean>`(select command_line from client where client.id = client_id)`.as('command_line'),
          sql<boolean>`(select built_in from client where client.id = client_id)`.as('built_in'),
          sql<boolean>`(select first_party from client where client.id = client_id)`.as('first_party'),
        ])
        .executeTakeFirst()
      return row ? toDeviceAuthorization({ ...row, expired: false, signed_in_at: null }) : null
    },
    async poll(deviceCodeHash, { seconds, tolerance, atMost }) {
      const { rows } = await sql<{ early: boolean }>`
        update device_authorization d set polled_at = muster_now(), poll_seconds = case when s.early then least(s.seconds + 5, ${atMost}::int) else s.seconds end
        from (select id, coalesce(poll_seconds, ${seconds}::int) as seconds,
                     coalesce(polled_at + make_interval(secs => coalesce(poll_seconds, ${seconds}::int) * ${tolerance}::float8) > muster_now(), false) as early
              from device_authorization where device_code_hash = ${deviceCodeHash} for update) s
        where d.id = s.id returning s.early`.execute(db)
      return { early: rows[0]?.early ?? false }
    },
    async hold(userCode, seconds, atMost) {
      await db
        .updateTable('device_authorization')
        .set({
          expires_at: sql<Date>`greatest(expires_at, least(muster_now() + make_interval(secs => ${seconds}::int), requested_at + make_interval(secs => ${atMost}::int)))`,
        })
        .where('user_code', '=', userCode)
        .where('state', '=', 'pending')
        .where('expires_at', '>', now)
        .execute()
    },
    async endConfirmationsOf(sessionId) {
      await db.updateTable('device_authorization').set({ expires_at: now }).where('confirms', '=', sessionId).where('expires_at', '>', now).execute()
    },
    async deleteEnded(seconds) {
      await db.deleteFrom('device_authorization').where('expires_at', '<', sql<Date>`muster_now() - make_interval(secs => ${seconds}::int)`).execute()
    },
  }
}
