import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useCallback } from 'react'
import type { Member } from '../../lib/api.ts'
import { fullName, quoted } from '../../lib/names.ts'
import { roleName, titleOf } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { Filter } from '../../ui/form/filter.tsx'
import { SearchField } from '../../ui/form/search.tsx'
import { Listing } from '../../ui/listing.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Card, Empty } from '../../ui/states.tsx'
import { MemberStatus } from '../../ui/status.tsx'
import { below, type Column, Truncated } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { builtInChoices, useRoles } from '../roles/role-field.tsx'
import { type MemberFilter, membersQuery, organizationQuery } from './data.ts'
import { UsersFrame } from './frame.tsx'
import { useMemberActions } from './member-actions.tsx'
import { PlanForOne, useIsPlanForOne } from './plan-notice.tsx'
import { FactorResets } from './reset-factors.tsx'

/** The users of the organization. */
export function UsersPage() {
  const { may } = useSession()
  if (may('members:read')) return <Users />
  return (
    <UsersFrame>
      <NotInRole subject="members" />
    </UsersFrame>
  )
}

function Users() {
  const { me, organization, may } = useSession()
  const filter = useSearch({ from: '/users' })
  const navigate = useNavigate({ from: '/users' })
  const list = useInfiniteQuery(membersQuery(organization.id, filter))
  const { data: counts } = useQuery({ ...organizationQuery(organization.id), enabled: may('organization:read') })
  const actions = useMemberActions()
  const planForOne = useIsPlanForOne()
  const roles = useRoles() ?? builtInChoices

  const filterBy = useCallback(
    (change: Partial<MemberFilter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const search = useCallback((q: string) => filterBy({ q: q.trim() || undefined }), [filterBy])
  const filtered = filter.q !== undefined || filter.status !== undefined || filter.role !== undefined

  const columns: Column<Member>[] = [
    {
      header: 'User',
      cell: (member) => {
        const name = fullName(member)
        return (
          <div className="min-w-0 py-1">
            <p className="flex min-w-0 items-baseline gap-2">
              <Link to="/users/$user" params={{ user: member.username }} title={member.username} className="row-link max-w-full flex-none truncate">
                {member.username}
              </Link>
              {member.id === me.id && <span className="flex-none rounded border border-line px-1 text-xs text-muted">You</span>}
              {name !== member.username && (
                <span title={name} className="min-w-0 truncate text-muted @max-4xl:hidden">
                  {name}
                </span>
              )}
            </p>
            <p className={cx('truncate text-xs text-muted', below.wide)} title={member.email}>
              {[name !== member.username && name, member.email].filter(Boolean).join(' · ')}
            </p>
            <p className={cx('flex min-w-0 items-center gap-1.5 text-xs whitespace-nowrap text-muted', below.middle)}>
              <MemberStatus status={member.status} suspended={!!member.suspended_at} /> · {roleName(member)}
              {member.status === 'active' ? (
                member.last_seen_at && (
                  <span className="truncate">
                    · seen <Time at={member.last_seen_at} still />
                  </span>
                )
              ) : (
                <span className="truncate">
                  · <Time at={member.status_since} still />
                </span>
              )}
            </p>
          </div>
        )
      },
    },
    ...columnsOf(filter.status, may('members:read-email')),
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
          <SearchField label={may('members:read-email') ? 'Search by username or email' : 'Search by username'} value={filter.q ?? ''} onSearch={search} />
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
            none="All roles"
            options={roles.map((role) => [role.id, role.built_in ? `${titleOf(role)}s` : role.name] as const)}
          />
          {counts && (
            <p className="ml-auto text-sm text-muted">
              {counts.members.toLocaleString('en')} active
              {counts.deactivated_members > 0 && `, ${counts.deactivated_members.toLocaleString('en')} deactivated`}
              {!counts.personal && filter.status !== 'left' && (
                <>
                  {' · '}
                  <Link to="/users" search={{ ...filter, status: 'left' }} className="link">
                    former members
                  </Link>
                </>
              )}
            </p>
          )}
        </>
      }
    >
      {may('members:reset-factors') && <FactorResets />}
      <Listing
        label="Users"
        list={list}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        total={total}
        empty={
          <Empty
            title={filter.status === 'left' && !filter.q && !filter.role ? 'No former members' : filtered ? 'No matching users' : 'No users yet'}
            action={
              filtered && (
                <div className="flex flex-wrap gap-2">
                  {filter.status !== 'left' && <FormerMembersButton filter={filter} onShow={() => filterBy({ status: 'left' })} />}
                  <Button onClick={() => filterBy({ q: undefined, status: undefined, role: undefined })}>Clear search and filters</Button>
                </div>
              )
            }
            command={`muster user ${filtered ? `list${optionsOf({ ...filter, role: roles.find(({ id }) => id === filter.role)?.name ?? filter.role })}` : 'invite ann@example.com'}`}
          >
            {filtered
              ? filter.q && 'The search matches any part of a username or email address. With fewer than three characters, it matches the beginning.'
              : 'Invite people by email. They become members when they accept.'}
          </Empty>
        }
      />
      {rows.length > 0 && rows.length < 2 && !filtered && may('invitations:create') && planForOne && <PlanForOne />}
      {rows.length > 0 && rows.length < 2 && !filtered && may('invitations:create') && !planForOne && (
        <Card padded={false}>
          <Empty title="You are the only member" command="muster user invite ann@example.com">
            Invite people by email. They become members when they accept. Until then, they appear under Invitations.
          </Empty>
        </Card>
      )}
      {actions.dialogs}
    </UsersFrame>
  )
}

const optionsOf = ({ q, status, role }: MemberFilter): string =>
  [q && ` ${q}`, status && ` --status ${status}`, role && ` --role ${quoted(role)}`].filter(Boolean).join('')

/** Columns by status: when, by whom and why for deactivated and former members, and the last activity for active members. */
function columnsOf(status: MemberFilter['status'], admin: boolean): Column<Member>[] {
  const role: Column<Member> = { header: 'Role', cell: (member) => <Truncated>{roleName(member)}</Truncated>, className: 'w-28', from: 'sm' }
  const email: Column<Member> = { header: 'Email', cell: (member) => <Truncated>{member.email ?? '—'}</Truncated>, from: 'lg' }
  const since = (header: string): Column<Member> => ({ header, cell: (member) => <Time at={member.status_since} still />, className: 'w-32', from: 'sm' })
  const by: Column<Member> = { header: 'By', cell: (member) => <Truncated muted>{member.status_by ?? '—'}</Truncated>, className: 'w-36', from: 'sm' }
  const joined: Column<Member> = { header: 'Joined', cell: ({ joined_at }) => <Time at={joined_at} still />, className: 'w-32', from: 'xl' }
  if (status === 'left') return admin ? [since('Left'), by, { ...joined, from: 'lg' }] : [since('Left')]
  if (status === 'deactivated')
    return admin
      ? [role, since('Deactivated'), by, { header: 'Reason', cell: (member) => <Truncated muted>{member.status_reason ?? '—'}</Truncated>, from: 'lg' }]
      : [role, since('Deactivated')]
  const state: Column<Member> = {
    header: 'Status',
    cell: (member) => (
      <div className="min-w-0">
        <MemberStatus status={member.status} suspended={!!member.suspended_at} />
        {admin && member.last_seen_at && (
          <p className="truncate text-xs text-muted @3xl:hidden">
            seen <Time at={member.last_seen_at} still />
          </p>
        )}
      </div>
    ),
    className: 'w-32',
    from: 'sm',
  }
  const seen: Column<Member> = {
    header: 'Last seen',
    cell: (member) => (member.last_seen_at ? <Time at={member.last_seen_at} still /> : <span className="text-muted">—</span>),
    className: 'w-32',
    from: 'md',
  }
  return admin ? [email, role, state, seen, joined] : [role, state, joined]
}

/** Offers the former members that match, because a user who was not found may have left. */
function FormerMembersButton({ filter, onShow }: { filter: MemberFilter; onShow: () => void }) {
  const { organization } = useSession()
  const { data } = useInfiniteQuery(membersQuery(organization.id, { ...filter, status: 'left' }))
  const first = data?.pages[0]
  if (!first || first.items.length === 0) return null
  const count = first.next_cursor ? `more than ${first.items.length}` : `${first.items.length}`
  return (
    <Button kind="primary" onClick={onShow}>
      Show {count} matching former {first.items.length === 1 ? 'member' : 'members'}
    </Button>
  )
}
