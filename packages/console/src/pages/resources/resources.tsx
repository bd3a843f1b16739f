import { useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import ArrowRightLeft from 'lucide-react/icons/arrow-right-left'
import Copy from 'lucide-react/icons/copy'
import LinkIcon from 'lucide-react/icons/link'
import Plus from 'lucide-react/icons/plus'
import Trash from 'lucide-react/icons/trash-2'
import { useCallback, useState } from 'react'
import { useSession } from '../../app/session.tsx'
import type { Resource } from '../../lib/api.ts'
import { copyText } from '../../lib/copy.ts'
import { useHashDialog } from '../../lib/use-hash-dialog.ts'
import { Button } from '../../ui/button.tsx'
import { Command, CopyButton } from '../../ui/copy.tsx'
import { Failure } from '../../ui/failure.tsx'
import { Filter } from '../../ui/filter.tsx'
import { type MenuAction, RowMenu } from '../../ui/menu.tsx'
import { Page } from '../../ui/page.tsx'
import { Card, Empty, Skeleton } from '../../ui/states.tsx'
import { type Column, VirtualTable } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { type ResourceFilter, resourcesQuery } from './data.ts'
import { HandOverDialog } from './hand-over.tsx'
import { RegisterDialog } from './register.tsx'
import { RemoveResourceDialog } from './remove.tsx'

type Asked = { what: 'hand-over' | 'remove'; resource: Resource }

const withoutScheme = (url: string): string => url.replace(/^https:\/\/|\/$/g, '')
const copied = (text: string, what: string): void =>
  void copyText(text).then((done) => (done ? toast.done(`${what} is copied`) : toast.fail('It could not be copied.')))

/** What the platform runs for the organization: whose each is, and where it answers. `#register` opens the form. */
export function ResourcesPage() {
  const { me, organization } = useSession()
  const filter = useSearch({ from: '/resources' })
  const navigate = useNavigate({ from: '/resources' })
  const [registering, showRegister] = useHashDialog('register')
  const list = useInfiniteQuery(resourcesQuery(organization.id, filter))
  const [asked, setAsked] = useState<Asked | null>(null)
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
      { label: 'Hand over', icon: ArrowRightLeft, onSelect: () => setAsked({ what: 'hand-over', resource }) },
      ...(resource.url ? [{ label: 'Copy URL', icon: LinkIcon, onSelect: () => copied(resource.url ?? '', 'The URL') }] : []),
      { label: 'Copy resource id', icon: Copy, onSelect: () => copied(resource.id, 'The resource id') },
    ],
    [{ label: 'Remove', icon: Trash, danger: true, onSelect: () => setAsked({ what: 'remove', resource }) }],
  ]

  const columns: Column<Resource>[] = [
    {
      header: 'Resource',
      className: 'md:w-48',
      cell: ({ kind, name, owner, url }) => (
        <div className="min-w-0 py-1">
          <p className="truncate font-semibold">{name}</p>
          <p className="truncate text-xs text-muted sm:hidden">
            {kind} · {owner.name}
          </p>
          {url && (
            <p className="truncate text-xs sm:hidden">
              <a href={url} rel="noreferrer" className="row-link font-normal!">
                {withoutScheme(url)}
              </a>
            </p>
          )}
        </div>
      ),
    },
    { header: 'Kind', cell: ({ kind }) => <span className="block truncate">{kind}</span>, className: 'w-28', from: 'sm' },
    { header: 'Owner', cell: (resource) => <Owner {...resource.owner} />, className: 'w-52', from: 'sm' },
    {
      header: 'URL',
      cell: ({ url }) =>
        url ? (
          <span className="flex min-w-0 items-center gap-1">
            <a href={url} rel="noreferrer" className="row-link truncate font-normal!">
              {withoutScheme(url)}
            </a>
            <CopyButton text={url} label={`Copy the URL of ${withoutScheme(url)}`} />
          </span>
        ) : (
          <span className="text-muted">—</span>
        ),
      from: 'md',
    },
    { header: 'Owned since', cell: ({ owned_since }) => <Time at={owned_since} still />, className: 'w-28', from: 'lg' },
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
      lead={`What runs for ${organization.name}. Everyone in it has the use of them; one owner answers for each.`}
      action={
        <Button kind="primary" onClick={() => showRegister(true)}>
          <Plus aria-hidden size={15} />
          Register resource
        </Button>
      }
    >
      <div className="flex flex-col gap-4">
        {(rows.length > 0 || filtered) && (
          <search aria-label="Filter the resources" className="flex flex-wrap items-center gap-2">
            <Filter
              label="Kind"
              value={filter.kind}
              onChange={(kind) => filterBy({ kind })}
              none="Every kind"
              options={kinds.map((kind) => [kind, kind] as const)}
            />
            <Filter
              label="Owner"
              value={filter.owner}
              onChange={(owner) => filterBy({ owner })}
              none="Every owner"
              options={owners.map((owner) => [owner, owner === me.username ? `${owner} (you)` : owner] as const)}
            />
          </search>
        )}
        {list.isPending ? (
          <Card padded={false}>
            <Skeleton rows={8} label="Loading the resources" />
          </Card>
        ) : rows.length === 0 && list.error ? (
          <Failure error={list.error} onRetry={() => list.refetch()} />
        ) : rows.length === 0 && filtered ? (
          <Card padded={false}>
            <Empty
              title="No resource fits"
              action={<Button onClick={() => filterBy({ kind: undefined, owner: undefined })}>Clear the filters</Button>}
              command="muster resource list"
            />
          </Card>
        ) : rows.length === 0 ? (
          <Nothing onRegister={() => showRegister(true)} />
        ) : (
          <VirtualTable
            label="Resources"
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            rowHeight={{ wide: 36, narrow: 72 }}
            hasMore={list.hasNextPage}
            loadingMore={list.isFetchingNextPage}
            moreError={list.isFetchNextPageError ? list.error : undefined}
            onMore={() => void list.fetchNextPage()}
          />
        )}
      </div>
      {asked?.what === 'hand-over' && <HandOverDialog resource={asked.resource} onClose={() => setAsked(null)} />}
      {asked?.what === 'remove' && <RemoveResourceDialog resource={asked.resource} onClose={() => setAsked(null)} />}
      {registering && <RegisterDialog onClose={() => showRegister(false)} />}
    </Page>
  )
}

