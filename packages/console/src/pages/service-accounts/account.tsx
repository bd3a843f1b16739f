import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import Plus from 'lucide-react/icons/plus'
import { useState } from 'react'
import { ApiProblem } from '../../lib/api.ts'
import { ownCommands } from '../../lib/own-commands.ts'
import { useSession } from '../../lib/session.ts'
import { Button } from '../../ui/button.tsx'
import { Copyable, ShowCommand } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Listing } from '../../ui/listing.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { RoleLink } from '../../ui/role-link.tsx'
import { Card, Empty, Fact, Facts, Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import { useKeyActions } from '../keys/actions.tsx'
import { keyColumns } from '../keys/columns.tsx'
import { CreateKeyDialog } from '../keys/create.tsx'
import { keysOfQuery, type ServiceAccount, serviceAccountQuery } from '../keys/data.ts'
import { ownedQuery } from '../users/data.ts'
import { useServiceAccountActions } from './actions.tsx'

const breadcrumbs = [
  'Configuration',
  'Organization',
  <Link key="keys" to="/keys" className="link">
    Keys
  </Link>,
  <Link key="list" to="/keys/service-accounts" className="link">
    Service accounts
  </Link>,
]

/** One service account, with its keys and its resources. */
export function ServiceAccountPage() {
  const { account: name } = useParams({ from: '/keys/service-accounts/$account' })
  const { organization, may } = useSession()
  const readable = may('service-accounts:read')
  const { data: account, error, refetch } = useQuery({ ...serviceAccountQuery(organization.id, name), enabled: readable })
  // The React key closes dialogs when another account's page opens. The id survives renaming.
  if (account) return <Details key={account.id} account={account} />
  return (
    <Page title={name} breadcrumbs={breadcrumbs}>
      {!readable ? (
        <NotInRole subject="service accounts" />
      ) : error instanceof ApiProblem && error.code === 'service_account_not_found' ? (
        <Card padded={false}>
          <Empty title={`Service account ${name} not found`} command="muster service-account list">
            <Link to="/keys/service-accounts" className="link">
              View all service accounts
            </Link>
          </Empty>
        </Card>
      ) : error ? (
        <Failure error={error} onRetry={() => refetch()} />
      ) : (
        <Card padded={false}>
          <Skeleton rows={6} label={`Loading ${name}`} />
        </Card>
      )}
    </Page>
  )
}

function Details({ account }: { account: ServiceAccount }) {
  const { organization, may } = useSession()
  const canManage = may('service-accounts:manage')
  const { name, description } = account
  const [creating, setCreating] = useState(false)
  const keys = useInfiniteQuery({ ...keysOfQuery(organization.id, name), enabled: may('keys:read') })
  const actions = useServiceAccountActions()
  const keyActions = useKeyActions('any')
  return (
    <Page
      title={name}
      breadcrumbs={breadcrumbs}
      lead={description || `Service account of ${organization.name}`}
      action={
        <div className="flex items-center gap-2">
          {canManage && (
            <Button kind="primary" onClick={() => setCreating(true)}>
              <Plus aria-hidden size={15} />
              Create key
            </Button>
          )}
          <RowMenu label={`Actions for ${name}`} groups={actions.menuFor(account)} />
        </div>
      }
    >
      {may('keys:read') && (
        <section aria-label="Keys" className="flex flex-col gap-3">
          <h2 className="text-base font-semibold">Keys</h2>
          <Listing
            label={`Keys of ${name}`}
            list={keys}
            rows={keys.data?.pages.flatMap(({ items }) => items) ?? []}
            columns={keyColumns({ menuFor: keyActions.menuFor, show: keyActions.show, showCreator: true })}
            keyOf={({ id }) => id}
            empty={
              <Empty title="No keys yet" action={canManage && <Button onClick={() => setCreating(true)}>Create first key</Button>}>
                A service account signs in with keys. Create a separate key for each program, so that you can roll them one by one.
              </Empty>
            }
          />
        </section>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <Card title="Details">
          <Facts>
            <Fact name="Name">
              <Copyable text={name} label="Copy the name" />
            </Fact>
            <Fact name="Id">
              <Copyable text={account.id} label="Copy the id" />
            </Fact>
            <Fact name="Description">{description || <span className="text-muted">Not set</span>}</Fact>
            <Fact name="Role">
              <RoleLink role={account} />
            </Fact>
            <Fact name="Created">
              <Time at={account.created_at} />
              <span className="text-muted"> by </span>
              <Link to="/users/$user" params={{ user: account.created_by.username }} className="link">
                {account.created_by.username}
              </Link>
            </Fact>
          </Facts>
          <div className="mt-4">
            <ShowCommand>{[`muster service-account show ${name}`, `muster service-account key create ${name} "nightly backup"`]}</ShowCommand>
          </div>
        </Card>
        {may('resources:read') && <OwnedResources account={account} />}
      </div>
      {creating && <CreateKeyDialog account={name} onClose={() => setCreating(false)} />}
      {keyActions.dialogs}
      {actions.dialogs}
    </Page>
  )
}

function OwnedResources({ account }: { account: ServiceAccount }) {
  const { organization } = useSession()
  const query = useQuery(ownedQuery(organization.id, account.id))
  return (
    <Card title="Resources it owns" padded={false}>
      <Loaded query={query} rows={3} label="Loading the resources">
        {(data) =>
          data.items.length === 0 ? (
            <p className="px-5 py-4 text-sm text-muted">No resources. Resources that a service account owns are not affected when a member leaves.</p>
          ) : (
            <ul className="text-sm">
              {data.items.map(({ id, kind, name }) => (
                <li key={id} className="flex min-h-9 flex-wrap items-center gap-x-4 border-t border-line px-5 py-1.5 first:border-t-0">
                  <span className="font-semibold">{name}</span>
                  <span className="text-muted">{kind}</span>
                </li>
              ))}
              {data.next_cursor && <li className="border-t border-line px-5 py-2 text-muted">To list all: {ownCommands('muster resource list')}</li>}
            </ul>
          )
        }
      </Loaded>
    </Card>
  )
}
