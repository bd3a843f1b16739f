import type { StreamId } from '@muster/contract/ids.ts'
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Receiver, ReceiverStore } from '../../domain/signals/store.ts'
import { executePoint } from '../database.ts'
import type { ReceiverTable, Tables } from '../tables.ts'

const columns = [
  'id',
  'client_id',
  'method',
  'endpoint_url',
  'push_authorization',
  'key_generation',
  'description',
  'events_requested',
  'excluded',
  'status',
  'status_reason',
  'lease_seconds',
  'lease_until',
  'watermark',
  'push_failures',
  'generation',
  'failing_since',
  'created_at',
] as const

const toReceiver = (row: Pick<Selectable<ReceiverTable>, (typeof columns)[number]>): Receiver => ({
  id: row.id as StreamId,
  clientId: row.client_id,
  method: row.method,
  endpointUrl: row.endpoint_url,
  pushAuthorization: row.push_authorization,
  keyGeneration: row.key_generation,
  description: row.description,
  eventsRequested: row.events_requested,
  excluded: row.excluded,
  status: row.status,
  statusReason: row.status_reason,
  leaseSeconds: row.lease_seconds,
  leaseUntil: row.lease_until,
  watermark: row.watermark === null ? null : BigInt(row.watermark),
  pushFailures: row.push_failures,
  generation: row.generation,
  failingSince: row.failing_since,
  createdAt: row.created_at,
})

const after = (seconds: number) => sql<Date>`muster_now() + make_interval(secs => ${seconds}::float8)`
const ofJson = (value: unknown): string | null => (value === null ? null : JSON.stringify(value))

