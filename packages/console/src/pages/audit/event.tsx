import { Link } from '@tanstack/react-router'
import { sayEvent } from '../../lib/events.ts'
import { exactTime } from '../../lib/time.ts'
import { Actor } from '../../ui/actor.tsx'
import { Button } from '../../ui/button.tsx'
import { Copyable } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Fact, Facts } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import type { AuditEvent, AuditFilter } from './data.ts'

/** `endedSessions` as "Ended sessions". */
const named = (field: string): string => {
  const words = field.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
const said = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value))
const isId = (value: unknown): value is string => typeof value === 'string' && /^[a-z]{3}_[0-9a-z]{26}$/.test(value)

interface Props {
  event: AuditEvent
  onClose: () => void
  onFilter: (change: Partial<AuditFilter>) => void
}

/** Everything that was written down of one event. */
export function EventDialog({ event, onClose, onFilter }: Props) {
  const { actor, target, details } = event
  const more = Object.entries(details).filter(([, value]) => value !== null && value !== '')
  return (
    <Dialog
      open
      onClose={onClose}
      title={sayEvent(event)}
      foot={
        <>
          {(actor.name ?? actor.id) && (
            <Button onClick={() => onFilter({ actor: actor.name ?? actor.id ?? undefined })}>All by {actor.name ?? actor.id}</Button>
          )}
          <Button onClick={() => onFilter({ target: (knownByName.test(target.id) && target.name) || target.id })}>
            All about {target.id.startsWith('key_') ? 'this key' : (target.name ?? 'this')}
          </Button>
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <Facts>
        <Fact name="When">
          {exactTime(new Date(event.at))}
          <span className="text-muted">
            , <Time at={event.at} still />
          </span>
        </Fact>
        <Fact name="Event">
          <code>{event.action}</code>
          {event.outcome === 'refused' && (
            <span className="ml-3">
              <Status tone="danger">Refused</Status>
            </span>
          )}
        </Fact>
        <Fact name="By">
          <Actor actor={actor} />
          {actor.key_id && <span className="text-muted"> with a key</span>}
          {actor.id && actor.id !== actor.kind && <Id text={actor.id} what="the id of who did it" />}
          {actor.key_id && <Id text={actor.key_id} what="the id of the key" />}
          {actor.session_id && <Id text={actor.session_id} what="the id of the session" />}
        </Fact>
        <Fact name="To">
          <Target target={target} />
          <Id text={target.id} what="the id of what it was done to" />
        </Fact>
        {more.map(([field, value]) => (
          <Fact key={field} name={named(field)}>
            {isId(value) ? <Id text={value} what={`the value of ${named(field).toLowerCase()}`} /> : said(value)}
          </Fact>
        ))}
        <Fact name="From">{event.address}</Fact>
        <Fact name="Request">
          <Id text={event.request_id} what="the request id" />
        </Fact>
        <Fact name="Event id">
          <Id text={event.id} what="the event id" />
        </Fact>
      </Facts>
    </Dialog>
  )
}

/** Others go by their id: an address may be invited twice, and two keys described alike. */
const knownByName = /^(usr|sva|res)_/

/** By the name of today, leading to its page or to where it is listed. */
function Target({ target: { id, name } }: Pick<AuditEvent, 'target'>) {
  if (name === null) return null
  if (id.startsWith('usr_'))
    return (
      <Link to="/users/$user" params={{ user: name }} className="link">
        {name}
      </Link>
    )
  if (id.startsWith('sva_'))
    return (
      <Link to="/keys/service-accounts/$account" params={{ account: name }} className="link">
        {name}
      </Link>
    )
  if (id.startsWith('inv_'))
    return (
      <Link to="/users/invitations" search={{ q: name }} className="link">
        {name}
      </Link>
    )
  return <>{name}</>
}

const Id = ({ text, what }: { text: string; what: string }) => (
  <span className="flex min-w-0 text-muted">
    <Copyable text={text} label={`Copy ${what}`} />
  </span>
)
