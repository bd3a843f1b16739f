import type { StreamId } from '@muster/contract/ids.ts'
import type { RevocationKind } from '@muster/contract/revocation.ts'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { ACCESS_TOKEN_SECONDS } from '../../domain/credentials/session.ts'
import type { RecordedRevocation, Revocation } from '../../domain/model/revocation.ts'
import { keepsLease, LEASE } from '../../domain/signals/receiver.ts'
import type { Receiver, RevocationStore, StandingReceiver } from '../../domain/signals/store.ts'
import { point } from '../database.ts'
import type { Tables } from '../tables.ts'

export interface RevocationRow {
  id: bigint | string
  xid: string
  kind: RevocationKind
  subject: string
  value: Record<string, unknown>
  at: Date | string
  expires_at: Date | string
  awaited: boolean
}

export const toRevocation = (row: RevocationRow): RecordedRevocation => ({
  id: BigInt(row.id),
  xid: BigInt(row.xid),
  kind: row.kind,
  subject: row.subject,
  value: row.value,
  at: new Date(row.at),
  expiresAt: new Date(row.expires_at),
  awaited: row.awaited,
})

/** Parses the notice that `insert` sends with the commit. @throws SyntaxError if Muster did not send it */
export const revocationOfNotice = (payload: string): RecordedRevocation => toRevocation(JSON.parse(payload) as RevocationRow)

/** Plain types, which the database writes and the driver reads in a third of the time. */
interface PageRow extends Omit<RevocationRow, 'id' | 'value' | 'at' | 'expires_at'> {
  watermark: string
  estimate?: number
  /** Null: the page is empty. */
  id: bigint | null
  value: string
  at: number
  expires_at: number
}

/** Other requests wait some milliseconds while a page is read. */
const PAGE = 2_000

/** Consecutive rows often have the same value, which is parsed once. */
const ofPage = (): ((row: PageRow) => RecordedRevocation) => {
  let text: string | undefined
  let value: RecordedRevocation['value'] = {}
  return ({ id, xid, kind, subject, value: json, at, expires_at: expiresAt, awaited }) => {
    if (json !== text) {
      text = json
      value = JSON.parse(json) as RecordedRevocation['value']
    }
    return { id: id as bigint, xid: BigInt(xid), kind, subject, value, at: new Date(at), expiresAt: new Date(expiresAt), awaited }
  }
}

/** Resource servers accept an expired token for a short time, because clocks differ (S54). Its revocation is delivered for longer. */
const SLACK_SECONDS = 60
/** After this many failed pushes, a stream is not waited for: the delay before the next push is longer than most requests wait. */
const FAILING_FROM = 3

export const revocationObject = sql`json_build_object('id', id::text, 'xid', xid::text, 'kind', kind, 'subject', subject, 'value', value, 'at', at, 'expires_at', expires_at,
  'awaited', awaited)`
/** Contains the whole row, so that listeners need no query. */
export const revocationNotice = sql`pg_notify('muster_revocation', ${revocationObject}::text)::text`

/** Collects the revocations of a transaction, which are written together. */
export interface RevocationRecords {
  /** `ended` gets its number when it is written, and its acknowledgements are then stored. */
  addRevocation(revocation: Revocation, ended?: bigint[]): void
  /** False if the same token was revoked before. Written at once, because the caller has to know. */
  revokeToken(revocation: Revocation & { kind: 'token' }, ended?: bigint[]): Promise<boolean>
  noteWritten(revocation: RecordedRevocation): void
}

/** Inserts them in their order, except for tokens that were revoked before. Stored for as long as a token issued before it can be valid. */
export function insertRevocations(revocations: readonly (Revocation & { awaited: boolean })[]): RawBuilder<unknown> {
  const rows = revocations.map(({ kind, subject, value, awaited, ...rest }) => ({
    kind,
    subject,
    value,
    awaited,
    until: 'expiresAt' in rest ? rest.expiresAt : null,
  }))
  return sql`
    insert into revocation (kind, subject, value, expires_at, awaited)
    select kind, subject, value, coalesce(until + make_interval(secs => ${SLACK_SECONDS}::int), muster_now() + make_interval(secs => ${ACCESS_TOKEN_SECONDS + SLACK_SECONDS}::int)), awaited
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(kind text, subject text, value jsonb, awaited boolean, until timestamptz)
    on conflict do nothing returning id, xid, kind, subject, value, at, expires_at, awaited`
}

