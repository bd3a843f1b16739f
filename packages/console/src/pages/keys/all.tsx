import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { AdminsOnly } from '../../ui/admins-only.tsx'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Filter } from '../../ui/form/filter.tsx'
import { Listing } from '../../ui/listing.tsx'
import { Empty, Notice } from '../../ui/states.tsx'
import { useKeyActions } from './actions.tsx'
import { keyColumns } from './columns.tsx'
import { allKeysQuery } from './data.ts'
import { KeysFrame } from './frame.tsx'

/** Every key of the organization that works, and which of them are to be rolled. */
export function AllKeysPage() {
  const { may } = useSession()
  return (
    <KeysFrame>
      {may('keys:read') ? (
        <AllKeys />
      ) : (
        <AdminsOnly
          what="The keys of everybody"
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
              {toRoll.length === 1 ? 'It was' : 'They were'} made by somebody who is no longer active here and could have copied{' '}
              {toRoll.length === 1 ? 'it' : 'them'}. Make another, put it in place, and revoke the one before.
            </p>
            <Button onClick={() => show(true)}>Show {toRoll.length === 1 ? 'it' : 'them'}</Button>
          </div>
        </Notice>
      )}
      <search aria-label="Filter the keys" className="flex flex-wrap items-center gap-2">
        <Filter
          label="Which keys"
          value={roll ? 'roll' : undefined}
          onChange={(value) => show(value === 'roll' ? true : undefined)}
          none="Every key"
          options={[['roll', 'To be rolled']]}
        />
      </search>
      <Listing
        label="All keys"
        list={list}
        rows={roll ? toRoll : keys}
        columns={keyColumns({ menuFor: actions.menuFor, show: actions.show, holder: true, maker: true })}
        keyOf={({ id }) => id}
        empty={
          roll ? (
            <Empty title="No key is to be rolled" action={<Button onClick={() => show(undefined)}>Show every key</Button>}>
              Every key that works was made by somebody who is still active here.
            </Empty>
          ) : (
            <Empty title="There are no keys" command="muster key list --all">
              Keys of members and of service accounts stand here, with who made them and where they were used last.
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
