import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import Ban from 'lucide-react/icons/ban'
import LinkIcon from 'lucide-react/icons/link'
import Send from 'lucide-react/icons/send'
import UserPlus from 'lucide-react/icons/user-plus'
import { useCallback, useState } from 'react'
import { answer, api, type Invitation } from '../../lib/api.ts'
import { copyText } from '../../lib/copy.ts'
import { roleId, roleName } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { cx } from '../../ui/cx.ts'
import { DangerDialog, Dialog } from '../../ui/dialog.tsx'
import { Filter } from '../../ui/form/filter.tsx'
import { SearchField } from '../../ui/form/search.tsx'
import { Listing } from '../../ui/listing.tsx'
import { type MenuAction, RowMenu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Empty } from '../../ui/states.tsx'
import { InvitationState } from '../../ui/status.tsx'
import { below, type Column, Truncated } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { type InvitationFilter, invitationsQuery, refreshPeople } from './data.ts'
import { UsersFrame } from './frame.tsx'
import { Ending, InvitationDialog, kinds, nameOf } from './invitation.tsx'
import { PlanForOne, useIsPlanForOne } from './plan-notice.tsx'

/** Names the one address that an email invitation is valid for. Links and secrets have none. */
const audienceOf = ({ email }: Invitation): string => (email ? `Valid for ${email} only. ` : '')

/** The invitations of the organization, in every state. */
export function InvitationsPage() {
  const { may } = useSession()
  if (may('invitations:read')) return <Invitations />
  return (
    <UsersFrame>
      <NotInRole
        subject="invitations"
        instead={
          <Link to="/users" className="link">
            View users
          </Link>
        }
      />
    </UsersFrame>
  )
}

