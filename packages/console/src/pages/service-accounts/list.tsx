import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import Plus from 'lucide-react/icons/plus'
import { roleName } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { cx } from '../../ui/cx.ts'
import { Listing } from '../../ui/listing.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Empty } from '../../ui/states.tsx'
import { below, type Column, Truncated } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { type ServiceAccount, serviceAccountsQuery } from '../keys/data.ts'
import { KeysFrame } from '../keys/frame.tsx'
import { useServiceAccountActions } from './actions.tsx'
import { ServiceAccountForm } from './form.tsx'

/** All service accounts of the organization. */
export function ServiceAccountsPage() {
  const { may } = useSession()
  const canManage = may('service-accounts:manage')
  const [creating, setCreating] = useHashDialog('create')
  if (!may('service-accounts:read'))
    return (
      <KeysFrame>
        <NotInRole
          subject="service accounts"
          instead={
            <Link to="/keys" className="link">
              See your own keys
            </Link>
          }
        />
      </KeysFrame>
    )
  return (
    <KeysFrame
      action={
        canManage && (
          <Button kind="primary" onClick={() => setCreating(true)}>
            <Plus aria-hidden size={15} />
            Create service account
          </Button>
        )
      }
    >
      <ServiceAccounts onCreate={canManage ? () => setCreating(true) : undefined} />
      {creating && canManage && <ServiceAccountForm onClose={() => setCreating(false)} />}
    </KeysFrame>
  )
}

function ServiceAccounts({ onCreate }: { onCreate: (() => void) | undefined }) {
  const { organization } = useSession()
  const list = useInfiniteQuery(serviceAccountsQuery(organization.id))
  const navigate = useNavigate()
  const actions = useServiceAccountActions()
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []
  const columns: Column<ServiceAccount>[] = [
    {
      header: 'Service account',
      className: '@xl:w-56',
      cell: ({ name, description, created_at, created_by, ...account }) => (
        <div className="min-w-0 py-1">
          <p className="truncate">
            <Link to="/keys/service-accounts/$account" params={{ account: name }} title={name} className="row-link">
              {name}
            </Link>
          </p>
          <p className={cx('truncate text-xs text-muted', below.wide)}>
            {roleName(account)} · created <Time at={created_at} still /> by {created_by.username}
          </p>
          {description && (
            <p title={description} className={cx('truncate text-xs text-muted', below.middle)}>
              {description}
            </p>
          )}
        </div>
      ),
    },
    { header: 'Role', cell: (account) => <Truncated>{roleName(account)}</Truncated>, className: 'w-28', from: 'lg' },
    { header: 'Description', cell: ({ description }) => <Truncated muted>{description || '—'}</Truncated>, from: 'sm' },
    {
      header: 'Created',
      cell: ({ created_at, created_by }) => (
        <span className="block truncate">
          <Time at={created_at} still />
          <span className="text-muted">
            {' by '}
            <Link to="/users/$user" params={{ user: created_by.username }} className="row-link font-normal!">
              {created_by.username}
            </Link>
          </span>
        </span>
      ),
      className: 'w-60',
      from: 'lg',
    },
    {
      header: 'Actions',
      headerHidden: true,
      className: 'w-14 text-right',
      cell: (account) => (
        <RowMenu
          label={`Actions for ${account.name}`}
          groups={actions.menuFor(account, () => void navigate({ to: '/keys/service-accounts/$account', params: { account: account.name } }))}
        />
      ),
    },
  ]
  return (
    <>
      <Listing
        label="Service accounts"
        list={list}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        empty={
          <Empty
            title="No service accounts yet"
            action={onCreate && <Button onClick={onCreate}>Create your first service account</Button>}
            command={onCreate ? 'muster service-account create deploy' : 'muster service-account list'}
          >
            A service account lets programs such as CI jobs act without a person. It has its own keys, can own resources, and stays when its creator leaves.
          </Empty>
        }
      />
      {rows.length > 0 && (
        <div className="max-w-md">
          <ShowCommand>muster service-account list</ShowCommand>
        </div>
      )}
      {actions.dialogs}
    </>
  )
}
