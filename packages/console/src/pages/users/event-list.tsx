import { infiniteQueryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'
import { describeEvent } from '../../lib/events.ts'
import { Actor } from '../../ui/actor.tsx'
import { Button } from '../../ui/button.tsx'
import { Status } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'

/** Whether the user is the actor or the target of the events. */
export type Side = 'actor' | 'target'

export const userEventsQuery = (org: string, side: Side, user: string) =>
  infiniteQueryOptions({
    queryKey: ['audit', org, side, user],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(api.GET('/v1/organizations/{org}/audit-events', { signal, params: { path: { org }, query: { [side]: user, cursor, limit: 25 } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

interface Props {
  events: Schemas['AuditEvent'][]
  more: (() => void) | undefined
  loading: boolean
  /** The text for an empty list. */
  empty: string
}

/** Events, newest first, each with its actor and time. */
export function EventList({ events, more, loading, empty }: Props) {
  if (events.length === 0) return <p className="px-5 py-4 text-sm text-muted">{empty}</p>
  return (
    <>
      <ol className="text-sm">
        {events.map((event) => (
          <li key={event.id} className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-0.5 border-t border-line px-5 py-1.5 first:border-t-0">
            <span className="min-w-0 flex-[1_1_16rem] wrap-anywhere">
              {describeEvent(event)}
              {event.outcome === 'refused' && (
                <span className="ml-2">
                  <Status tone="danger">Refused</Status>
                </span>
              )}
            </span>
            <span className="min-w-0 flex-[0_1_12rem] text-muted">
              by <Actor actor={event.actor} className="link" />
            </span>
            <span className="w-36 text-muted">
              <Time at={event.at} />
            </span>
          </li>
        ))}
      </ol>
      {more && (
        <div className="border-t border-line px-5 py-3">
          <Button busy={loading} onClick={more}>
            Show earlier events
          </Button>
        </div>
      )}
    </>
  )
}
