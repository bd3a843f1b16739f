import { type AuditEventId, isId } from '@muster/contract/ids.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'
import type { FeedOf, FeedPlace, PositionedEvent } from './store.ts'

// The feed of events (P20). A cursor names an event and its position, so that a reader notices when a restore has put another event there, or none.

/** Before the first event. */
export const START = 'start'
/** After the newest event. */
export const NOW = 'now'

export const formatFeedCursor = ({ position, id }: FeedPlace): string => `${position}-${id}`

/**
 * The place in a feed that a reader names. A cursor of another feed looks like one that was never given out.
 * @throws Problem invalid_request, cursor_gone
 */
export async function findFeedPlace(tx: Pick<Tx, 'eventPositions'>, feed: FeedOf, after: string): Promise<FeedPlace | null> {
  if (after === START) return null
  if (after === NOW) return tx.eventPositions.newest(feed)
  const place = parseFeedCursor(after)
  if (!(await tx.eventPositions.isIn(feed, place))) throw new Problem('cursor_gone')
  return place
}

/** @throws Problem invalid_request */
function parseFeedCursor(text: string): FeedPlace {
  const [, position = '', id = ''] = /^([1-9]\d{0,14})-(\w+)$/.exec(text) ?? []
  if (!isId('auditEvent', id)) {
    const message = `This is no cursor of an event. Use ${START}, ${NOW}, or a cursor that this feed has returned.`
    throw new Problem('invalid_request', `after: ${message}`, { extensions: { errors: [{ field: 'after', message }] } })
  }
  return { position: BigInt(position), id: id as AuditEventId }
}

/** The cursor that continues after these events. */
export function cursorAfter(events: readonly PositionedEvent[], before: FeedPlace | null): string {
  const last = events.at(-1) ?? before
  return last ? formatFeedCursor(last) : START
}
