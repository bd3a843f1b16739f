import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { addressOf, describeEvent, detailsOf } from '../../lib/events.ts'
import { useSession } from '../../lib/session.ts'
import { exactTime } from '../../lib/time.ts'
import { Actor, Via } from '../../ui/actor.tsx'
import { Button } from '../../ui/button.tsx'
import { Copyable } from '../../ui/copy.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Fact, Facts } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { memberQuery } from '../users/data.ts'
import type { AuditEvent, AuditFilter } from './data.ts'

/** `endedSessions` as "Ended sessions". */
const fieldLabel = (field: string): string => {
  const words = field.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
const fieldValue = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value))
const isId = (value: unknown): value is string => typeof value === 'string' && /^[a-z]{3}_[0-9a-z]{26}$/.test(value)

interface Props {
  event: AuditEvent
  onClose: () => void
  onFilter: (change: Partial<AuditFilter>) => void
}

/** All details of one event: people and times first, ids last. */
export function EventDialog({ event, onClose, onFilter }: Props) {
  const { actor, target } = event
  const entries = Object.entries(detailsOf(event)).filter(([, value]) => value !== null && value !== '')
  const isPerson = (value: unknown): value is string => isId(value) && value.startsWith('usr_')
  // The actor and the target are not repeated here.
  const people = entries.filter((entry): entry is [string, string] => isPerson(entry[1]) && entry[1] !== actor.id && entry[1] !== target.id)
  const words = entries.filter(([, value]) => !isId(value))
  const ids = [
    ['Target', target.id],
    ['Actor', actor.id !== actor.kind ? actor.id : null],
    ...entries.filter(([, value]) => isId(value)).map(([field, value]) => [fieldLabel(field), value]),
    ['Key', actor.key_id],
    ['Session', actor.session_id],
    ['Event', event.id],
    ['Request', event.request_id],
  ].filter((pair): pair is [string, string] => Boolean(pair[1]))
  return (
    <Dialog
      open
      onClose={onClose}
      title={describeEvent(event)}
      foot={
        <>
          {(actor.name ?? actor.id) && (
            <Button onClick={() => onFilter({ actor: actor.name ?? actor.id ?? undefined })}>All by {actor.name ?? actor.id}</Button>
          )}
          <Button onClick={() => onFilter({ target: (hasUniqueName.test(target.id) && target.name) || target.id })}>
            All about {target.id.startsWith('key_') ? 'this key' : (target.name ?? 'this target')}
          </Button>
          <Button kind="primary" onClick={onClose}>
            Close
          </Button>
        </>
      }
    >
      <Facts>
        <Fact name="Actor">
          <Actor actor={actor} />
          <Via actor={actor} />
        </Fact>
        {target.name !== null && (
          <Fact name="Target">
            <Target target={target} />
          </Fact>
        )}
        {people.map(([field, id]) => (
          <Fact key={field} name={fieldLabel(field)}>
            <Person id={id} />
          </Fact>
        ))}
        <Fact name="Time">
          {exactTime(new Date(event.at))}
          <span className="text-muted">
            , <Time at={event.at} still />
          </span>
        </Fact>
        {words.map(([field, value]) => (
          <Fact key={field} name={fieldLabel(field)}>
            {fieldValue(value)}
          </Fact>
        ))}
        <Fact name="IP address">{addressOf(event)}</Fact>
        <Fact name="Event">
          <code>{event.action}</code>
          {event.outcome === 'refused' && (
            <span className="ml-3">
              <Status tone="danger">Refused</Status>
            </span>
          )}
        </Fact>
      </Facts>
      <div>
        <h3 className="mb-2 text-sm font-semibold">Ids</h3>
        <Facts>
          {ids.map(([name, id]) => (
            <Fact key={name} name={name}>
              <span className="flex min-w-0 text-muted">
                <Copyable text={id} label={`Copy the ${name.toLowerCase().replace(/ id$/, '')} id`} />
              </span>
            </Fact>
          ))}
        </Facts>
      </div>
    </Dialog>
  )
}

/** Targets that a name identifies. Others are filtered by id, because an address can be invited twice and two keys can have the same description. */
const hasUniqueName = /^(usr|sva|res)_/

/** The current name of the target, linked to its page or to its list. */
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

/** A current or former member by name, or by id until the name is loaded. */
function Person({ id }: { id: string }) {
  const { organization } = useSession()
  const { data: member } = useQuery({ ...memberQuery(organization.id, id), retry: false })
  if (!member) return <code className="text-muted wrap-anywhere">{id}</code>
  return (
    <Link to="/users/$user" params={{ user: member.username }} className="link">
      {member.username}
    </Link>
  )
}
