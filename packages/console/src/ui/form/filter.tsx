import { Select } from './select.tsx'

interface Props<Value extends string> {
  label: string
  value: Value | undefined
  onChange: (value: Value | undefined) => void
  /** Word of no filter, and of each value. */
  none: string
  options: readonly (readonly [value: Value, word: string])[]
}

/** A filter above a list. It is kept in the address, so a filtered list can be sent to somebody. */
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
