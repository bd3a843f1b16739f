import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import ArrowRightLeft from 'lucide-react/icons/arrow-right-left'
import Copy from 'lucide-react/icons/copy'
import LinkIcon from 'lucide-react/icons/link'
import Plus from 'lucide-react/icons/plus'
import Trash from 'lucide-react/icons/trash-2'
import { useCallback, useState } from 'react'
import type { Resource } from '../../lib/api.ts'
import { copyText } from '../../lib/copy.ts'
import { useSession } from '../../lib/session.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton, ShowCommand } from '../../ui/copy.tsx'
import { cx } from '../../ui/cx.ts'
import { Filter } from '../../ui/form/filter.tsx'
import { Listing } from '../../ui/listing.tsx'
import { type MenuAction, RowMenu } from '../../ui/menu.tsx'
import { NotInRole } from '../../ui/not-in-role.tsx'
import { Page } from '../../ui/page.tsx'
import { Empty } from '../../ui/states.tsx'
import { below, type Column, Truncated } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { type ResourceFilter, resourcesQuery } from './data.ts'
import { RegisterDialog } from './register.tsx'
import { RemoveResourceDialog } from './remove.tsx'
import { ResourceDialog, withoutScheme } from './resource.tsx'
import { TransferDialog } from './transfer.tsx'

type OpenDialog = { action: 'show' | 'transfer' | 'remove'; resource: Resource }

const copy = (text: string, name: string): void =>
  void copyText(text).then((done) => (done ? toast.done(`${name} copied`) : toast.fail('Your browser blocked copying.')))

/** All resources of the organization, with their owners and URLs. `#register` opens the form. */
export function ResourcesPage() {
  const { may } = useSession()
  if (may('resources:read')) return <Resources />
  return (
    <Page title="Resources">
      <NotInRole subject="resources" />
    </Page>
  )
}

