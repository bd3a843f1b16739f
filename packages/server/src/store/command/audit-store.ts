import type { AuditEventId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { AuditEvent, AuditFilter, AuditStore, RecordedEvent } from '../../domain/command/store.ts'
import { together } from '../../domain/command/together.ts'
import { point } from '../database.ts'
import { numberOfCursor, pageOf } from '../page.ts'
import type { AuditEventTable, Tables } from '../tables.ts'
import { namesOf } from './audit-names.ts'
import { splitPersonal, wholeEvents } from './personal-values.ts'

// A page is one walk of one index, however many events there are: first the events, and then their names. See decision 0055.

type Row = Selectable<AuditEventTable>
type Condition = RawBuilder<unknown>

/** Collects the events of a transaction, which are written together. */
export interface EventRecords {
  addEvent(event: AuditEvent): void
}

/** Inserts events in their order, and their personal values. */
export const insertEvents = (events: readonly AuditEvent[]): RawBuilder<unknown> => sql`with ${eventParts(events)} select`

/** The same as parts of a larger statement, which need not read them. */
export function eventParts(events: readonly AuditEvent[]): RawBuilder<unknown> {
  const columns = sql`id, type, outcome, actor_kind, actor_id, actor_session_id, actor_key_id, organization_id, target, details, request_id`
  const rows = events.map(({ actorKind, actorId, actorSessionId, actorKeyId, organizationId, requestId, address, ...event }) => ({
    ...event,
    ...splitPersonal({ ...event, address }),
    actor_kind: actorKind,
    actor_id: actorId,
    actor_session_id: actorSessionId,
    actor_key_id: actorKeyId,
    organization_id: organizationId,
    request_id: requestId,
  }))
  return sql`event as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as event (
        id text, type text, outcome text, actor_kind text, actor_id text, actor_session_id text, actor_key_id text, organization_id text, target text, details jsonb,
        request_id text, personal jsonb)),
    events as (insert into audit_event (${columns}) select ${columns} from event),
    personal as (insert into audit_personal (event_id, field, value) select id, key, value from event, jsonb_each_text(personal))`
}

/** Rows of events as they are read, with their personal values and the current names. */
export async function withNames(db: Kysely<Tables>, rows: readonly Row[]): Promise<RecordedEvent[]> {
  const [{ actorName, via, targetName }, whole] = await together(namesOf(db, rows), wholeEvents(db, rows))
  return rows.map((row) => ({
    ...whole(row),
    seq: row.seq,
    id: row.id as AuditEventId,
    at: row.at,
    type: row.type as RecordedEvent['type'],
    outcome: row.outcome,
    actorKind: row.actor_kind as RecordedEvent['actorKind'],
    actorId: row.actor_id,
    actorName: actorName(row),
    via: via(row),
    actorSessionId: row.actor_session_id,
    actorKeyId: row.actor_key_id,
    organizationId: row.organization_id,
    target: row.target,
    targetName: targetName(row),
    requestId: row.request_id ?? '',
  }))
}

export function auditStore(db: Kysely<Tables>, records: EventRecords): AuditStore {
  return {
    async page(filter, { limit, cursor }) {
      const before = numberOfCursor(cursor)
      const beyond = before === null ? [] : [sql`seq < ${before}`]
      const rows = await eventsOf(db, filter, beyond, { newestFirst: true, limit: limit + 1 })
      const page = pageOf(
        rows,
        limit,
        ({ seq }) => [String(seq)],
        (row) => row,
      )
      return { ...page, items: await withNames(db, page.items) }
    },
    async after(seq, filter, limit) {
      return withNames(db, await eventsOf(db, filter, [sql`seq > ${seq}`], { newestFirst: false, limit }))
    },
    async insert(event) {
      records.addEvent(event)
    },
  }
}

/** The events of a filter `beyond` a place in the sequence. */
async function eventsOf(
  db: Kysely<Tables>,
  { organizationId, requestId, actor, target, action, attempted, from, to }: AuditFilter,
  beyond: Condition[],
  { newestFirst, limit }: { newestFirst: boolean; limit: number },
): Promise<Row[]> {
  const conditions = [...beyond]
  // An array of one, because the planner leaves a column with one value out of the order, and then may walk the events of all organizations.
  if (requestId !== undefined) conditions.push(sql`request_id = any(${[requestId]}::text[])`)
  if (organizationId !== undefined) conditions.push(sql`organization_id = any(${[organizationId]}::text[])`)
  if (organizationId !== undefined && (from || to)) conditions.push(...(await boundsOf(db, organizationId, { from, to })))
  // `is true`, because the bounds of the sequence do this already, and no index of times is needed.
  if (from) conditions.push(sql`(at >= ${from}) is true`)
  if (to) conditions.push(sql`(at < ${to}) is true`)
  if (action !== undefined) conditions.push(ofAction(action))
  if (attempted !== undefined) conditions.push(sql`details ->> 'attempted' = ${attempted}`)
  if (actor && target) conditions.push(sql`actor_id = any(${[...actor]}::text[])`)
  // One walk for each id, because an index has no order over several.
  const ids = target?.map((id) => sql`target = ${id}`) ?? actor?.map((id) => sql`actor_id = ${id}`) ?? [sql`true`]
  // The index by organization and descending sequence has these two orders, and so has the one by request.
  const first = requestId !== undefined ? sql`request_id` : organizationId !== undefined ? sql`organization_id` : null
  const order = first === null ? [newestFirst ? sql`seq desc` : sql`seq`] : newestFirst ? [first, sql`seq desc`] : [sql`${first} desc`, sql`seq`]
  const inOrder = sql`order by ${sql.join(order)} limit ${limit}::int`
  const walks = ids.map((id) => sql`(select * from audit_event where ${sql.join([id, ...conditions], sql` and `)} ${inOrder})`)
  return (await sql<Row>`${sql.join(walks, sql` union all `)} ${walks.length === 1 ? sql`` : inOrder}`.execute(db)).rows
}

/** A whole type, or its noun before the dot. '/' is the character after '.' in ASCII. */
const ofAction = (action: string): Condition =>
  action.includes('.')
    ? sql`type collate "C" = ${action}`
    : sql`(type collate "C" = ${action} or (type collate "C" > ${`${action}.`} and type collate "C" < ${`${action}/`}))`

/**
 * A period as bounds of the sequence: the lowest and the highest number of its events. Numbers and times have nearly the same order, so hardly any other event lies
 * between them. The index of numbers and times finds both, in whatever order events were recorded.
 */
async function boundsOf(db: Kysely<Tables>, organizationId: string, { from, to }: Pick<AuditFilter, 'from' | 'to'>): Promise<Condition[]> {
  const nearest = (end: RawBuilder<unknown>) => sql`
    select seq from audit_event where organization_id = ${organizationId}
      and at >= ${from ?? '-infinity'}::timestamptz and at < ${to ?? 'infinity'}::timestamptz order by seq <-> ${end} limit 1`
  const { rows } = await sql<{ low: bigint | null; high: bigint | null }>`${point}
    select (${nearest(sql`0::bigint`)}) as low, (${nearest(sql`${sql.raw(String(Number.MAX_SAFE_INTEGER))}::bigint`)}) as high`.execute(db)
  const { low, high } = rows[0] ?? {}
  return low == null || high == null ? [sql`false`] : [sql`seq >= ${low}`, sql`seq <= ${high}`]
}
