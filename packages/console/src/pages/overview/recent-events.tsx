import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { describeEvent } from '../../lib/events.ts'
import { useSession } from '../../lib/session.ts'
import { ActorName } from '../../ui/actor.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Card } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { recentEventsQuery } from './data.ts'

/** The latest events of the audit log, for admins. */
export function RecentEvents() {
  const { organization } = useSession()
  const query = useQuery(recentEventsQuery(organization.id))
  return (
    <Card
      title="Recent activity"
      padded={false}
      action={
        <Link to="/audit" className="link text-sm">
          Audit log
        </Link>
      }
    >
      <Loaded query={query} rows={6} label="Loading recent activity">
        {(events) => (
          <ol aria-label="Recent events" className="text-sm">
            {events.map((event) => (
              <li key={event.id} className="flex min-h-9 flex-wrap items-center gap-x-4 gap-y-0.5 border-t border-line px-5 py-1.5 first:border-t-0">
                <span className="min-w-0 flex-[1_1_14rem] wrap-anywhere">
                  {describeEvent(event)}
                  {event.outcome === 'refused' && (
                    <span className="ml-2">
                      <Status tone="danger">Refused</Status>
                    </span>
                  )}
                </span>
                <span className="flex-none text-muted">
                  <ActorName actor={event.actor} />, <Time at={event.at} still />
                </span>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Card>
  )
}
