import type { ReactNode } from 'react'

/** The class of a tab link. Tabs connect pages with the same title. */
export const tabClass =
  'inline-flex min-h-9 flex-none items-center border-b-2 border-transparent px-1 text-sm text-muted no-underline hover:text-text aria-[current=page]:border-accent aria-[current=page]:font-semibold aria-[current=page]:text-text pointer-coarse:min-h-11'

export const Tabs = ({ label, children }: { label: string; children: ReactNode }) => (
  <nav aria-label={label} className="flex flex-wrap gap-x-3 sm:gap-x-5 border-b border-line">
    {children}
  </nav>
)
