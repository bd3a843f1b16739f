import { Link } from '@tanstack/react-router'
import type { Schemas } from '../lib/api.ts'

type Who = Schemas['AuditEvent']['actor']

const kinds: Record<string, string> = { operator: 'The operator', system: 'Muster', anonymous: 'Not signed in' }

/** By their name of today; a machine and the house itself by what they are. */
export const ActorName = ({ actor }: { actor: Who }) => <>{actor.name ?? kinds[actor.kind] ?? actor.kind}</>

/** The same, leading to whoever has a page. */
export function Actor({ actor, className = 'row-link font-normal!' }: { actor: Who; className?: string }) {
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
