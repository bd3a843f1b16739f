import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, Navigate, useParams } from '@tanstack/react-router'
import { useSession } from '../../app/session.tsx'
import { ApiProblem } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { Button } from '../../ui/button.tsx'
import { Command, Copyable } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { Page } from '../../ui/page.tsx'
import { Card, Empty, Fact, Facts, Skeleton } from '../../ui/states.tsx'
import { MemberStatus } from '../../ui/status.tsx'
import { Time } from '../../ui/time.tsx'
import { memberQuery, ownedQuery } from './data.ts'
import { useMemberActions } from './member-actions.tsx'
import { Trail, trailQuery } from './trail.tsx'

const trail = [
  'Configuration',
  'Organization',
  <Link key="users" to="/users" className="link">
    Manage users
  </Link>,
]

/** One person: who they are, since when, what they own, and what was done by and to them. */
export function UserPage() {
  const { user } = useParams({ from: '/users/$user' })
  const { me, organization, may } = useSession()
  const { data: member, error, isPending, refetch } = useQuery(memberQuery(organization.id, user))
  const actions = useMemberActions()

  // One's own page is where one changes one's own things.
  if (user === me.username || user === me.id) return <Navigate to="/profile" replace />
  if (isPending)
    return (
      <Page title={user} trail={trail}>
        <Card padded={false}>
          <Skeleton rows={8} label={`Loading ${user}`} />
        </Card>
      </Page>
    )
  if (!member)
    return (
      <Page title={user} trail={trail}>
        {error instanceof ApiProblem && error.code === 'member_not_found' ? (
          <Card padded={false}>
            <Empty title={`Nobody called ${user} was ever in ${organization.name}`} command="muster user list">
              <Link to="/users" className="link">
                See everyone who is
              </Link>
            </Empty>
          </Card>
        ) : (
          <Failure error={error} onRetry={() => refetch()} />
        )}
      </Page>
    )

  const admin = may('members:role')
  return (
    <Page
      title={fullName(member)}
      trail={trail}
      beside={<MemberStatus status={member.status} />}
      lead={`${member.username} · ${member.role === 'admin' ? 'Admin' : 'Member'} of ${organization.name}`}
      action={
        admin && (
          <div className="flex items-center gap-2">
            {member.status === 'active' && <Button onClick={() => actions.ask('deactivate', member)}>Deactivate</Button>}
            {member.status === 'deactivated' && (
              <Button kind="primary" onClick={() => actions.reactivate(member)}>
                Reactivate
              </Button>
            )}
            <RowMenu label={`Actions for ${member.username}`} groups={actions.menuFor(member).slice(1)} />
          </div>
        )
      }
    >
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Card title="Details">
          <Facts>
            <Fact name="Username">
              <Copyable text={member.username} label="Copy the username" />
            </Fact>
            <Fact name="Name">{fullName(member)}</Fact>
            {member.email !== undefined && (
              <Fact name="E-mail">
                <Copyable text={member.email} label="Copy the e-mail address" />
              </Fact>
            )}
            <Fact name="User id">
              <Copyable text={member.id} label="Copy the user id" />
            </Fact>
            <Fact name="Role">{member.role === 'admin' ? 'Admin' : 'Member'}</Fact>
            <Fact name="Status">
              <MemberStatus status={member.status} />
              <span className="text-muted">
                {' since '}
                <Time at={member.status_since} />
                {member.status_by && (
                  <>
                    {', by '}
                    <Link to="/users/$user" params={{ user: member.status_by }} className="link">
                      {member.status_by}
                    </Link>
                  </>
                )}
              </span>
            </Fact>
            {member.status_reason && <Fact name="Reason">{member.status_reason}</Fact>}
            {member.last_seen_at !== undefined && <Fact name="Last seen">{member.last_seen_at ? <Time at={member.last_seen_at} /> : 'Never'}</Fact>}
            <Fact name="Joined">
              <Time at={member.joined_at} />
            </Fact>
          </Facts>
          <div className="mt-4">
            <Command>{`muster user show ${member.username}`}</Command>
          </div>
        </Card>
        <Owned user={member.username} id={member.id} />
      </div>
      {may('audit:read') && <History user={member.username} id={member.id} />}
      {actions.dialogs}
    </Page>
  )
}

function Owned({ user, id }: { user: string; id: string }) {
  const { organization } = useSession()
  const { data, error, isPending, refetch } = useQuery(ownedQuery(organization.id, id))
  return (
    <Card title="Resources they own" padded={false}>
      {isPending ? (
        <Skeleton rows={3} label="Loading the resources" />
      ) : error ? (
        <div className="p-5">
          <Failure error={error} onRetry={() => refetch()} />
        </div>
      ) : data.items.length === 0 ? (
        <p className="px-5 py-4 text-sm text-muted">{user} owns nothing. What they make belongs to the organization, with them as its owner.</p>
      ) : (
        <ul className="text-sm">
          {data.items.map(({ id: resource, kind, name, url }) => (
            <li key={resource} className="flex min-h-9 flex-wrap items-center gap-x-4 border-t border-line px-5 py-1.5 first:border-t-0">
              <span className="font-semibold">{name}</span>
              <span className="text-muted">{kind}</span>
              {url && (
                <a href={url} className="link ml-auto wrap-anywhere" rel="noreferrer">
                  {url.replace(/^https:\/\/|\/$/g, '')}
                </a>
              )}
            </li>
          ))}
          {data.next_cursor && <li className="border-t border-line px-5 py-2 text-muted">And more: muster resource list</li>}
        </ul>
      )}
    </Card>
  )
}

function History({ user, id }: { user: string; id: string }) {
  const { organization } = useSession()
  const list = useInfiniteQuery(trailQuery(organization.id, id))
  return (
    <Card title="What was done to them" padded={false}>
      {list.isPending ? (
        <Skeleton rows={4} label="Loading the record" />
      ) : list.error && !list.data ? (
        <div className="p-5">
          <Failure error={list.error} onRetry={() => list.refetch()} />
        </div>
      ) : (
        <Trail
          events={list.data?.pages.flatMap(({ items }) => items) ?? []}
          more={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
          loading={list.isFetchingNextPage}
          command={`muster audit list --target ${user}`}
        />
      )}
    </Card>
  )
}