function Resources() {
  const { me, organization, may } = useSession()
  const filter = useSearch({ from: '/resources' })
  const navigate = useNavigate({ from: '/resources' })
  const [registering, showRegister] = useHashDialog('register')
  const list = useInfiniteQuery(resourcesQuery(organization.id, filter))
  const [dialog, setDialog] = useState<OpenDialog | null>(null)
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? []

  const filterBy = useCallback(
    (change: Partial<ResourceFilter>) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false }),
    [navigate],
  )
  const filtered = filter.kind !== undefined || filter.owner !== undefined
  const kinds = [...new Set(['application', 'database', ...rows.map(({ kind }) => kind), ...(filter.kind ? [filter.kind] : [])])]
  const owners = [...new Set([me.username, ...rows.map(({ owner }) => owner.name), ...(filter.owner ? [filter.owner] : [])])].slice(0, 100)

  const menuFor = (resource: Resource): MenuAction[][] => [
    [
      ...(may('resources:transfer') ? [{ label: 'Transfer', icon: ArrowRightLeft, onSelect: () => setDialog({ action: 'transfer', resource }) }] : []),
      ...(resource.url ? [{ label: 'Copy URL', icon: LinkIcon, onSelect: () => copy(resource.url ?? '', 'URL') }] : []),
      { label: 'Copy resource id', icon: Copy, onSelect: () => copy(resource.id, 'Resource id') },
    ],
    may('resources:remove') ? [{ label: 'Remove', icon: Trash, tone: 'danger', onSelect: () => setDialog({ action: 'remove', resource }) }] : [],
  ]

  const columns: Column<Resource>[] = [
    {
      header: 'Resource',
      className: '@4xl:w-48',
      cell: (resource) => {
        const { kind, name, owner, url } = resource
        return (
          <div className="min-w-0 py-1">
            <button type="button" onClick={() => setDialog({ action: 'show', resource })} title={name} className="row-link block max-w-full truncate text-left">
              {name}
            </button>
            <p className={cx('truncate text-xs text-muted', below.middle)}>
              {kind} · {owner.name}
            </p>
            {url && (
              <p className={cx('truncate text-xs', below.wide)}>
                <a href={url} rel="noreferrer" title={withoutScheme(url)} className="row-link font-normal!">
                  {withoutScheme(url)}
                </a>
              </p>
            )}
          </div>
        )
      },
    },
    { header: 'Kind', cell: ({ kind }) => <Truncated>{kind}</Truncated>, className: 'w-28', from: 'sm' },
    { header: 'Owner', cell: (resource) => <Owner {...resource.owner} />, className: 'w-36 @4xl:w-44', from: 'sm' },
    {
      header: 'URL',
      cell: ({ url }) =>
        url ? (
          <span className="flex min-w-0 items-center gap-1">
            <a href={url} rel="noreferrer" title={withoutScheme(url)} className="row-link truncate font-normal!">
              {withoutScheme(url)}
            </a>
            <CopyButton text={url} label={`Copy the URL of ${withoutScheme(url)}`} />
          </span>
        ) : (
          <span className="text-muted">—</span>
        ),
      from: 'lg',
    },
    { header: 'Owned since', cell: ({ owned_since }) => <Time at={owned_since} still />, className: 'w-32', from: 'lg' },
    {
      header: 'Actions',
      headerHidden: true,
      className: 'w-14 text-right',
      cell: (resource) => <RowMenu label={`Actions for ${resource.kind} ${resource.name}`} groups={menuFor(resource)} />,
    },
  ]

  return (
    <Page
      title="Resources"
      lead={`The applications and databases of ${organization.name}. Every member can use them, and each has one owner.`}
      action={
        may('resources:register') && (
          <Button kind="primary" onClick={() => showRegister(true)}>
            <Plus aria-hidden size={15} />
            Register resource
          </Button>
        )
      }
    >
      <div className="flex flex-col gap-4">
        {(rows.length > 0 || filtered) && (
          <search aria-label="Filter resources" className="flex flex-wrap items-center gap-2">
            <Filter
              label="Kind"
              value={filter.kind}
              onChange={(kind) => filterBy({ kind })}
              none="All kinds"
              options={kinds.map((kind) => [kind, kind] as const)}
            />
            <Filter
              label="Owner"
              value={filter.owner}
              onChange={(owner) => filterBy({ owner })}
              none="All owners"
              options={owners.map((owner) => [owner, owner === me.username ? `${owner} (you)` : owner] as const)}
            />
          </search>
        )}
        <Listing
          label="Resources"
          list={list}
          rows={rows}
          columns={columns}
          keyOf={({ id }) => id}
          rowHeight={{ wide: 36, middle: 52, narrow: 72 }}
          empty={
            filtered ? (
              <Empty
                title="No matching resources"
                action={<Button onClick={() => filterBy({ kind: undefined, owner: undefined })}>Clear filters</Button>}
                command={`muster resource list${filter.kind ? ` --kind ${filter.kind}` : ''}${filter.owner ? ` --owner ${filter.owner}` : ''}`}
              />
            ) : (
              <EmptyResources onRegister={() => showRegister(true)} />
            )
          }
        />
      </div>
      {dialog?.action === 'show' && (
        <ResourceDialog
          resource={dialog.resource}
          onClose={() => setDialog(null)}
          onTransfer={may('resources:transfer') ? () => setDialog({ action: 'transfer', resource: dialog.resource }) : undefined}
        />
      )}
      {dialog?.action === 'transfer' && <TransferDialog resource={dialog.resource} onClose={() => setDialog(null)} />}
      {dialog?.action === 'remove' && <RemoveResourceDialog resource={dialog.resource} onClose={() => setDialog(null)} />}
      {registering && may('resources:register') && <RegisterDialog onClose={() => showRegister(false)} />}
    </Page>
  )
}

const Owner = ({ kind, name }: Resource['owner']) =>
  kind === 'user' ? (
    <Link to="/users/$user" params={{ user: name }} title={name} className="row-link block truncate font-normal!">
      {name}
    </Link>
  ) : (
    <span className="block truncate" title={name}>
      {name} <span className="text-muted">service account</span>
    </span>
  )

/** Explains the page and both ways to register a resource. */
function EmptyResources({ onRegister }: { onRegister: () => void }) {
  const { me, organization, may } = useSession()
  return (
    <div className="flex flex-col items-start gap-4 px-5 py-8">
      <h2 className="text-lg font-semibold">No resources yet</h2>
      <p className="max-w-[68ch] text-muted">
        Applications, databases and other resources of {organization.name} appear here with their owners. An application gets its own address. A resource always
        has an owner, even after a member leaves.
      </p>
      {may('resources:register') && <Button onClick={onRegister}>Register your first resource</Button>}
      <p className="max-w-[68ch] text-sm text-muted">
        Your platform can register a resource at every deployment, with PUT and an owner. Registering an existing resource again changes nothing.
      </p>
      <ShowCommand>
        {[
          'muster resource add application/shop',
          `curl -X PUT ${location.origin}/v1/organizations/${organization.name}/resources/application/shop -H "Authorization: Bearer $TOKEN" --json '{"owner":"${me.username}"}'`,
        ]}
      </ShowCommand>
    </div>
  )
}
