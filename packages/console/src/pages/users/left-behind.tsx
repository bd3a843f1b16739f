import { useQuery } from '@tanstack/react-query'
import type { Member } from '../../lib/api.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { Consequences } from '../../ui/dialog.tsx'
import { copyableKeysQuery } from './data.ts'

/** Before somebody goes: the keys that go on working and that they could have copied (S37). */
export function CopyableKeys({ member }: { member: Member }) {
  const { organization } = useSession()
  const { data: keys, isPending, isError } = useQuery(copyableKeysQuery(organization.id, member.id))
  if (isPending) return <Consequences title="Goes on working" items={['Looking for keys of service accounts that they made']} />
  if (isError) return <Consequences title="Goes on working" items={['Keys of service accounts that they made: which, is said afterwards']} />
  if (keys.length === 0) return null
  return (
    <div>
      <Consequences title="Goes on working" items={keys.map(({ holder, description }) => `${holder.name}: ${description}`)} />
      <p className="mt-1 text-sm text-muted">
        {member.username} made {keys.length === 1 ? 'this key' : `these ${plural(keys.length, 'key')}`} of service accounts and could have copied{' '}
        {keys.length === 1 ? 'it' : 'them'}. The next step offers to roll {keys.length === 1 ? 'it' : 'each'}.
      </p>
    </div>
  )
}
