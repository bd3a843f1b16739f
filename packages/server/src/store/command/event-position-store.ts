import type { OrganizationId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { EventPositionStore, FeedOf, FeedPlace, PositionsGiven, SequencerState } from '../../domain/command/store.ts'
import type { AuditEventTable, Tables } from '../tables.ts'
import { withNames } from './audit-store.ts'

// The order of the feed (P18). Decision 0073 proves it: each pass takes, of all committed events without a position, those with the lowest numbers.

/** A pass of this many takes a fraction of a second. */
const PASS_MOST = 2_000
/** A notice has at most 8,000 bytes. */
const LISTED_MOST = 100
const EARLIEST = '0'
/** The hint moves after so many transactions. Moving it in each pass would leave a dead row in each. */
const HINT_TRANSACTIONS = 1_000

export const eventPositionStore = (db: Kysely<Tables>): EventPositionStore => ({
  async lock() {
    // The planner has no statistics of event_arrival, which is empty most of the time, and would read all of its dead rows.
    const { rows } = await sql<SequencerState>`
      select read_from::text as "readFrom", backlog_after < backlog_until as "hasBacklog", set_config('enable_seqscan', 'off', true)
      from event_sequencer for update skip locked`.execute(db)
    const [state] = rows
    return state ? { readFrom: state.readFrom, hasBacklog: state.hasBacklog } : null
  },
  async give({ readFrom, hasBacklog }, { thorough = false } = {}) {
    // The statement after the lock, so its snapshot sees the positions of every pass before.
    const { rows } = await (hasBacklog ? giveToBacklog : giveToArrivals(readFrom, thorough)).execute(db)
    return given(rows[0] as Given)
  },
  async look() {
    const { rows } = await sql<{ last: bigint; areWaiting: boolean }>`
      select (${lastPosition}) as last,
        backlog_after < backlog_until or exists (select from event_arrival where xid >= read_from) as "areWaiting"
      from event_sequencer`.execute(db)
    return rows[0] ?? { last: 0n, areWaiting: false }
  },
  async newest(feed) {
    const { position, isOfFeed } = columnsOf(feed)
    const { rows } = await sql<FeedPlace>`
      select ${position} as position, e.id from event_position p join audit_event e on e.seq = p.seq where ${isOfFeed} order by ${position} desc limit 1`.execute(
      db,
    )
    return rows[0] ?? null
  },
  async isIn(feed, { position: asked, id }) {
    const { position, isOfFeed } = columnsOf(feed)
    const { rows } = await sql`
      select from event_position p join audit_event e on e.seq = p.seq where ${isOfFeed} and ${position} = ${asked}::bigint and e.id = ${id}`.execute(db)
    return rows.length > 0
  },
  async after(feed, after, limit) {
    const { position, isOfFeed } = columnsOf(feed)
    const { rows } = await sql<Selectable<AuditEventTable> & { position: bigint }>`
      select e.*, ${position} as position from event_position p join audit_event e on e.seq = p.seq
      where ${isOfFeed} and ${position} > ${after}::bigint order by ${position} limit ${limit}::int`.execute(db)
    const events = await withNames(db, rows)
    return events.map((event, index) => ({ ...event, position: (rows[index] as (typeof rows)[number]).position }))
  },
})

/** A caller of an organization's feed never learns a number of the installation. */
const columnsOf = (feed: FeedOf): { position: RawBuilder<bigint>; isOfFeed: RawBuilder<boolean> } =>
  feed === 'installation'
    ? { position: sql`p.position`, isOfFeed: sql`true` }
    : { position: sql`p.organization_position`, isOfFeed: sql`p.organization_id = ${feed}` }

const lastPosition = sql<bigint>`select coalesce(max(position), 0) from event_position`

interface Given {
  count: number
  last: bigint
  organizations: OrganizationId[]
  hasMore: boolean
}

const given = ({ count, last, organizations, hasMore }: Given): PositionsGiven => ({
  count,
  last,
  organizations: organizations.length > LISTED_MOST ? null : organizations,
  hasMore,
})

/** Writes the positions of the rows of `taken`, in the order of their numbers. `muster_events` is sent with the commit, to the pollers of all processes. */
const written = sql`
  numbered as (
    select seq, organization_id, row_number() over (order by seq) as place, row_number() over (partition by organization_id order by seq) as place_in_organization
    from taken),
  written as (
    insert into event_position (position, seq, organization_id, organization_position)
    select (${lastPosition}) + place, seq, organization_id, case when organization_id is not null
      then place_in_organization + coalesce((select max(organization_position) from event_position p where p.organization_id = numbered.organization_id), 0) end
    from numbered returning position, organization_id),
  news as (
    select count(*)::int as count, max(position) as last, coalesce((array_agg(distinct organization_id) filter (where organization_id is not null))[1:${sql.lit(LISTED_MOST + 1)}], '{}') as organizations
    from written)`

const answer = (hasMore: RawBuilder<boolean>): RawBuilder<Given> => sql<Given>`
  select count, coalesce(last, 0) as last, organizations, ${hasMore} as "hasMore", case when count > 0 then
    pg_notify('muster_events', last || ' ' || case when cardinality(organizations) > ${sql.lit(LISTED_MOST)} then '*' else array_to_string(organizations, ',') end)::text end
  from news`

/**
 * Deleting a row takes its event, so an event gets one position, and none is left out. `read_from` only saves time: nothing before it is left, so the dead rows of
 * earlier passes are not read, however long another transaction keeps them from being removed.
 */
const giveToArrivals = (readFrom: string, thorough: boolean): RawBuilder<Given> => {
  const from = sql`${thorough ? EARLIEST : readFrom}::xid8`
  const isFull = sql<boolean>`(count = ${sql.lit(PASS_MOST)})`
  return sql<Given>`
  with taken as (
    delete from event_arrival
    where ctid = any(array(select ctid from event_arrival where xid >= ${from} order by seq limit ${sql.lit(PASS_MOST)})) returning seq, organization_id),
  ${written},
  moved as (
    update event_sequencer set read_from = case when ${isFull} then ${EARLIEST}::xid8 else pg_snapshot_xmin(pg_current_snapshot()) end
    from news where only_row and (${thorough}::boolean or (not ${isFull} and pg_snapshot_xmin(pg_current_snapshot())::text::bigint - read_from::text::bigint >= ${sql.lit(HINT_TRANSACTIONS)})))
  ${answer(isFull)}`
}

/** Events from before the migration, or copied ones, which may have positions. */
const giveToBacklog: RawBuilder<Given> = sql<Given>`
  with part as (
    select e.seq, e.organization_id from event_sequencer s cross join lateral (
      select seq, organization_id from audit_event where seq > s.backlog_after and seq <= s.backlog_until order by seq limit ${sql.lit(PASS_MOST)}) e
    where s.only_row),
  taken as (select * from part where not exists (select from event_position p where p.seq = part.seq)),
  ${written},
  moved as (
    update event_sequencer set backlog_after = coalesce((select max(seq) from part having count(*) = ${sql.lit(PASS_MOST)}), backlog_until) where only_row)
  ${answer(sql`true`)}`

/**
 * After the rows of another database were copied into this one, or were restored: their transaction ids mean nothing here. Positions stay, and events without one
 * get theirs first. No server runs.
 */
export const beginPositionsAfresh = async (db: Kysely<any>): Promise<void> => {
  await sql`delete from event_arrival`.execute(db)
  await sql`update event_sequencer set read_from = '0', backlog_after = 0, backlog_until = (select coalesce(max(seq), 0) from audit_event)`.execute(db)
}

/** The last position and the organizations of a notice. Null: any organization. */
export function newsOfNotice(payload: string): [last: bigint, organizations: OrganizationId[] | null] {
  const [last = '0', organizations = ''] = payload.split(' ')
  return [BigInt(last), organizations === '*' ? null : (organizations.split(',').filter(Boolean) as OrganizationId[])]
}
