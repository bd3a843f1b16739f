import { Link } from '@tanstack/react-router'
import { cx } from '../../ui/cx.ts'
import type { MenuAction } from '../../ui/menu.tsx'
import { RowMenu } from '../../ui/menu.tsx'
import { Status } from '../../ui/status.tsx'
import { below, type Column } from '../../ui/table.tsx'
import { Time } from '../../ui/time.tsx'
import type { Key } from './data.ts'
import { TermsLine } from './terms.tsx'

interface Options {
  menuFor: (key: Key) => MenuAction[][]
  show: (key: Key) => void
  /** For a list with several holders. */
  showHolder?: boolean
  /** For a list where the creator can differ from the holder. */
  showCreator?: boolean
}

/** The columns of a table of keys. A key is marked when its creator is no longer active and could have copied it (S37). */
export function keyColumns({ menuFor, show, showHolder = false, showCreator = false }: Options): Column<Key>[] {
  return [
    {
      header: 'Key',
      cell: (key) => (
        <div className="min-w-0 py-1">
          <p className="flex min-w-0 items-center gap-3">
            <button type="button" onClick={() => show(key)} title={key.description} className="row-link min-w-0 truncate text-left">
              {key.description}
            </button>
            {key.created_by_left && <ToRoll />}
          </p>
          <p className="truncate text-xs text-muted" title={Array.isArray(key.scope) ? key.scope.join(', ') : undefined}>
            <TermsLine {...key} />
          </p>
          <p className={cx('truncate text-xs text-muted', below.middle)}>
            {showHolder && `${key.holder.name} · `}
            {key.last_used_at ? (
              <>
                used <Time at={key.last_used_at} still />
              </>
            ) : (
              'never used'
            )}
          </p>
          <p className={cx('truncate text-xs text-muted', below.wide)}>
            created <Time at={key.created_at} still />
            {showCreator && ` by ${key.created_by.username}`}
          </p>
        </div>
      ),
    },
    ...(showHolder ? [{ header: 'Acts as', cell: ({ holder }: Key) => <Holder holder={holder} />, className: 'w-40 @4xl:w-56', from: 'sm' as const }] : []),
    {
      header: 'Created',
      cell: (key) => (
        <span className="block truncate" title={showCreator ? `By ${key.created_by.username}` : undefined}>
          <Time at={key.created_at} still />
          {showCreator && (
            <span className="text-muted">
              {' by '}
              <Link to="/users/$user" params={{ user: key.created_by.username }} className="row-link font-normal!">
                {key.created_by.username}
              </Link>
            </span>
          )}
        </span>
      ),
      className: showCreator ? 'w-60' : 'w-36',
      from: 'lg',
    },
    {
      header: 'Last used',
      cell: (key) =>
        key.last_used_at ? (
          <span className="block truncate" title={key.last_address ? `From ${key.last_address}` : undefined}>
            <Time at={key.last_used_at} still />
            {key.last_address && <span className="text-muted @max-4xl:hidden"> from {key.last_address}</span>}
          </span>
        ) : (
          <span className="text-muted">Never</span>
        ),
      className: 'w-32 @4xl:w-44',
      from: 'sm',
    },
    {
      header: 'Actions',
      headerHidden: true,
      className: 'w-14 text-right',
      cell: (key) => <RowMenu label={`Actions for the key ${key.description}`} groups={menuFor(key)} />,
    },
  ]
}

const ToRoll = () => (
  <span className="text-xs" title="Its creator is no longer active in this organization and could have copied it.">
    <Status tone="paused">To roll</Status>
  </span>
)

const Holder = ({ holder: { kind, name } }: Pick<Key, 'holder'>) => (
  <span className="block truncate" title={name}>
    {kind === 'service_account' ? (
      <Link to="/keys/service-accounts/$account" params={{ account: name }} className="row-link font-normal!">
        {name}
      </Link>
    ) : (
      <Link to="/users/$user" params={{ user: name }} className="row-link font-normal!">
        {name}
      </Link>
    )}
    <span className="text-muted"> · {kind === 'service_account' ? 'service account' : 'user'}</span>
  </span>
)
