import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import Ban from 'lucide-react/icons/ban'
import LinkIcon from 'lucide-react/icons/link'
import Send from 'lucide-react/icons/send'
import UserPlus from 'lucide-react/icons/user-plus'
import { useCallback, useState } from 'react'
import { useSession } from '../../app/session.tsx'
import { answer, api, type Invitation } from '../../lib/api.ts'
import { copyText } from '../../lib/copy.ts'
import { Button } from '../../ui/button.tsx'
import { Command, Copyable } from '../../ui/copy.tsx'
import { DangerDialog, Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Filter } from '../../ui/filter.tsx'
import { type MenuAction, RowMenu } from '../../ui/menu.tsx'
import { SearchField } from '../../ui/search.tsx'
import { Card, Empty, Skeleton } from '../../ui/states.tsx'
import { InvitationState } from '../../ui/status.tsx'
import { type Column, VirtualTable } from '../../ui/table.tsx'
import { Countdown, Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { type InvitationFilter, invitationsQuery, refreshPeople } from './data.ts'
import { UsersFrame } from './frame.tsx'

const kinds = { email: 'By mail', link: 'Invite link', secret: 'Secret for the command line' } as const

/** Whom an invitation is for, or what it is. */
const nameOf = ({ email, kind }: Invitation): string => email ?? kinds[kind]

/** Everyone invited, in every state. */
export function InvitationsPage() {
  const { organization } = useSession()
  const filter = useSearch({ from: '/users/invitations' })
  const navigate = useNavigate({ from: '/users/invitations' })
  const list = useInfiniteQuery(invitationsQuery(organization.id, filter))
  const [revoking, setRevoking] = useState<Invitation | null>(null)
  const [link, setLink] = useState<{ of: Invitation; url: string } | null>(null)

  const filterBy = useCallback(
    (change: Partial<InvitationFilter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const search = useCallback((q: string) => filterBy({ q: q.trim() || undefined }), [filterBy])
  const filtered = filter.q !== undefined || filter.state !== undefined || filter.kind !== undefined

  const at = ({ id }: Invitation) => ({ params: { path: { org: organization.id, id } } })
  const copy = useMutation({
    mutationFn: (invitation: Invitation) => answer(api.POST('/v1/organizations/{org}/invitations/{id}/link', at(invitation))),
    onSuccess: async ({ url }, invitation) => {
      if (await copyText(url))
        toast.done('The invitation link is copied', { description: `For ${nameOf(invitation)} alone. That you took it is in the record.` })
      else setLink({ of: invitation, url })
    },
    onError: (error) => toast.fail(error),
  })
  const resend = useMutation({
    mutationFn: (invitation: Invitation) => answer(api.POST('/v1/organizations/{org}/invitations/{id}/resend', at(invitation))),
    onSuccess: async (_, invitation) => {
      await refreshPeople()
      toast.done(`Sent again to ${nameOf(invitation)}`, { description: 'A new link, good for seven days. The one before is dead.' })
    },
    onError: (error) => toast.fail(error),
  })
  const invite = useMutation({
    mutationFn: ({ email, role }: Invitation) =>
      answer(api.POST('/v1/organizations/{org}/invitations', { params: { path: { org: organization.id } }, body: { email: email ?? '', role } })),
    onSuccess: async (_, { email }) => {
      await refreshPeople()
      toast.done(`${email} is invited again`)
    },
    onError: (error) => toast.fail(error),
  })
  const revoke = useMutation({
    mutationFn: (invitation: Invitation) => answer(api.DELETE('/v1/organizations/{org}/invitations/{id}', at(invitation))),
    onSuccess: async (_, invitation) => {
      await refreshPeople()
      setRevoking(null)
      toast.done(`The invitation of ${nameOf(invitation)} is revoked`, {
        ...(invitation.kind === 'email' && { undo: { label: 'Invite again', run: () => invite.mutate(invitation) } }),
      })
    },
  })

  const menuFor = (invitation: Invitation): MenuAction[][] => {
    const { state, kind } = invitation
    if (state === 'open')
      return [
        [
          ...(kind === 'secret' ? [] : [{ label: 'Copy invitation link', icon: LinkIcon, onSelect: () => copy.mutate(invitation) }]),
          ...(kind === 'email' ? [{ label: 'Resend', icon: Send, onSelect: () => resend.mutate(invitation) }] : []),
        ],
        [
          {
            label: 'Revoke',
            icon: Ban,
            danger: true,
            onSelect: () => {
              revoke.reset()
              setRevoking(invitation)
            },
          },
        ],
      ]
    return kind === 'email' && state !== 'accepted' ? [[{ label: 'Invite again', icon: UserPlus, onSelect: () => invite.mutate(invitation) }]] : []
  }

  const columns: Column<Invitation>[] = [
    {
      header: 'Invited',
      cell: (invitation) => (
        <div className="min-w-0 py-1">
          <p className="truncate font-semibold">{nameOf(invitation)}</p>
          <p className="flex items-center gap-2 text-xs text-muted sm:hidden">
            <InvitationState state={invitation.state} />
            {invitation.state === 'open' && <Countdown at={invitation.expires_at} still />}
          </p>
        </div>
      ),
    },
    { header: 'Role', cell: ({ role }) => (role === 'admin' ? 'Admin' : 'Member'), className: 'w-24', from: 'md' },
    { header: 'State', cell: ({ state }) => <InvitationState state={state} />, className: 'w-28', from: 'sm' },
    {
      header: 'Invited by',
      cell: ({ created_by, created_at }) => (
        <span className="block truncate">
          <Link to="/users/$user" params={{ user: created_by }} className="row-link font-normal!">
            {created_by}
          </Link>
          <span className="text-muted">
            {', '}
            <Time at={created_at} still />
          </span>
        </span>
      ),
      from: 'lg',
    },
    {
      header: 'Ends',
      cell: ({ state, expires_at, accepted_by }) =>
        state === 'open' ? (
          <Countdown at={expires_at} still />
        ) : accepted_by ? (
          <span className="text-muted">
            accepted by{' '}
            <Link to="/users/$user" params={{ user: accepted_by }} className="row-link font-normal!">
              {accepted_by}
            </Link>
          </span>
        ) : state === 'expired' ? (
          <span className="text-muted">
            <Time at={expires_at} still />
          </span>
        ) : (
          <span className="text-muted">—</span>
        ),
      className: 'w-44',
      from: 'sm',
    },
    {
      header: 'Actions',
      headerHidden: true,
      className: 'w-14 text-right',
      cell: (invitation) => {
        const groups = menuFor(invitation)
        return groups.length > 0 && <RowMenu label={`Actions for the invitation of ${nameOf(invitation)}`} groups={groups} />
      },
    },
  ]

  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <UsersFrame
      filters={
        <>
          <SearchField label="Search by e-mail" value={filter.q ?? ''} onSearch={search} />
          <Filter
            label="State"
            value={filter.state}
            onChange={(state) => filterBy({ state })}
            none="Every state"
            options={[
              ['open', 'Open'],
              ['accepted', 'Accepted'],
              ['declined', 'Declined'],
              ['revoked', 'Revoked'],
              ['expired', 'Expired'],
            ]}
          />
          <Filter
            label="Kind"
            value={filter.kind}
            onChange={(kind) => filterBy({ kind })}
            none="Every kind"
            options={[
              ['email', kinds.email],
              ['link', kinds.link],
              ['secret', kinds.secret],
            ]}
          />
        </>
      }
    >
      {list.isPending ? (
        <Card padded={false}>
          <Skeleton rows={8} label="Loading the invitations" />
        </Card>
      ) : rows.length === 0 && list.error ? (
        <Failure error={list.error} onRetry={() => list.refetch()} />
      ) : rows.length === 0 ? (
        <Card padded={false}>
          <Empty
            title={filtered ? 'No invitation fits' : 'Nobody is invited'}
            action={
              filtered ? (
                <Button onClick={() => filterBy({ q: undefined, state: undefined, kind: undefined })}>Clear search and filters</Button>
              ) : (
                <Button onClick={() => void navigate({ to: '.', search: true, hash: 'invite' })}>Invite new user</Button>
              )
            }
            command={filtered ? 'muster invitation list' : 'muster user invite ann@example.com'}
          >
            {!filtered &&
              'An invitation by mail is bound to its address and good for seven days. Here you see who has accepted, send it again, copy its link, or revoke it.'}
          </Empty>
        </Card>
      ) : (
        <VirtualTable
          label="Invitations"
          columns={columns}
          rows={rows}
          keyOf={({ id }) => id}
          hasMore={list.hasNextPage}
          loadingMore={list.isFetchingNextPage}
          moreError={list.isFetchNextPageError ? list.error : undefined}
          onMore={() => void list.fetchNextPage()}
        />
      )}
      {revoking && (
        <DangerDialog
          open
          onClose={() => setRevoking(null)}
          title={`Revoke the invitation of ${nameOf(revoking)}?`}
          lead="Its link lets nobody in from then on. Whoever opens it is told that it was revoked."
          action="Revoke invitation"
          onConfirm={() => revoke.mutate(revoking)}
          busy={revoke.isPending}
          error={revoke.error}
        >
          <Command>{`muster invitation revoke ${revoking.id}`}</Command>
        </DangerDialog>
      )}
      {link && (
        <Dialog
          open
          onClose={() => setLink(null)}
          title="The invitation link"
          lead={`For ${nameOf(link.of)}. That you took it is in the record.`}
          foot={
            <Button kind="primary" onClick={() => setLink(null)}>
              Done
            </Button>
          }
        >
          <Copyable text={link.url} label="Copy the link" />
        </Dialog>
      )}
    </UsersFrame>
  )
}