export function revocationStore(db: Kysely<Tables>, records: RevocationRecords): RevocationStore {
  return {
    async insert(revocation, ended) {
      if (revocation.kind === 'token') return records.revokeToken(revocation, ended)
      records.addRevocation(revocation, ended)
      return true
    },
    async standingFor(kind, subjects) {
      if (subjects.length === 0) return []
      // Only acknowledgements of awaited revocations are stored, and watermarks at each renewal of a lease. A revocation that neither covers yet is inserted again.
      const { rows } = await sql<{ id: bigint; made: RevocationRow | null }>`
        with latest as (
          select distinct on (subject) * from revocation
          where kind = ${kind} and subject = any(${[...subjects]}::text[]) and expires_at > muster_now() order by subject, id desc),
        made as (
          insert into revocation (kind, subject, value, expires_at, awaited)
          select kind, subject, value, expires_at, true from latest
          where not awaited and kind <> 'token' and at > muster_now() - make_interval(secs => ${LEASE.most}::int)
          returning *)
        select id, ${revocationObject} as made, ${revocationNotice} from made
        union all select id, null, null from latest where not exists (select from made where made.subject = latest.subject)`.execute(db)
      for (const { made } of rows) if (made) records.noteWritten(toRevocation(made))
      return rows.map(({ id }) => BigInt(id))
    },
    async deleteExpired() {
      await db.deleteFrom('revocation').where('expires_at', '<', sql<Date>`muster_now() - interval '1 hour'`).execute()
    },
    async since(watermark, after) {
      // The watermark and the first page are from one snapshot: a revocation that is missing in it belongs to a transaction at or after the watermark. Later
      // pages see at least as much. So that a page reads only its own rows, it starts at the first id that it may contain.
      const start =
        after !== undefined
          ? sql`${String(after)}::bigint + 1`
          : watermark === 0n
            ? sql`0`
            : sql`(select min(id) from (select id from revocation where xid >= ${String(watermark)}::xid8 offset 0) since)`
      // As of the last ANALYZE, for a reader that has to make room.
      const estimate = watermark === 0n && after === undefined ? sql`, (select reltuples from pg_class where oid = 'revocation'::regclass) as estimate` : sql``
      const { rows } = await sql<PageRow>`
        select pg_snapshot_xmin(pg_current_snapshot())::text as watermark, page.*${estimate}
        from (select 1) one left join (
          select id, xid::text as xid, kind, subject, value::text as value, round(date_part('epoch', at) * 1000) as at, round(date_part('epoch', expires_at) * 1000) as expires_at,
            awaited
          from revocation where id >= ${start} and xid >= ${String(watermark)}::xid8 and expires_at > muster_now() order by id limit ${PAGE}
        ) page on true order by page.id`.execute(db)
      const revocations = rows.filter(({ id }) => id !== null).map(ofPage())
      return {
        watermark: BigInt(rows[0]?.watermark ?? 0),
        estimate: rows[0]?.estimate,
        revocations,
        next: revocations.length < PAGE ? null : (revocations.at(-1) as RecordedRevocation).id,
      }
    },
    async acknowledge(acks) {
      if (acks.length === 0) return
      const rows = acks.map(({ revocationId, receivers }) => ({ id: String(revocationId), receivers }))
      await sql`${point}
        with batch as (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as b(id bigint, receivers jsonb)),
        made as (insert into revocation_ack (revocation_id, receivers) select id, array(select jsonb_array_elements_text(receivers)) from batch)
        select pg_notify('muster_ack', (select string_agg(id::text, ',') from (select id from batch limit 100) first))`.execute(db)
    },
    async standing(ids, { serversOnly = false } = {}) {
      const { rows } = await sql<StandingRow>`${point}
        with selected as (select v.* from revocation v where v.id = any(${`{${ids.join(',')}}`}::bigint[])),
        acks as (select a.revocation_id, receiver from selected join revocation_ack a on a.revocation_id = selected.id cross join unnest(a.receivers) receiver)
        select muster_now() as now,
          coalesce((select json_agg(${revocationObject}) from selected), '[]') as selected,
          r.*, array(
            select selected.id::text from selected where not coalesce(selected.xid < r.watermark, false)
              and not exists (select from acks where acks.revocation_id = selected.id and acks.receiver = r.id)) as unacknowledged
        from (select 1) one left join (
          select r.id, r.description, r.method, r.events_requested as "eventsRequested", r.excluded, r.watermark, r.lease_until, r.push_failures,
            r.lease_until > muster_now() as leased, r.status = 'enabled' and c.removed_at is null and coalesce(c.scopes ? 'signals', true) and r.removed_at is null as served
          from receiver r left join client c on c.id = r.client_id
          where ${serversOnly ? sql`r.method = 'server'` : sql`true`}) r on r.leased or r.served
        order by r.id`.execute(db)
      const revocations = (rows[0]?.selected ?? []).map(toRevocation)
      return { now: rows[0]?.now ?? new Date(), revocations, receivers: rows.filter(isCounted).map(toStanding) }
    },
  }
}

interface StandingRow extends Pick<Receiver, 'description' | 'method' | 'eventsRequested' | 'excluded'> {
  now: Date
  selected: RevocationRow[]
  id: StreamId | null
  lease_until: Date
  push_failures: number
  /** `lease_until` is in the future, also for a receiver that has no lease. */
  leased: boolean
  /** It gets revocations: the stream is enabled, and its client exists and may receive them. */
  served: boolean
  unacknowledged: string[]
}

/**
 * A receiver with a lease counts until the lease expires, even if its stream or client has been removed: until then it may accept a revoked credential. A receiver
 * without a lease counts as long as it is served.
 */
const isCounted = (row: StandingRow): row is StandingRow & { id: StreamId } => row.id !== null && (keepsLease(row) ? row.leased : row.served)

const toStanding = ({ lease_until, push_failures, leased, ...row }: StandingRow & { id: StreamId }): StandingReceiver => ({
  id: row.id,
  description: row.description,
  eventsRequested: row.eventsRequested,
  excluded: row.excluded,
  leaseUntil: keepsLease(row) ? lease_until : null,
  unacknowledged: new Set(row.unacknowledged.map(BigInt)),
  isServer: row.method === 'server',
  silent: row.method === 'push' ? push_failures >= FAILING_FROM : !leased,
})