const Owner = ({ kind, name }: Resource['owner']) =>
  kind === 'user' ? (
    <Link to="/users/$user" params={{ user: name }} className="row-link block truncate font-normal!">
      {name}
    </Link>
  ) : (
    <span className="block truncate">
      {name} <span className="text-muted">service account</span>
    </span>
  )

/** What this page is for, and both ways something comes into it. */
function Nothing({ onRegister }: { onRegister: () => void }) {
  const { organization } = useSession()
  return (
    <Card padded={false}>
      <div className="flex flex-col items-start gap-4 px-5 py-8">
        <h2 className="text-lg font-semibold">Nothing runs here yet</h2>
        <p className="max-w-[68ch] text-muted">
          Applications, databases and whatever else your platform makes for {organization.name} are listed here, each with its owner. An application gets an
          address of its own. When somebody leaves, what they own passes on; nothing is left without an owner.
        </p>
        <Button onClick={onRegister}>Register the first</Button>
        <div className="grid w-full gap-4 lg:grid-cols-2">
          <div className="min-w-0">
            <h3 className="mb-1 text-sm font-semibold">From the command line</h3>
            <Command>muster resource add application/shop</Command>
          </div>
          <div className="min-w-0">
            <h3 className="mb-1 text-sm font-semibold">From your platform, at every deployment</h3>
            <Command note="Saying it twice changes nothing: one that exists is answered as it is. A platform's client names the owner.">
              {`curl -X PUT ${location.origin}/v1/organizations/${organization.name}/resources/application/shop -H "Authorization: Bearer $TOKEN"`}
            </Command>
          </div>
        </div>
      </div>
    </Card>
  )
}
