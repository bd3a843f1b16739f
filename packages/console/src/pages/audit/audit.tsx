import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import Download from 'lucide-react/icons/download'
import { useCallback, useState } from 'react'
import { addressOf, describeEvent } from '../../lib/events.ts'
import { useSession } from '../../lib/session.ts'
import { Actor, ActorName, Via } from '../../ui/actor.tsx'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { cx } from '../../ui/cx.ts'
import { Listing } from '../../ui/listing.tsx'
import { Menu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { below, type Column, Truncated } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { type AuditEvent, type AuditFilter, auditQuery, downloadAudit, type Format, formats, optionsOf } from './data.ts'
import { EventDialog } from './event.tsx'
import { AuditFilters } from './filters.tsx'

const frame = {
  title: 'Audit log',
  breadcrumbs: ['Configuration', 'Organization'],
  lead: "Everything that happened in this organization, with its actor and time. Events can't be changed or deleted.",
}

/** The audit log of the organization. */
export function AuditPage() {
  const { may } = useSession()
  if (may('audit:read')) return <AuditLog />
  return (
    <Page {...frame}>
      <NotInRole
        subject="the audit log"
        instead={
          <>
            You can still see{' '}
            <Link to="/sessions" className="link">
              your own sessions and tokens
            </Link>
            .
          </>
        }
      />
    </Page>
  )
}

function AuditLog() {
  const { organization } = useSession()
  const filter = useSearch({ from: '/audit' })
  const navigate = useNavigate({ from: '/audit' })
  const list = useInfiniteQuery(auditQuery(organization.id, filter))
  const [shown, setShown] = useState<AuditEvent | null>(null)
  const filterBy = useCallback(
    (change: Partial<AuditFilter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const filtered = Object.values(filter).some((value) => value !== undefined)
  const exporting = useMutation({
    mutationFn: (format: Format) => downloadAudit(organization, filter, format),
    onSuccess: (_, format) =>
      toast.done(`Audit log exported as ${formats[format].word}`, {
        description: filtered ? 'Events that match the filters, oldest first.' : 'All events, oldest first.',
      }),
    onError: (error) => toast.fail(error),
  })
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []

  const columns: Column<AuditEvent>[] = [
    {
      header: 'Event',
      cell: (event) => (
        <div className="min-w-0 py-1">
          <p className="flex min-w-0 items-center gap-3">
            <button
              type="button"
              onClick={() => setShown(event)}
              className="row-link min-h-7 min-w-0 truncate text-left font-normal! @max-4xl:line-clamp-2 @max-4xl:leading-tight @max-4xl:whitespace-normal"
              title={describeEvent(event)}
            >
              {describeEvent(event)}
            </button>
            {event.outcome === 'refused' && (
              <span className="text-xs">
                <Status tone="danger">Refused</Status>
              </span>
            )}
          </p>
          <p className={cx('truncate text-xs text-muted', below.middle)}>
            <ActorName actor={event.actor} /> · <Time at={event.at} still />
          </p>
        </div>
      ),
    },
    {
      header: 'Actor',
      cell: ({ actor }) => (
        <div className="min-w-0 py-1">
          <span className="block truncate">
            <Actor actor={actor} />
          </span>
          {/* A line of its own, because both names together are wider than the column. */}
          {actor.via && (
            <span className="line-clamp-2 text-xs leading-tight break-words" title={actor.via.name}>
              <Via actor={actor} />
            </span>
          )}
        </div>
      ),
      className: 'w-36 @4xl:w-44',
      from: 'sm',
    },
    { header: 'IP address', cell: (event) => <Truncated muted>{addressOf(event)}</Truncated>, className: 'w-36', from: 'lg' },
    { header: 'Time', cell: ({ at }) => <Time at={at} still />, className: 'w-32', from: 'sm' },
  ]

  return (
    <Page
      {...frame}
      action={
        <Menu
          trigger={
            <Button busy={exporting.isPending}>
              <Download aria-hidden size={15} />
              {exporting.isPending ? 'Exporting' : 'Export'}
            </Button>
          }
          groups={[
            (Object.keys(formats) as Format[]).map((format) => ({
              label: `${filtered ? 'Filtered events' : 'All events'} as ${formats[format].word}`,
              onSelect: () => exporting.mutate(format),
            })),
          ]}
        />
      }
    >
      <div className="flex flex-col gap-4">
        <AuditFilters filter={filter} onChange={filterBy} />
        <Listing
          label="Audit log"
          list={list}
          rows={rows}
          columns={columns}
          keyOf={({ id }) => id}
          empty={
            <Empty
              title={filtered ? 'No matching events' : 'No events yet'}
              action={
                filtered && (
                  <Button onClick={() => filterBy({ actor: undefined, target: undefined, action: undefined, from: undefined, to: undefined })}>
                    Clear filters
                  </Button>
                )
              }
              command={`muster audit list${optionsOf(filter)}`}
            >
              {filtered && 'Search for users, service accounts and resources by name or id, and for everything else by id.'}
            </Empty>
          }
        />
        {rows.length > 0 && <ShowCommand>{[`muster audit list${optionsOf(filter)}`, `muster audit export${optionsOf(filter)}`]}</ShowCommand>}
      </div>
      {shown && (
        <EventDialog
          event={shown}
          onClose={() => setShown(null)}
          onFilter={(change) => {
            setShown(null)
            filterBy(change)
          }}
        />
      )}
    </Page>
  )
}
