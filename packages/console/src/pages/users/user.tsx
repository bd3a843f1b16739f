import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, Navigate, useNavigate, useParams } from '@tanstack/react-router'
import ArrowRightLeft from 'lucide-react/icons/arrow-right-left'
import { useEffect, useState } from 'react'
import { ApiProblem, type Member, type Resource } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { ownCommands } from '../../lib/own-commands.ts'
import { roleName } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { usePageHash } from '../../lib/use-hash-dialog.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { RoleLink } from '../../ui/role-link.tsx'
import { Card, Empty, Fact, Facts, Skeleton } from '../../ui/states.tsx'
import { MemberStatus } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { withoutScheme } from '../resources/resource.tsx'
import { TransferDialog } from '../resources/transfer.tsx'
import { actionNeeds, memberQuery, ownedQuery } from './data.ts'
import { EventList, type Side, userEventsQuery } from './event-list.tsx'
import { useMemberActions } from './member-actions.tsx'
import { FactorReset } from './reset-factors.tsx'

const breadcrumbs = [
  'Configuration',
  'Organization',
  <Link key="users" to="/users" className="link">
    Manage users
  </Link>,
]

type DialogHash = 'sign-out' | 'deactivate' | 'role' | 'edit' | 'remove'

const isDialogHash = (hash: string, { status }: Member): hash is DialogHash =>
  status === 'active' ? ['sign-out', 'deactivate', 'role', 'edit', 'remove'].includes(hash) : status === 'deactivated' && ['edit', 'remove'].includes(hash)

/** One user: their details, their resources and their events. */
export function UserPage() {
  const { user } = useParams({ from: '/users/$user' })
  // The React key closes dialogs when another user's page opens.
  return <UserDetails key={user} user={user} />
}

function UserDetails({ user }: { user: string }) {
  const { me, organization, may } = useSession()
  const { data: member, error, isPending, refetch } = useQuery(memberQuery(organization.id, user))
  const actions = useMemberActions()
  const navigate = useNavigate()
  const hash = usePageHash()
  // The palette puts its command into the URL hash of this page. The dialog opens once the member is loaded.
  const requested = member && member.id !== me.id && isDialogHash(hash, member) && may(actionNeeds[hash]) ? hash : null
  const { openDialog } = actions
  useEffect(() => {
    if (!requested || !member) return
    openDialog(requested, member)
    void navigate({ to: '.', hash: '', replace: true, resetScroll: false })
  }, [requested, member, openDialog, navigate])

  // Users see their own details on the profile page.
  if (user === me.username || user === me.id) return <Navigate to="/profile" replace />
  if (!may('members:read'))
    return (
      <Page title={user} breadcrumbs={breadcrumbs}>
        <NotInRole subject="members" />
      </Page>
    )
  if (isPending)
    return (
      <Page title={user} breadcrumbs={breadcrumbs}>
        <Card padded={false}>
          <Skeleton rows={8} label={`Loading ${user}`} />
        </Card>
      </Page>
    )
  if (!member)
    return (
      <Page title={user} breadcrumbs={breadcrumbs}>
        {error instanceof ApiProblem && error.code === 'member_not_found' ? (
          <Card padded={false}>
            <Empty title={`User ${user} not found in ${organization.name}`} command="muster user list">
              <Link to="/users" className="link">
                View all users
              </Link>
            </Empty>
          </Card>
        ) : (
          <Failure error={error} onRetry={() => refetch()} />
        )}
      </Page>
    )

  const [view = [], ...changes] = actions.menuFor(member)
  const canChange = changes.some((group) => group.length > 0)
  return (
    <Page
      title={fullName(member)}
      breadcrumbs={breadcrumbs}
      beside={<MemberStatus status={member.status} suspended={!!member.suspended_at} />}
      lead={`${member.username} · ${roleName(member)} of ${organization.name}`}
      action={
        canChange && (
          <div className="flex items-center gap-2">
            {member.status === 'active' && may('members:deactivate') && (
              <Button kind="paused" onClick={() => actions.openDialog('deactivate', member)}>
                Deactivate
              </Button>
            )}
            {member.status === 'deactivated' && may('members:deactivate') && (
              <Button kind="primary" onClick={() => actions.reactivate(member)}>
                Reactivate
              </Button>
            )}
            {member.status === 'left' && (
              <Button kind="primary" onClick={() => actions.openDialog('invite', member)}>
                Invite again
              </Button>
            )}
            <RowMenu label={`Actions for ${member.username}`} groups={member.status === 'left' ? [view] : changes} />
          </div>
        )
      }
    >
      {may('members:reset-factors') && <FactorReset member={member} />}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Card title="Details">
          <Facts>
            <Fact name="Username">
              <Copyable text={member.username} label="Copy the username" />
            </Fact>
            <Fact name="Name">{fullName(member)}</Fact>
            {member.email !== undefined && (
              <Fact name="Email">
                <Copyable text={member.email} label="Copy the email address" />
              </Fact>
            )}
            <Fact name="User id">
              <Copyable text={member.id} label="Copy the user id" />
            </Fact>
            <Fact name="Role">
              <RoleLink role={member} />
            </Fact>
            {member.suspended_at && (
              <Fact name="Suspended">
                by the operator of this cloud, <Time at={member.suspended_at} />. Only the operator can end this.
              </Fact>
            )}
            <Fact name="Status">
              <MemberStatus status={member.status} suspended={!!member.suspended_at} />
              {member.status_since !== member.joined_at && (
                <span className="text-muted">
                  {member.status === 'active' ? ', changed ' : ' '}
                  <Time at={member.status_since} />
                  {member.status_by && (
                    <>
                      {' by '}
                      <Link to="/users/$user" params={{ user: member.status_by }} className="link">
                        {member.status_by}
                      </Link>
                    </>
                  )}
                </span>
              )}
            </Fact>
            {member.status_reason && <Fact name="Reason">{member.status_reason}</Fact>}
            {member.last_seen_at !== undefined && <Fact name="Last seen">{member.last_seen_at ? <Time at={member.last_seen_at} /> : 'Never'}</Fact>}
            <Fact name="Joined">
              <Time at={member.joined_at} />
            </Fact>
          </Facts>
          <div className="mt-4">
            <ShowCommand>
              {[`muster user show ${member.username}`, ...(may('audit:read') ? [`muster audit list --target ${member.username}`] : [])]}
            </ShowCommand>
          </div>
        </Card>
        {may('resources:read') && <OwnedResources user={member.username} id={member.id} />}
      </div>
      {may('audit:read') && <History user={member.username} id={member.id} />}
      {actions.dialogs}
    </Page>
  )
}

