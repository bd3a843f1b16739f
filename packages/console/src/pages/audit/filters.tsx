import { useId } from 'react'
import { eventTypes } from '../../lib/events.ts'
import { useDebouncedText } from '../../lib/use-debounced-text.ts'
import { cx } from '../../ui/cx.ts'
import { inputClass } from '../../ui/form/input-class.ts'
import { Select } from '../../ui/form/select.tsx'
import type { AuditFilter } from './data.ts'

interface Props {
  filter: AuditFilter
  onChange: (change: Partial<AuditFilter>) => void
}

/** Filters by actor, target, event and day. They are kept in the URL, so that a filtered log can be shared as a link. */
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

interface FilterProps {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
}

function WordFilter({ label, value = '', placeholder, onChange }: FilterProps & { placeholder: string }) {
  const id = useId()
  const [typed, setTyped] = useDebouncedText(value, { pause: 250, onCommit: (text) => onChange(text || undefined) })
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

const DayFilter = ({ label, value = '', least, most, onChange }: FilterProps & { least?: string | undefined; most?: string | undefined }) => {
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

// These events belong to no organization, so its audit log never has them.
const outsideOrganization =
  /^(account|password|email|client|stream|signing_key|secret|store)\.|^(user\.registered|device_authorization\.requested|invitation\.opened|refused)$/
const nouns = Map.groupBy(
  eventTypes.filter((type) => !outsideOrganization.test(type)),
  (type) => type.slice(0, type.indexOf('.')),
)
const toWords = (text: string): string => text.replaceAll('_', ' ')
const capitalize = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function ActionFilter({ value = '', onChange }: Omit<FilterProps, 'label'>) {
  const id = useId()
  const isListed = value === '' || value === 'refused' || nouns.has(value) || eventTypes.some((type) => type === value)
  return (
    <label htmlFor={id} className={cx(labelClass, 'max-sm:col-span-2')}>
      Event
      <Select id={id} marked={value !== ''} value={value} onChange={(event) => onChange(event.target.value || undefined)}>
        <option value="">All events</option>
        {!isListed && <option value={value}>{value}</option>}
        <option value="refused">Refused</option>
        {[...nouns].map(([noun, types]) => (
          <optgroup key={noun} label={capitalize(toWords(noun))}>
            {types.length > 1 && <option value={noun}>{capitalize(toWords(noun))}: all</option>}
            {types.map((type) => (
              <option key={type} value={type}>
                {capitalize(toWords(noun))}: {toWords(type.slice(noun.length + 1))}
              </option>
            ))}
          </optgroup>
        ))}
      </Select>
    </label>
  )
}
