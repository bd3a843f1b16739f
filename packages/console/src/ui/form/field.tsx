import { type ComponentPropsWithRef, type ReactNode, useId } from 'react'
import { cx } from '../cx.ts'
import { inputClass } from './input-class.ts'
import { Select } from './select.tsx'

interface Shared {
  label: string
  hint?: ReactNode
  /** The error message for the value. */
  fault?: string | undefined
  /** Hides the label visually, for a search field or a filter. */
  labelHidden?: boolean
  optional?: boolean
}

function Field({ id, label, hint, fault, labelHidden, optional, children }: Shared & { id: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className={cx('text-sm font-semibold', labelHidden && 'sr-only')}>
        {label}
        {optional && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {fault && (
        <p id={`${id}-fault`} role="alert" className="text-sm text-danger">
          {fault}
        </p>
      )}
    </div>
  )
}

const ariaAttributes = (id: string, { hint, fault }: Shared) => ({
  id,
  'aria-invalid': fault ? true : undefined,
  'aria-describedby': [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined,
})

function split<Props extends Shared>({ label, hint, fault, labelHidden, optional, ...rest }: Props) {
  const shared: Shared = { label, hint, fault: fault as string | undefined, labelHidden: labelHidden ?? false, optional: optional ?? false }
  return { shared, rest }
}

export function TextField(props: Shared & ComponentPropsWithRef<'input'>) {
  const id = useId()
  const { shared, rest } = split(props)
  return (
    <Field id={id} {...shared}>
      <input {...rest} {...ariaAttributes(id, shared)} className={cx(inputClass, rest.className)} />
    </Field>
  )
}

export function TextArea(props: Shared & ComponentPropsWithRef<'textarea'>) {
  const id = useId()
  const { shared, rest } = split(props)
  return (
    <Field id={id} {...shared}>
      <textarea {...rest} {...ariaAttributes(id, shared)} className={cx(inputClass, 'py-2', rest.className)} />
    </Field>
  )
}

/** A select with its label. */
export function SelectField(props: Shared & ComponentPropsWithRef<'select'>) {
  const id = useId()
  const { shared, rest } = split(props)
  return (
    <Field id={id} {...shared}>
      <Select {...rest} {...ariaAttributes(id, shared)} />
    </Field>
  )
}
