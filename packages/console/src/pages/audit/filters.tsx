import { useId } from 'react'
import { eventTypes } from '../../lib/events.ts'
import { useTyped } from '../../lib/use-typed.ts'
import { cx } from '../../ui/cx.ts'
import { inputClass } from '../../ui/form/input-class.ts'
import { Select } from '../../ui/form/select.tsx'
import type { AuditFilter } from './data.ts'

interface Props {
  filter: AuditFilter
  onChange: (change: Partial<AuditFilter>) => void
}

/** Who, what, to whom, when. Each is kept in the address, so that what was found can be sent to somebody. */
export const AuditFilters = ({ filter, onChange }: Props) => (
  <search aria-label="Filter the audit log" className="grid grid-cols-2 gap-x-3 gap-y-2 sm:grid-cols-3 lg:grid-cols-5">
    <WordFilter label="Actor" placeholder="Name or id" value={filter.actor} onChange={(actor) => onChange({ actor })} />
    <WordFilter label="Target" placeholder="Name, kind/name or id" value={filter.target} onChange={(target) => onChange({ target })} />
    <ActionFilter value={filter.action} onChange={(action) => onChange({ action })} />
    <DayFilter label="From" value={filter.from} most={filter.to} onChange={(from) => onChange({ from })} />
    <DayFilter label="To" value={filter.to} least={filter.from} onChange={(to) => onChange({ to })} />
  </search>
)

const labelClass = 'flex min-w-0 flex-col gap-1 text-xs font-semibold text-muted'
const fieldClass = (set: boolean) => cx(inputClass, 'font-normal', set && 'border-accent! font-semibold')

interface One {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
}

function WordFilter({ label, value = '', placeholder, onChange }: One & { placeholder: string }) {
  const id = useId()
  const [typed, setTyped] = useTyped(value, { pause: 250, tell: (text) => onChange(text || undefined) })
  return (
    <label htmlFor={id} className={labelClass}>
      {label}
      <input
        id={id}
        value={typed}
        placeholder={placeholder}
        maxLength={61}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        className={fieldClass(value !== '')}
      />
    </label>
  )
}

const DayFilter = ({ label, value = '', least, most, onChange }: One & { least?: string | undefined; most?: string | undefined }) => {
  const id = useId()
  return (
    <label htmlFor={id} className={labelClass}>
      {label}
      <input
        id={id}
        type="date"
        value={value}
        min={least}
        max={most}
        onChange={(event) => onChange(event.target.value || undefined)}
        className={fieldClass(value !== '')}
      />
    </label>
  )
}

// What an organization's record cannot hold, since it belongs to no organization, is nothing to look for.
const elsewhere = /^(account|password|email|client|stream|signing_key)\.|^(user\.registered|device_authorization\.requested|invitation\.opened|refused)$/
const nouns = Map.groupBy(
  eventTypes.filter((type) => !elsewhere.test(type)),
  (type) => type.slice(0, type.indexOf('.')),
)
const worded = (text: string): string => text.replaceAll('_', ' ')
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function ActionFilter({ value = '', onChange }: Omit<One, 'label'>) {
  const id = useId()
  const known = value === '' || value === 'refused' || nouns.has(value) || eventTypes.some((type) => type === value)
  return (
    <label htmlFor={id} className={cx(labelClass, 'max-sm:col-span-2')}>
      Event
      <Select id={id} marked={value !== ''} value={value} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">All events</option>
        {!known && <option value={value}>{value}</option>}
        <option value="refused">Refused</option>
        {[...nouns].map(([noun, types]) => (
          <optgroup key={noun} label={capital(worded(noun))}>
            {types.length > 1 && <option value={noun}>{capital(worded(noun))}: all</option>}
            {types.map((type) => (
              <option key={type} value={type}>
                {capital(worded(noun))}: {worded(type.slice(noun.length + 1))}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
    </label>
  )
}
