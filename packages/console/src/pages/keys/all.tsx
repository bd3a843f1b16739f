import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Filter } from '../../ui/form/filter.tsx'
import { Listing } from '../../ui/listing.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Empty, Notice } from '../../ui/states.tsx'
import { useKeyActions } from './actions.tsx'
import { keyColumns } from './columns.tsx'
import { allKeysQuery } from './data.ts'
import { KeysFrame } from './frame.tsx'

/** All keys of the organization. A filter shows the keys that must be rolled. */
export function AllKeysPage() {
  const { may } = useSession()
  return (
    <KeysFrame>
      {may('keys:read') ? (
        <AllKeys />
      ) : (
        <NotInRole
          subject="the keys of all members"
          instead={
            <Link to="/keys" className="link">
              See your own keys
            </Link>
          }
        />
      )}
    </KeysFrame>
  )
}

function AllKeys() {
  const { organization } = useSession()
  const { roll } = useSearch({ from: '/keys/all' })
  const navigate = useNavigate({ from: '/keys/all' })
  const list = useInfiniteQuery(allKeysQuery(organization.id))
  const actions = useKeyActions('any')
  const { hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage } = list
  useEffect(() => {
    if (roll && hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage()
  }, [roll, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage])

  const keys = list.data?.pages.flatMap(({ items }) => items) ?? []
  const toRoll = keys.filter(({ created_by_left }) => created_by_left)
  const show = (value: true | undefined) => void navigate({ search: { roll: value }, replace: true, resetScroll: false })
  return (
    <>
      {toRoll.length > 0 && !roll && (
        <Notice title={`${plural(toRoll.length, 'key')} to roll`} tone="paused">
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="max-w-[68ch]">
              {toRoll.length === 1
                ? 'Its creator is no longer active in this organization and could have copied it. Create a new key, put it in place, then revoke the old one.'
                : 'Their creators are no longer active in this organization and could have copied them. Create new keys, put them in place, then revoke the old ones.'}
            </p>
            <Button onClick={() => show(true)}>Show {toRoll.length === 1 ? 'key' : 'keys'}</Button>
          </div>
        </Notice>
      )}
      <search aria-label="Filter keys" className="flex flex-wrap items-center gap-2">
        <Filter
          label="Keys"
          value={roll ? 'roll' : undefined}
          onChange={(value) => show(value === 'roll' ? true : undefined)}
          none="All keys"
          options={[['roll', 'To roll']]}
        />
      </search>
      <Listing
        label="All keys"
        list={list}
        rows={roll ? toRoll : keys}
        columns={keyColumns({ menuFor: actions.menuFor, show: actions.show, showHolder: true, showCreator: true })}
        keyOf={({ id }) => id}
        empty={
          roll ? (
            <Empty title="No keys to roll" action={<Button onClick={() => show(undefined)}>Show all keys</Button>}>
              The creators of all keys are still active in this organization.
            </Empty>
          ) : (
            <Empty title="No keys yet" command="muster key list --all">
              Keys of members and service accounts appear here, with their creators and when they were last used.
            </Empty>
          )
        }
      />
      {keys.length > 0 && (
        <div className="max-w-md">
          <ShowCommand>muster key list --all</ShowCommand>
        </div>
      )}
      {actions.dialogs}
    </>
  )
}