function OwnedResources({ user, id }: { user: string; id: string }) {
  const { organization, may } = useSession()
  const query = useQuery(ownedQuery(organization.id, id))
  const [transferring, setTransferring] = useState<Resource | null>(null)
  return (
    <Card
      title="Resources they own"
      padded={false}
      action={
        query.data &&
        query.data.items.length > 0 && (
          <Link to="/resources" search={{ owner: user }} className="link text-sm">
            View in resources
          </Link>
        )
      }
    >
      <Loaded query={query} rows={3} label="Loading the resources">
        {(data) =>
          data.items.length === 0 ? (
            <p className="px-5 py-4 text-sm text-muted">
              {user} owns no resources. A resource that a member creates belongs to the organization, with the member as its owner.
            </p>
          ) : (
            <ul className="text-sm">
              {data.items.map((resource) => (
                <li key={resource.id} className="flex min-h-9 flex-wrap items-center gap-x-4 border-t border-line px-5 py-1.5 first:border-t-0">
                  <span className="font-semibold">{resource.name}</span>
                  <span className="text-muted">{resource.kind}</span>
                  {resource.url && (
                    <a href={resource.url} className="link wrap-anywhere" rel="noreferrer">
                      {withoutScheme(resource.url)}
                    </a>
                  )}
                  {may('resources:transfer') && (
                    <IconButton label={`Transfer ${resource.kind} ${resource.name}`} className="ml-auto" onClick={() => setTransferring(resource)}>
                      <ArrowRightLeft aria-hidden size={15} />
                    </IconButton>
                  )}
                </li>
              ))}
              {data.next_cursor && <li className="border-t border-line px-5 py-2 text-muted">To list all: {ownCommands('muster resource list')}</li>}
            </ul>
          )
        }
      </Loaded>
      {transferring && <TransferDialog resource={transferring} onClose={() => setTransferring(null)} />}
    </Card>
  )
}

const sides: [side: Side, label: string, empty: string][] = [
  ['target', 'About this user', 'No events about this user.'],
  ['actor', 'By this user', 'No events by this user.'],
]

/** The events of the user, as target or as actor. */
function History({ user, id }: { user: string; id: string }) {
  const { organization } = useSession()
  const [side, setSide] = useState<Side>('target')
  const list = useInfiniteQuery(userEventsQuery(organization.id, side, id))
  const empty = sides.find(([one]) => one === side)?.[2] ?? ''
  return (
    <Card
      title="Audit log"
      padded={false}
      action={
        <div className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <fieldset aria-label="Filter events" className="flex rounded border border-line-strong">
            {sides.map(([one, label]) => (
              <button
                key={one}
                type="button"
                aria-pressed={side === one}
                onClick={() => setSide(one)}
                className="min-h-8 rounded px-2.5 text-sm text-muted aria-pressed:bg-sunken aria-pressed:font-semibold aria-pressed:text-text pointer-coarse:min-h-11"
              >
                {label}
              </button>
            ))}
          </fieldset>
          <Link to="/audit" search={{ [side]: user }} className="link text-sm">
            View in audit log
          </Link>
        </div>
      }
    >
      <Loaded query={list} rows={4} label="Loading the audit log">
        {({ pages }) => (
          <EventList
            events={pages.flatMap(({ items }) => items)}
            more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
            loading={list.isFetchingNextPage}
            empty={empty}
          />
        )}
      </Loaded>
    </Card>
  )
}
