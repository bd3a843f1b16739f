import ChevronDown from 'lucide-react/icons/chevron-down'
import type { ComponentPropsWithRef } from 'react'
import { cx } from '../cx.ts'
import { inputClass } from './input-class.ts'

interface Props extends ComponentPropsWithRef<'select'> {
  /** Marks a filter that is set. */
  marked?: boolean
  /** As wide as its longest option. */
  compact?: boolean
}

/** The select of the console: a native list in the style of the other fields. */
export const Select = ({ marked = false, compact = false, className, ...rest }: Props) => (
  <span className={cx('relative inline-flex min-w-0', !compact && 'w-full', className)}>
    <select {...rest} className={cx(inputClass, 'appearance-none truncate pr-8', marked ? 'border-accent! font-semibold' : 'font-normal')} />
    <ChevronDown aria-hidden size={15} className="pointer-events-none absolute top-1/2 right-2.5 -translate-y-1/2 text-muted" />
  </span>
)
