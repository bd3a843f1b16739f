import type { OrganizationId } from '@muster/contract/ids.ts'
import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely'
import type { EventPositionStore, FeedOf, FeedPlace, PositionsGiven } from '../../domain/command/store.ts'
import { point } from '../database.ts'
import type { AuditEventTable, Tables } from '../tables.ts'
import { withNames } from './audit-store.ts'

// The order of the feed (P18). Decision 0073 proves it: each pass takes, of all committed events without a position, those with the lowest numbers.

export const eventPositionStore = (db: Kysely<Tables>): EventPositionStore => ({
  async give({ thorough = false } = {}) {
    const { rows } = await sql<PositionsGiven>`${point}
      select given as count, last_position as last, organizations, has_more as "hasMore" from give_event_positions(${thorough}::boolean)`.execute(db)
    return rows[0] ?? null
  },
  async look() {
    const { rows } = await sql<{ last: bigint; areWaiting: boolean }>`${point}
      select (select coalesce(max(position), 0) from event_position) as last,
        backlog_after < backlog_until or exists (select from event_arrival where xid >= read_from) as "areWaiting"
      from event_sequencer`.execute(db)
    return rows[0] ?? { last: 0n, areWaiting: false }
  },
  async newest(feed) {
    const { position, isOfFeed } = columnsOf(feed)
    const { rows } = await sql<FeedPlace>`${point}
      select ${position} as position, e.id from event_position p join audit_event e on e.seq = p.seq where ${isOfFeed} order by ${position} desc limit 1`.execute(
      db,
    )
    return rows[0] ?? null
  },
  async isIn(feed, { position: asked, id }) {
    const { position, isOfFeed } = columnsOf(feed)
    const { rows } = await sql`${point}
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
