import { Link } from '@tanstack/react-router'
import { describeProblem, endsSession } from '../lib/problem.ts'
import { useOnline } from '../lib/use-online.ts'
import { Button } from './button.tsx'
import { CopyButton } from './copy.tsx'
import { cx } from './cx.ts'

const pageNames = { '/users': 'users', '/settings': 'settings', '/resources': 'resources' } as const

/** The reason of a refusal and the next step, with a link to the page for it. */
export function Reason({ error }: { error: unknown }) {
  const { title, detail, next, to } = describeProblem(error, useOnline())
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

/** A problem with its reason, the next step and the request id. */
export function Failure({ error, onRetry, compact = false }: { error: unknown; onRetry?: () => void; compact?: boolean }) {
  const { title, requestId } = describeProblem(error, useOnline())
  // The end of a session is shown by the page or by the notice in the dialog.
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