export function receiverStore(db: Kysely<Tables>): ReceiverStore {
  const stream = (id: string) => db.selectFrom('receiver').selectAll().where('id', '=', id).where('method', '<>', 'server').where('removed_at', 'is', null)
  return {
    async insert({ id, clientId, method, endpointUrl = null, pushAuthorization = null, keyGeneration, description, eventsRequested = null, leaseSeconds }) {
      const row = await db
        .insertInto('receiver')
        .values({
          id,
          client_id: clientId,
          method,
          endpoint_url: endpointUrl,
          push_authorization: pushAuthorization,
          key_generation: keyGeneration,
          description,
          events_requested: ofJson(eventsRequested),
          lease_seconds: leaseSeconds,
          lease_until: after(leaseSeconds),
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toReceiver(row)
    },
    async find(id) {
      const row = await stream(id).executeTakeFirst()
      return row ? toReceiver(row) : null
    },
    async lock(id) {
      const row = await stream(id).forNoKeyUpdate().executeTakeFirst()
      return row ? toReceiver(row) : null
    },
    async listOf(clientId) {
      const rows = await db.selectFrom('receiver').selectAll().where('client_id', '=', clientId).where('removed_at', 'is', null).orderBy('id').execute()
      return rows.map(toReceiver)
    },
    async listStreams({ clientId, most }) {
      let query = db.selectFrom('receiver').selectAll().where('method', '<>', 'server').where('removed_at', 'is', null)
      if (clientId !== null) query = query.where('client_id', '=', clientId)
      return (await query.orderBy('client_id').orderBy('id').limit(most).execute()).map(toReceiver)
    },
    async listAlive(ids) {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('receiver as r')
        .innerJoin('client as c', 'c.id', 'r.client_id')
        .selectAll('r')
        .where('r.id', 'in', [...ids])
        .where('c.removed_at', 'is', null)
        .where('r.removed_at', 'is', null)
        .where(sql<boolean>`c.scopes ? 'signals'`)
        .execute()
      return rows.map(toReceiver)
    },
    async countOf(clientId) {
      const row = await db
        .selectFrom('receiver')
        .select(({ fn }) => fn.countAll<bigint>().as('count'))
        .where('client_id', '=', clientId)
        .where('removed_at', 'is', null)
        .executeTakeFirstOrThrow()
      return Number(row.count)
    },
    async change(
      id,
      { method, endpointUrl, pushAuthorization, keyGeneration, description, eventsRequested, leaseSeconds, status, statusReason, excluded, widened = false },
    ) {
      const row = await db
        .updateTable('receiver')
        .set({
          ...(method !== undefined && { method }),
          ...(endpointUrl !== undefined && { endpoint_url: endpointUrl }),
          ...(pushAuthorization !== undefined && { push_authorization: pushAuthorization, key_generation: keyGeneration }),
          ...(description !== undefined && { description }),
          ...(eventsRequested !== undefined && { events_requested: ofJson(eventsRequested) }),
          ...(leaseSeconds !== undefined && { lease_seconds: leaseSeconds }),
          ...(status !== undefined && { status }),
          ...(statusReason !== undefined && { status_reason: statusReason }),
          ...(excluded !== undefined && { excluded: JSON.stringify(excluded) }),
          ...(widened && { watermark: null, generation: sql<number>`generation + 1` }),
          push_failures: 0,
          failing_since: null,
          push_after: sql<Date>`muster_now()`,
        })
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirstOrThrow()
      // Skipped revocations were stored as acknowledged. Now the stream requests them, so these acknowledgements are removed.
      if (widened) await sql`update revocation_ack set receivers = array_remove(receivers, ${id}) where ${id} = any(receivers)`.execute(db)
      await notifyStream(db, id)
      return toReceiver(row)
    },
    async remove(id) {
      await db.deleteFrom('receiver').where('id', '=', id).execute()
      await notifyStream(db, id)
    },
    async takeAway(id) {
      await db.updateTable('receiver').set({ removed_at: sql<Date>`muster_now()` }).where('id', '=', id).execute()
      await notifyStream(db, id)
    },
    async announceClient(clientId) {
      await sql`select pg_notify('muster_stream', id) from receiver where client_id = ${clientId} and removed_at is null`.execute(db)
    },
    async renewLease(id, seconds) {
      const { numUpdatedRows } = await db
        .updateTable('receiver')
        .set({ lease_until: sql<Date>`greatest(lease_until, ${after(seconds)})` })
        .where('id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async recordActivity(id) {
      await db.updateTable('receiver').set({ heard_at: sql<Date>`muster_now()` }).where('id', '=', id).execute()
    },
    async setWatermark(id, watermark, generation) {
      await db
        .updateTable('receiver')
        // It never decreases, unless the stored watermark is ahead of the database, because that was restored from a backup.
        .set({
          watermark: sql<string>`case when watermark <= pg_snapshot_xmin(pg_current_snapshot()) then greatest(watermark, ${String(watermark)}::xid8)
            else ${String(watermark)}::xid8 end`,
        })
        .where('id', '=', id)
        .where('generation', '=', generation)
        .execute()
    },
    async announceAcknowledged(id, ids) {
      // The payload of a notice is limited to 8,000 bytes. Revocations that are left out are sent again.
      await sql`select pg_notify('muster_heard', ${`${id} ${ids.slice(0, 300).join(',')}`})`.execute(db)
    },
    async addEvent(id, payload) {
      await db
        .insertInto('receiver_event')
        .values({ receiver_id: id, payload: JSON.stringify(payload) })
        .execute()
      await notifyStream(db, id)
    },
    async eventsOf(id) {
      return db.selectFrom('receiver_event').select(['id', 'payload']).where('receiver_id', '=', id).orderBy('id').execute()
    },
    async eventsOfMany(ids) {
      if (ids.length === 0) return []
      const rows = await db
        .selectFrom('receiver_event')
        .select(['id', 'payload', 'receiver_id'])
        .where('receiver_id', 'in', [...ids])
        .orderBy('id')
        .execute()
      return rows.map(({ id, payload, receiver_id: receiverId }) => ({ id, payload, receiverId }))
    },
    async removeEvents(receiverId, ids) {
      await db
        .deleteFrom('receiver_event')
        .where('receiver_id', '=', receiverId)
        .where('id', 'in', [...ids])
        .execute()
    },
    async claimPushes(most, claimSeconds, but) {
      // Skips rows that another process has locked. The claim expires, so that it does not outlive this process.
      const claiming = db
        .updateTable('receiver')
        .set({ push_after: after(claimSeconds) })
        .where(
          'id',
          'in',
          db
            .selectFrom('receiver as r')
            .innerJoin('client as c', 'c.id', 'r.client_id')
            .select('r.id')
            .where('r.method', '=', 'push')
            .where('r.status', '=', 'enabled')
            .where('c.removed_at', 'is', null)
            .where(sql<boolean>`c.scopes ? 'signals'`)
            .where('r.removed_at', 'is', null)
            .where('r.push_after', '<=', sql<Date>`muster_now()`)
            .where(sql<boolean>`r.id <> all(${[...but]}::text[])`)
            .where(
              sql<boolean>`(exists (select from revocation v where v.xid >= coalesce(r.watermark, '0'::xid8) and v.expires_at > muster_now())
                or exists (select from receiver_event e where e.receiver_id = r.id))`,
            )
            .orderBy('r.push_after')
            .limit(most)
            .forUpdate('r')
            .skipLocked(),
        )
        .returning(columns)
      return (await executePoint(db, claiming)).map(toReceiver)
    },
    async pushed(id, { watermark, failed, generation }) {
      await db
        .updateTable('receiver')
        .set({
          push_failures: failed ? sql<number>`push_failures + 1` : 0,
          failing_since: failed ? sql<Date>`coalesce(failing_since, muster_now())` : null,
          push_after: failed ? sql<Date>`muster_now() + least(300, 2 ^ least(push_failures, 10)) * interval '1 second'` : sql<Date>`muster_now()`,
          watermark: sql<string>`case when generation = ${generation} then ${String(watermark)}::xid8 else watermark end`,
        })
        .where('id', '=', id)
        .execute()
    },
    async deleteLapsed(seconds) {
      const ago = (secondsAgo: number) => sql<Date>`muster_now() - make_interval(secs => ${secondsAgo}::int)`
      await db
        .deleteFrom('receiver')
        .where('method', '=', 'poll')
        .where(sql<boolean>`greatest(lease_until, heard_at) < ${ago(seconds)}`)
        .execute()
      await db.deleteFrom('receiver').where('method', '=', 'server').where('lease_until', '<', ago(60)).execute()
      await sql`delete from receiver r using client c where c.id = r.client_id and coalesce(r.removed_at, c.removed_at) is not null
        and (r.method <> 'poll' or r.lease_until < muster_now())`.execute(db)
      await db.deleteFrom('revocation_ack').where('at', '<', ago(900)).execute()
    },
  }
}

/** Makes the other processes read the stream at once. Without this notice, they would read it within a second. */
async function notifyStream(db: Kysely<Tables>, id: string): Promise<void> {
  await sql`select pg_notify('muster_stream', ${id})`.execute(db)
}
