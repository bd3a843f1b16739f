import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { quoted } from '../../lib/names.ts'
import { type Role, titleOf } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { Card, Empty, Fact, Facts, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useRoleActions } from './actions.tsx'
import { areasQuery, type Holder, holdersQuery, rolesQuery } from './data.ts'
import { byArea, holdersInWords } from './words.ts'

const breadcrumbs = [
  'Configuration',
  'Organization',
  <Link key="roles" to="/roles" className="link">
    Roles
  </Link>,
]

/** One role: what it allows, and who has it. */
export function RolePage() {
  const { role: reference } = useParams({ from: '/roles/$role' })
  const { organization, may } = useSession()
  const { data: roles, error, refetch } = useQuery({ ...rolesQuery(organization.id), enabled: may('members:read') })
  const role = roles?.find(({ id, name }) => id === reference || name.toLowerCase() === reference.toLowerCase())
  // The React key closes dialogs when another role's page opens.
  if (role) return <Details key={role.id} role={role} />
  return (
    <Page title="Role" breadcrumbs={breadcrumbs}>
      {!may('members:read') ? (
        <NotInRole subject="roles" />
      ) : roles ? (
        <Card padded={false}>
          <Empty title="This role does not exist" command="muster role list">
            <Link to="/roles" className="link">
              View all roles
            </Link>
          </Empty>
        </Card>
      ) : error ? (
        <Failure error={error} onRetry={() => refetch()} />
      ) : (
        <Card padded={false}>
          <Skeleton rows={6} label="Loading the role" />
        </Card>
      )}
    </Page>
  )
}

function Details({ role }: { role: Role }) {
  const { may } = useSession()
  const actions = useRoleActions()
  const title = titleOf(role)
  const canChange = may('members:role') && !role.built_in
  return (
    <Page
      title={title}
      breadcrumbs={breadcrumbs}
      lead={role.description || (role.built_in ? 'A built-in role' : 'A role of your organization')}
      action={
        <div className="flex items-center gap-2">
          {canChange && (
            <Button kind="primary" onClick={() => actions.edit(role)}>
              Edit role
            </Button>
          )}
          <RowMenu label={`Actions for ${title}`} groups={actions.menuFor(role)} />
        </div>
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-2">
        <Allowed role={role} />
        <div className="flex min-w-0 flex-col gap-5">
          <Holders role={role} />
          <Card title="Details">
            <Facts>
              <Fact name={role.built_in ? 'Name' : 'Id'}>
                <Copyable text={role.id} label={role.built_in ? 'Copy the name' : 'Copy the role id'} />
              </Fact>
              {role.created_at && (
                <Fact name="Created">
                  <Time at={role.created_at} />
                </Fact>
              )}
              {role.changed_at && role.changed_at !== role.created_at && (
                <Fact name="Changed">
                  <Time at={role.changed_at} />
                </Fact>
              )}
            </Facts>
            <div className="mt-4">
              <ShowCommand>{`muster role show ${quoted(role.name)}`}</ShowCommand>
            </div>
          </Card>
        </div>
      </div>
      {actions.dialogs}
    </Page>
  )
}

function Allowed({ role }: { role: Role }) {
  const areas = useQuery(areasQuery)
  return (
    <Card
      title="Permissions"
      action={
        <Link to="/roles/permissions" className="link text-sm">
          All permissions
        </Link>
      }
    >
      <Loaded query={areas} rows={6} label="Loading the permissions">
        {(items) =>
          role.permissions.length === 0 ? (
            <p className="text-sm text-muted">Nothing but signing in, and managing the holder's own account and keys.</p>
          ) : (
            <Facts>
              {byArea(items, role.permissions).map(({ area, words }) => (
                <Fact key={area} name={area}>
                  <ul>
                    {words.map((text) => (
                      <li key={text}>{text}</li>
                    ))}
                  </ul>
                </Fact>
              ))}
            </Facts>
          )
        }
      </Loaded>
    </Card>
  )
}

const kinds: Record<Holder['kind'], string> = { user: '', service_account: 'service account', invitation: 'open invitation' }

/** The members, service accounts and open invitations that have the role. */
function Holders({ role }: { role: Role }) {
  const { organization } = useSession()
  const list = useInfiniteQuery(holdersQuery(organization.id, role.id))
  const holders = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Card
      title={role.holders === 0 ? 'Holders' : holdersInWords(role.holders)}
      padded={false}
      action={
        <Link to="/users" search={{ role: role.id }} className="link text-sm">
          View in users
        </Link>
      }
    >
      <Loaded query={list} rows={3} label="Loading the holders">
        {() =>
          holders.length === 0 ? (
            <p className="px-5 py-4 text-sm text-muted">
              Nobody has this role yet. To give it to a member, open the actions menu of that member and choose Change role.
            </p>
          ) : (
            <ul aria-label={`Holders of ${titleOf(role)}`} className="text-sm">
              {holders.map((holder) => (
                <li key={holder.id} className="flex min-h-9 flex-wrap items-center gap-x-3 border-t border-line px-5 py-1.5 first:border-t-0">
                  <HolderName holder={holder} />
                  {kinds[holder.kind] && <span className="text-muted">{kinds[holder.kind]}</span>}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      {list.hasNextPage && (
        <div className="border-t border-line px-5 py-3">
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </Card>
  )
}

function HolderName({ holder: { kind, name } }: { holder: Holder }) {
  const className = 'row-link min-w-0 wrap-anywhere'
  if (kind === 'user' && name)
    return (
      <Link to="/users/$user" params={{ user: name }} className={className}>
        {name}
      </Link>
    )
  if (kind === 'service_account' && name)
    return (
      <Link to="/keys/service-accounts/$account" params={{ account: name }} className={className}>
        {name}
      </Link>
    )
  return (
    <Link to="/users/invitations" search={{ state: 'open', ...(name && { q: name }) }} className={className}>
      {name ?? 'Invite link or organization secret'}
    </Link>
  )
}
