import { type ReactNode, useEffect, useRef } from 'react'

interface Props {
  title: string
  /** The path to this page, such as Configuration / Organization. */
  breadcrumbs?: ReactNode[]
  /** Shown beside the title, such as a status. */
  beside?: ReactNode
  lead?: ReactNode
  /** The one primary action. */
  action?: ReactNode
  children: ReactNode
}

/** A page with its breadcrumbs, its title and at most one primary action. */
export function Page({ title, breadcrumbs = [], beside, lead, action, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · Muster`
  }, [title])
  useEffect(() => {
    // Moves the focus to the title after a navigation inside the console, so that screen readers announce it. The browser announces a first load.
    if (document.activeElement === document.body && performance.now() > 4_000) heading.current?.focus()
  }, [])
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          {breadcrumbs.length > 0 && (
            <nav aria-label="Breadcrumb" className="mb-0.5 text-sm text-muted">
              <ol className="flex flex-wrap gap-x-1.5">
                {breadcrumbs.map((step, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the breadcrumbs of a page are fixed
                  <li key={at} className="flex gap-x-1.5">
                    {at > 0 && <span aria-hidden>/</span>}
                    {step}
                  </li>
                ))}
              </ol>
            </nav>
          )}
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 ref={heading} tabIndex={-1} className="text-xl font-semibold tracking-tight wrap-anywhere">
              {title}
            </h1>
            {beside}
          </div>
          {lead && <p className="mt-0.5 max-w-[68ch] text-sm text-muted">{lead}</p>}
        </div>
        {action}
      </div>
      {children}
    </div>
  )
}
