import type { ComponentPropsWithRef } from 'react'
import { cx } from './cx.ts'

export type ButtonKind = 'primary' | 'plain' | 'paused' | 'danger' | 'quiet'

const kinds: Record<ButtonKind, string> = {
  primary: 'bg-accent text-on-accent border-transparent hover:bg-accent-strong',
  plain: 'bg-surface text-text border-line-strong hover:border-text',
  paused: 'bg-paused text-on-paused border-transparent hover:brightness-110',
  danger: 'bg-danger text-on-danger border-transparent hover:brightness-110',
  quiet: 'bg-transparent text-text border-transparent hover:bg-sunken',
}

export const buttonClass = (kind: ButtonKind = 'plain', more?: string): string =>
  cx(
    'inline-flex min-h-[var(--control)] items-center justify-center gap-2 rounded border px-3 py-1 text-center text-sm font-semibold no-underline transition-colors duration-[120ms]',
    'disabled:cursor-default disabled:opacity-60 aria-disabled:cursor-default aria-disabled:opacity-60',
    kinds[kind],
    more,
  )

interface Props extends ComponentPropsWithRef<'button'> {
  kind?: ButtonKind
  /** An action is running: the button keeps the focus and ignores clicks. */
  busy?: boolean
}

/** A view has one primary button, and labels are verbs. `paused` is for reversible actions on access, `danger` for irreversible ones. */
export function Button({ kind = 'plain', busy = false, className, onClick, type = 'button', children, ...rest }: Props) {
  return (
    <button
      type={type}
      className={buttonClass(kind, className)}
      aria-disabled={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
      {...rest}
    >
      {children}
    </button>
  )
}

/** A button with an icon only; its label says what it does. */
export function IconButton({ label, className, children, ...rest }: ComponentPropsWithRef<'button'> & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(
        'inline-flex size-[max(28px,calc(var(--control)-8px))] flex-none items-center justify-center rounded border border-transparent text-muted hover:bg-sunken hover:text-text data-[popup-open]:bg-sunken data-[popup-open]:text-text',
        className,
      )}
      {...rest}
    >
      {children}
    </button>
  )
}
