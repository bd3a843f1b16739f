import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useSession } from '../../lib/session.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Listing } from '../../ui/listing.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty } from '../../ui/states.tsx'
import type { Column } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { type MemberApplication, organizationApplicationsQuery } from './data.ts'

/** The applications of third parties that members have given access, for admins (P16). */
export function OrganizationApplicationsPage() {
  const { may } = useSession()
  return (
    <Page
      title="Applications"
      breadcrumbs={[
        'Configuration',
        <Link key="settings" to="/settings" className="link">
          Organization settings
        </Link>,
      ]}
      lead="Applications of third parties that members let act for them. Each member decides for themselves, and only they can revoke the access. An application never gets more than the member's role allows."
    >
      {may('applications:read') ? (
        <Applications />
      ) : (
        <NotInRole
          subject="the applications of all members"
          instead={
            <Link to="/applications" className="link">
              See your own applications
            </Link>
          }
        />
      )}
    </Page>
  )
}

function Applications() {
  const { organization } = useSession()
  const list = useInfiniteQuery(organizationApplicationsQuery(organization.id))
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <Listing
        label="Applications"
        list={list}
        rows={rows}
        columns={columns}
        keyOf={({ client_id, user }) => `${client_id} ${user.id}`}
        rowHeight={{ wide: 52, middle: 68, narrow: 84 }}
        empty={
          <Empty title="No member uses an application of a third party" command="muster application list --all">
            The operator of this cloud registers such applications. When a member signs in to one and allows it to act for them, it appears here with what it
            may do. To end it at once, deactivate the member or sign them out.
          </Empty>
        }
      />
      {rows.length > 0 && (
        <div className="max-w-md">
          <ShowCommand>muster application list --all</ShowCommand>
        </div>
      )}
    </>
  )
}

/** What it can do comes before what it learns about the member, because the end may not fit. */
const permissionsOf = ({ permissions }: MemberApplication): string =>
  permissions
    .toSorted((one, other) => Number(isAction(other)) - Number(isAction(one)))
    .map(({ description }) => description)
    .join(', ')

const isAction = ({ scope, audience }: MemberApplication['permissions'][number]): boolean => audience !== null || scope === 'api'

const columns: Column<MemberApplication>[] = [
  {
    header: 'Application',
    cell: (application) => (
      <div className="min-w-0 py-1">
        <p className="truncate font-semibold">{application.name}</p>
        <p className="truncate text-xs text-muted" title={permissionsOf(application)}>
          {permissionsOf(application)}
        </p>
        <p className="truncate text-xs text-muted @4xl:hidden">
          {application.user.username}, since <Time at={application.granted_at} still />
        </p>
        <p className="truncate text-xs text-muted @xl:hidden">
          {application.last_used_at ? (
            <>
              used <Time at={application.last_used_at} still />
            </>
          ) : (
            'never used'
          )}
        </p>
      </div>
    ),
  },
  {
    header: 'Member',
    cell: ({ user }) => (
      <Link to="/users/$user" params={{ user: user.username }} className="link">
        {user.username}
      </Link>
    ),
    className: 'w-40',
    from: 'lg',
  },
  { header: 'Since', cell: ({ granted_at }) => <Time at={granted_at} still />, className: 'w-32', from: 'lg' },
  {
    header: 'Last used',
    cell: ({ last_used_at }) => (last_used_at ? <Time at={last_used_at} still /> : <span className="text-muted">Never</span>),
    className: 'w-32',
    from: 'sm',
  },
]
