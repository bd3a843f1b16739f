import type { ReactNode } from 'react'
import { ShowCommand } from './copy.tsx'

/** A placeholder in the shape of the content while it loads. */
export const Skeleton = ({ rows = 6, label = 'Loading' }: { rows?: number; label?: string }) => (
  <div role="status" aria-label={label} className="flex flex-col">
    {Array.from({ length: rows }, (_, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: rows without identity
      <div key={at} aria-hidden className="flex h-[var(--row)] items-center gap-6 border-b border-line px-4">
        <span className={`h-3 animate-[breathe_1.6s_ease-in-out_infinite] rounded bg-line ${['w-1/4', 'w-1/3', 'w-1/5'][at % 3]}`} />
        <span className="h-3 w-16 animate-[breathe_1.6s_ease-in-out_infinite] rounded bg-line" />
      </div>
    ))}
  </div>
)

/** An empty state with its purpose, the first action and the command for it. */
export const Empty = ({ title, children, action, command }: { title: string; children?: ReactNode; action?: ReactNode; command?: string }) => (
  <div className="flex flex-col items-start gap-3 px-5 py-8">
    <h2 className="text-lg font-semibold">{title}</h2>
    {children && <div className="max-w-[68ch] text-muted">{children}</div>}
    {action}
    {command && <ShowCommand>{command}</ShowCommand>}
  </div>
)

/** A titled section with a border. */
export const Card = ({ title, action, children, padded = true }: { title?: string; action?: ReactNode; children: ReactNode; padded?: boolean }) => (
  <section aria-label={title} className="min-w-0 rounded border border-line bg-surface">
    {title && (
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b border-line px-5 py-1.5">
        <h2 className="text-base font-semibold">{title}</h2>
        {action}
      </div>
    )}
    <div className={padded ? 'p-5' : undefined}>{children}</div>
  </section>
)

/** Names and values, side by side or stacked on a narrow screen. Callers omit missing values. */
export const Facts = ({ children }: { children: ReactNode }) => <dl className="text-sm">{children}</dl>
export const Fact = ({ name, children }: { name: string; children: ReactNode }) => (
  <div className="grid grid-cols-[minmax(0,1fr)] items-baseline gap-x-4 sm:grid-cols-[8.5rem_minmax(0,1fr)] border-t border-line py-2 first:border-t-0 first:pt-0 last:pb-0">
    <dt className="text-muted">{name}</dt>
    <dd className="min-w-0 wrap-anywhere">{children}</dd>
  </div>
)

/** A notice beside the content. */
export const Notice = ({
  title,
  children,
  tone = 'line-strong',
}: {
  title?: string
  children?: ReactNode
  tone?: 'line-strong' | 'paused' | 'active' | 'danger'
}) => {
  const edges = { 'line-strong': 'border-l-line-strong', paused: 'border-l-paused', active: 'border-l-active', danger: 'border-l-danger' }
  return (
    <div className={`rounded border border-line border-l-3 ${edges[tone]} bg-surface px-4 py-2.5 text-sm`}>
      {title && <p className="font-semibold">{title}</p>}
      {children && <div className="text-muted">{children}</div>}
    </div>
  )
}
