import { Select } from './select.tsx'

interface Props<Value extends string> {
  label: string
  value: Value | undefined
  onChange: (value: Value | undefined) => void
  /** The label without a filter; `options` has the labels of the values. */
  none: string
  options: readonly (readonly [value: Value, word: string])[]
}

/** A filter above a list. Filters are kept in the URL, so that a filtered list can be shared as a link. */
export const Filter = <Value extends string>({ label, value, onChange, none, options }: Props<Value>) => (
  <Select
    compact
    marked={value !== undefined}
    aria-label={label}
    value={value ?? ''}
    onChange={(event) => onChange((event.target.value || undefined) as Value | undefined)}
  >
    <option value="">{none}</option>
    {options.map(([one, word]) => (
      <option key={one} value={one}>
        {word}
      </option>
    ))}
  </Select>
)
