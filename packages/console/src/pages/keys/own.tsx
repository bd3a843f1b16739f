import { useInfiniteQuery } from '@tanstack/react-query'
import Plus from 'lucide-react/icons/plus'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Listing } from '../../ui/listing.tsx'
import { Empty } from '../../ui/states.tsx'
import { useKeyActions } from './actions.tsx'
import { keyColumns } from './columns.tsx'
import { CreateKeyDialog } from './create.tsx'
import { ownKeysQuery } from './data.ts'
import { KeysFrame } from './frame.tsx'

/** The user's own keys. They act as the user in the organization where they were created. */
export function OwnKeysPage() {
  const { organization } = useSession()
  const list = useInfiniteQuery(ownKeysQuery)
  const [creating, setCreating] = useHashDialog('create')
  const actions = useKeyActions('own')
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <KeysFrame
      action={
        <Button kind="primary" onClick={() => setCreating(true)}>
          <Plus aria-hidden size={15} />
          Create key
        </Button>
      }
    >
      <Listing
        label="Your keys"
        list={list}
        rows={rows}
        columns={keyColumns({ menuFor: actions.menuFor, show: actions.show })}
        keyOf={({ id }) => id}
        empty={
          <Empty
            title="You have no keys"
            action={<Button onClick={() => setCreating(true)}>Create your first key</Button>}
            command={'muster key create "laptop"'}
          >
            Use a key for your own scripts and tools. It acts as you in {organization.name} until you revoke it or leave. For anything that others depend on,
            use a service account.
          </Empty>
        }
      />
      {rows.length > 0 && (
        <div className="max-w-md">
          <ShowCommand>{'muster key create "nightly backup"'}</ShowCommand>
        </div>
      )}
      {creating && <CreateKeyDialog onClose={() => setCreating(false)} />}
      {actions.dialogs}
    </KeysFrame>
  )
}