function Invitations() {
  const { organization, may } = useSession()
  const filter = useSearch({ from: '/users/invitations' })
  const navigate = useNavigate({ from: '/users/invitations' })
  const list = useInfiniteQuery(invitationsQuery(organization.id, filter))
  const planForOne = useIsPlanForOne()
  const [, showInvite] = useHashDialog('invite')
  const [shown, setShown] = useState<Invitation | null>(null)
  const [revoking, setRevoking] = useState<Invitation | null>(null)
  const [link, setLink] = useState<{ invitation: Invitation; url: string } | null>(null)

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
        toast.done('Invitation link copied', {
          description: `${audienceOf(invitation)}The audit log records that you copied it.`,
          command: `muster invitation link ${invitation.id}`,
        })
      else setLink({ invitation, url })
    },
    onError: (error) => toast.fail(error),
  })
  const resend = useMutation({
    mutationFn: (invitation: Invitation) => answer(api.POST('/v1/organizations/{org}/invitations/{id}/resend', at(invitation))),
    onSuccess: async (_, invitation) => {
      await refreshPeople()
      toast.done(`Invitation resent to ${nameOf(invitation)}`, {
        description: 'The new link is valid for 7 days. The previous link no longer works.',
        command: `muster invitation resend ${invitation.id}`,
      })
    },
    onError: (error) => toast.fail(error),
  })
  const invite = useMutation({
    mutationFn: (invitation: Invitation) =>
      answer(
        api.POST('/v1/organizations/{org}/invitations', {
          params: { path: { org: organization.id } },
          body: { email: invitation.email ?? '', role: roleId(invitation) },
        }),
      ),
    onSuccess: async (_, { email }) => {
      await refreshPeople()
      toast.done(`${email} invited again`)
    },
    onError: (error) => toast.fail(error),
  })
  const revoke = useMutation({
    mutationFn: (invitation: Invitation) => answer(api.DELETE('/v1/organizations/{org}/invitations/{id}', at(invitation))),
    onSuccess: async (_, invitation) => {
      await refreshPeople()
      setRevoking(null)
      toast.done(invitation.email ? `Invitation for ${invitation.email} revoked` : `${nameOf(invitation)} revoked`, {
        ...(invitation.kind === 'email' && { undo: { label: 'Invite again', run: () => invite.mutate(invitation) } }),
      })
    },
  })

  const menuFor = (invitation: Invitation): MenuAction[][] => {
    const { state, kind, invalid_reason: invalid } = invitation
    const mayCreate = may('invitations:create')
    const again: MenuAction[] =
      kind === 'email' && state !== 'accepted' && mayCreate ? [{ label: 'Invite again', icon: UserPlus, onSelect: () => invite.mutate(invitation) }] : []
    if (state !== 'open') return again.length > 0 ? [again] : []
    const links: MenuAction[] = [
      ...(kind === 'secret' || !mayCreate ? [] : [{ label: 'Copy invitation link', icon: LinkIcon, onSelect: () => copy.mutate(invitation) }]),
      ...(kind === 'email' && mayCreate ? [{ label: 'Resend', icon: Send, onSelect: () => resend.mutate(invitation) }] : []),
    ]
    return [
      invalid ? again : links,
      may('invitations:revoke')
        ? [
            {
              label: 'Revoke',
              icon: Ban,
              tone: 'danger',
              onSelect: () => {
                revoke.reset()
                setRevoking(invitation)
              },
            },
          ]
        : [],
    ]
  }

  const columns: Column<Invitation>[] = [
    {
      header: 'Invited',
      cell: (invitation) => (
        <div className="min-w-0 py-1">
          <p className="flex min-w-0 items-baseline gap-2">
            <button type="button" onClick={() => setShown(invitation)} title={nameOf(invitation)} className="row-link min-w-0 truncate text-left">
              {nameOf(invitation)}
            </button>
            {invitation.email === null && <code className="flex-none text-xs text-muted">{invitation.id.slice(-6)}</code>}
          </p>
          <p className={cx('truncate text-xs text-muted', below.wide)}>
            {roleName(invitation)} · by {invitation.created_by}, <Time at={invitation.created_at} still />
          </p>
          <p className={cx('flex min-w-0 items-center gap-1.5 text-xs whitespace-nowrap text-muted', below.middle)}>
            <InvitationState {...invitation} /> · <Ending invitation={invitation} />
          </p>
        </div>
      ),
    },
    { header: 'Role', cell: (invitation) => <Truncated>{roleName(invitation)}</Truncated>, className: 'w-32', from: 'lg' },
    { header: 'State', cell: (invitation) => <InvitationState {...invitation} />, className: 'w-28', from: 'sm' },
    {
      header: 'Invited by',
      cell: ({ created_by, created_at }) => (
        <span className="block truncate" title={created_by}>
          <Link to="/users/$user" params={{ user: created_by }} className="row-link font-normal!">
            {created_by}
          </Link>
          <span className="text-muted">
            {', '}
            <Time at={created_at} still />
          </span>
        </span>
      ),
      className: 'w-52',
      from: 'lg',
    },
    { header: 'Expires / ended', cell: (invitation) => <Ending invitation={invitation} link />, className: 'w-40 @4xl:w-52', from: 'sm' },
    {
      header: 'Actions',
      headerHidden: true,
      className: 'w-14 text-right',
      cell: (invitation) => {
        const groups = menuFor(invitation)
        return groups.some((group) => group.length > 0) && <RowMenu label={`Actions for ${nameOf(invitation)}`} groups={groups} />
      },
    },
  ]

  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <UsersFrame
      filters={
        <>
          <SearchField label="Search by email" value={filter.q ?? ''} onSearch={search} />
          <Filter
            label="State"
            value={filter.state}
            onChange={(state) => filterBy({ state })}
            none="All states"
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
            none="All kinds"
            options={[
              ['email', kinds.email],
              ['link', kinds.link],
              ['secret', kinds.secret],
            ]}
          />
        </>
      }
    >
      <Listing
        label="Invitations"
        list={list}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty
            title={filtered ? 'No matching invitations' : 'No invitations yet'}
            action={
              filtered ? (
                <Button onClick={() => filterBy({ q: undefined, state: undefined, kind: undefined })}>Clear search and filters</Button>
              ) : (
                !planForOne && may('invitations:create') && <Button onClick={() => showInvite(true)}>Invite new user</Button>
              )
            }
            command={
              filtered
                ? `muster invitation list${filter.q ? ` ${filter.q}` : ''}${filter.state ? ` --state ${filter.state}` : ''}`
                : 'muster user invite ann@example.com'
            }
          >
            {!filtered && planForOne && <PlanForOne />}
            {!filtered &&
              !planForOne &&
              'An email invitation is valid for its address only, for 7 days. Here you can see who accepted, and resend, copy or revoke invitations.'}
          </Empty>
        }
      />
      {shown && (
        <InvitationDialog
          invitation={shown}
          onClose={() => setShown(null)}
          onCopy={may('invitations:create') ? () => copy.mutate(shown) : undefined}
          onRevoke={
            may('invitations:revoke')
              ? () => {
                  setShown(null)
                  revoke.reset()
                  setRevoking(shown)
                }
              : undefined
          }
        />
      )}
      {revoking && (
        <DangerDialog
          open
          onClose={() => setRevoking(null)}
          title={revoking.email ? `Revoke the invitation for ${revoking.email}?` : `Revoke this ${nameOf(revoking).toLowerCase()}?`}
          lead="No one will be able to join with it. Anyone who tries sees that it was revoked."
          action="Revoke invitation"
          onConfirm={() => revoke.mutate(revoking)}
          busy={revoke.isPending}
          error={revoke.error}
        >
          <ShowCommand>{`muster invitation revoke ${revoking.id}`}</ShowCommand>
        </DangerDialog>
      )}
      {link && (
        <Dialog
          open
          onClose={() => setLink(null)}
          title="Copy invitation link"
          lead={`${audienceOf(link.invitation)}The audit log records that you copied it.`}
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
