import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import { useSession } from '../../app/session.tsx'
import type { Member } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Filter } from '../../ui/filter.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { SearchField } from '../../ui/search.tsx'
import { Card, Empty, Skeleton } from '../../ui/states.tsx'
import { MemberStatus } from '../../ui/status.tsx'
import { type Column, VirtualTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { type MemberFilter, membersQuery, organizationQuery } from './data.ts'
import { UsersFrame } from './frame.tsx'
import { useMemberActions } from './member-actions.tsx'

/** Everyone in the organization. */
export function UsersPage() {
  const { me, organization, may } = useSession()
  const filter = useSearch({ from: '/users' })
  const navigate = useNavigate({ from: '/users' })
  const list = useInfiniteQuery(membersQuery(organization.id, filter))
  const { data: counts } = useQuery(organizationQuery(organization.id))
  const actions = useMemberActions()

  const filterBy = useCallback(
    (change: Partial<MemberFilter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const search = useCallback((q: string) => filterBy({ q: q.trim() || undefined }), [filterBy])
  const filtered = filter.q !== undefined || filter.status !== undefined || filter.role !== undefined

  const columns: Column<Member>[] = [
    {
      header: 'User',
      cell: (member) => (
        <div className="min-w-0 py-1">
          <p className="truncate">
            <Link to="/users/$user" params={{ user: member.username }} className="row-link">
              {member.username}
            </Link>
            {member.id === me.id && <span className="ml-2 rounded border border-line px-1 text-xs text-muted">You</span>}
            <span className="ml-2 text-muted">{fullName(member)}</span>
          </p>
          <p className="flex items-center gap-2 text-xs text-muted sm:hidden">
            <MemberStatus status={member.status} /> <span aria-hidden>·</span> {member.role}
          </p>
        </div>
      ),
    },
    ...(may('members:read-email')
      ? [{ header: 'E-mail', cell: ({ email }: Member) => <span className="block truncate">{email ?? '—'}</span>, from: 'md' as const }]
      : []),
    { header: 'Role', cell: ({ role }) => (role === 'admin' ? 'Admin' : 'Member'), className: 'w-24', from: 'sm' },
    { header: 'Status', cell: ({ status }) => <MemberStatus status={status} />, className: 'w-36', from: 'sm' },
    ...(may('members:read-email')
      ? [
          {
            header: 'Last seen',
            cell: ({ last_seen_at: seen }: Member) => (seen ? <Time at={seen} still /> : <span className="text-muted">—</span>),
            className: 'w-36',
            from: 'md' as const,
          },
        ]
      : []),
    { header: 'Joined', cell: ({ joined_at }) => <Time at={joined_at} still />, className: 'w-36', from: 'lg' },
    {
      header: 'Actions',
      headerHidden: true,
      className: 'w-14 text-right',
      cell: (member) => <RowMenu label={`Actions for ${member.username}`} groups={actions.menuFor(member)} />,
    },
  ]

  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []
  const total = filtered || !counts ? undefined : counts.members + counts.deactivated_members

  return (
    <UsersFrame
      filters={
        <>
          <SearchField label={may('members:read-email') ? 'Search by username or e-mail' : 'Search by username'} value={filter.q ?? ''} onSearch={search} />
          <Filter
            label="Status"
            value={filter.status}
            onChange={(status) => filterBy({ status })}
            none="Active and deactivated"
            options={[
              ['active', 'Active'],
              ['deactivated', 'Deactivated'],
              ['left', 'Left'],
            ]}
          />
          <Filter
            label="Role"
            value={filter.role}
            onChange={(role) => filterBy({ role })}
            none="Every role"
            options={[
              ['admin', 'Admins'],
              ['member', 'Members'],
            ]}
          />
          {counts && (
            <p className="ml-auto text-sm text-muted">
              {counts.members.toLocaleString('en')} active
              {counts.deactivated_members > 0 && `, ${counts.deactivated_members.toLocaleString('en')} deactivated`}
            </p>
          )}
        </>
      }
    >
      {list.isPending ? (
        <Card padded={false}>
          <Skeleton rows={10} label="Loading the users" />
        </Card>
      ) : rows.length === 0 && list.error ? (
        <Failure error={list.error} onRetry={() => list.refetch()} />
      ) : rows.length === 0 ? (
        <Card padded={false}>
          <Empty
            title={filtered ? 'Nobody fits' : 'Nobody is here yet'}
            action={filtered && <Button onClick={() => filterBy({ q: undefined, status: undefined, role: undefined })}>Clear search and filters</Button>}
            command={filtered ? 'muster user list' : 'muster user invite ann@example.com'}
          >
            {filtered
              ? 'Names and addresses are searched in every part; fewer than three characters are looked for at the beginning. Whoever left is found with the status Left.'
              : 'Invite the people you work with: they get a mail, and are members once they accept.'}
          </Empty>
        </Card>
      ) : (
        <VirtualTable
          label="Users"
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          total={total}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          moreError={list.isFetchNextPageError ? list.error : undefined}
          onMore={() => void list.fetchNextPage()}
        />
      )}
      {rows.length > 0 && rows.length < 2 && !filtered && may('invitations:create') && (
        <Card padded={false}>
          <Empty title="You are alone in here" command="muster user invite ann@example.com">
            Invite the people you work with: they get a mail, and are members once they accept. Until then you see them under Invitations.
          </Empty>
        </Card>
      )}
      {actions.dialogs}
    </UsersFrame>
  )
}
