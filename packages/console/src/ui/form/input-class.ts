/** The style of every field. */
export const inputClass =
  'w-full min-h-[var(--control)] rounded border border-line-strong bg-surface px-2.5 py-1 text-sm text-text hover:border-text focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent pointer-coarse:text-lg aria-invalid:border-danger disabled:border-line disabled:bg-sunken disabled:text-muted'
