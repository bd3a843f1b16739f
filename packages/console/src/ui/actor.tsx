import { Link } from '@tanstack/react-router'
import type { Schemas } from '../lib/api.ts'

type AuditActor = Schemas['AuditEvent']['actor']

const kinds: Record<string, string> = { operator: 'The operator', system: 'Muster', anonymous: 'Not signed in' }

/** The current name of the actor, or its kind when it has no name. The operator has the name of a token (O12). */
export const ActorName = ({ actor }: { actor: AuditActor }) => {
  const token = actor.kind === 'operator' ? actor.id?.split(':')[1] : undefined
  return <>{actor.name ?? (token ? `The operator (${token})` : (kinds[actor.kind] ?? actor.kind))}</>
}

/** The application or the key that the actor acted by: "via web-dashboard", "by key deploy" (P17). */
export const Via = ({ actor: { via } }: { actor: AuditActor }) =>
  via && <span className="text-muted">{via.kind === 'key' ? ` by key ${via.name}` : ` via ${via.name}`}</span>

/** The name, linked to the page of the user or service account. */
export function Actor({ actor, className = 'row-link font-normal!' }: { actor: AuditActor; className?: string }) {
  if (actor.name && actor.id?.startsWith('usr_'))
    return (
      <Link to="/users/$user" params={{ user: actor.name }} className={className}>
        {actor.name}
      </Link>
    )
  if (actor.name && actor.id?.startsWith('sva_'))
    return (
      <Link to="/keys/service-accounts/$account" params={{ account: actor.name }} className={className}>
        {actor.name}
      </Link>
    )
  return <ActorName actor={actor} />
}
