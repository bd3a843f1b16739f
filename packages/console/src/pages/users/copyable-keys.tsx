import { useQuery } from '@tanstack/react-query'
import type { Member } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { Consequences } from '../../ui/dialog.tsx'
import { copyableKeysQuery } from './data.ts'

/** Service account keys that the member could have copied. They stay valid after the member is deactivated or removed (S37). */
export function CopyableKeys({ member }: { member: Member }) {
  const { organization } = useSession()
  const { data: keys, isPending, isError } = useQuery(copyableKeysQuery(organization.id, member.id))
  if (isPending) return <Consequences title="Still valid" items={['Loading the service account keys that they created']} />
  if (isError) return <Consequences title="Still valid" items={['Service account keys that they created. You will see the list in the next step.']} />
  // As high as the line before it, so that the buttons do not move when the list has loaded.
  if (keys.length === 0) return <Consequences title="Still valid" items={['Nothing: they created no service account keys']} />
  return (
    <div>
      <Consequences title="Still valid" items={keys.map(({ holder, description }) => `${holder.name}: ${description}`)} />
      <p className="mt-1 text-sm text-muted">
        {member.username} created {keys.length === 1 ? 'this service account key' : `these ${plural(keys.length, 'service account key')}`} and could have copied{' '}
        {keys.length === 1 ? 'it' : 'them'}. You can roll {keys.length === 1 ? 'it' : 'them'} in the next step.
      </p>
    </div>
  )
}
