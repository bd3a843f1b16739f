import { Link } from '@tanstack/react-router'
import { endsSession, tell } from '../lib/problem.ts'
import { useOnline } from '../lib/use-online.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy.tsx'
import { cx } from './cx.ts'

const pageNames = { '/users': 'users', '/settings': 'settings', '/resources': 'resources' } as const

/** Why it was refused and what to do, with a link to the page where that is done. */
export function Reason({ error }: { error: unknown }) {
  const { title, detail, next, to } = tell(error, useOnline())
  return (
    <>
      {detail && detail !== title && <p className="wrap-anywhere">{detail}</p>}
      <p className="text-muted">
        {next}{' '}
        {to && (
          <Link to={to} className="link">
            Go to {pageNames[to]}
          </Link>
        )}
      </p>
    </>
  )
}

/** What happened, why, what to do, and the id to pass on. */
export function Failure({ error, onRetry, compact = false }: { error: unknown; onRetry?: () => void; compact?: boolean }) {
  const { title, requestId } = tell(error, useOnline())
  // The end of a session is no fault of this request: the page, or the notice in the dialog, says it.
  if (endsSession(error)) return null
  return (
    <div role="alert" className={cx('rounded border border-line border-l-3 border-l-danger bg-surface text-sm', compact ? 'px-3 py-2' : 'px-4 py-3')}>
      <p className="font-semibold text-danger">{title}</p>
      <Reason error={error} />
      {(onRetry || requestId) && (
        <div className="mt-1 flex flex-wrap items-center gap-x-4 gap-y-1">
          {onRetry && <Button onClick={onRetry}>Try again</Button>}
          {requestId && (
            <span className="inline-flex flex-wrap items-center gap-1 text-xs text-muted">
              Request id <code className="wrap-anywhere">{requestId}</code>
              <CopyButton text={requestId} label="Copy the request id" />
            </span>
          )}
        </div>
      )}
    </div>
  )
}
