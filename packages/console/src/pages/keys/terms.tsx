import type { Role } from '@muster/contract/permissions.ts'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { Failure } from '../../ui/failure.tsx'
import { SelectField } from '../../ui/form/field.tsx'
import { Skeleton } from '../../ui/states.tsx'
import { Time } from '../../ui/time.tsx'
import type { Key } from './data.ts'

// The scope and the expiry of keys (P12).

export interface Terms {
  /** True: everything that the holder may do. */
  everything: boolean
  /** Kept while `everything` is chosen. */
  permissions: readonly string[]
  /** Null: it does not expire. */
  days: number | null
}

export const termsOf = (scope: Key['scope'] | undefined): Terms => ({
  everything: scope === 'all',
  permissions: scope === undefined || scope === 'all' ? [] : scope,
  days: 90,
})

export const isComplete = ({ everything, permissions }: Terms): boolean => everything || permissions.length > 0

export const toBody = ({ everything, permissions, days }: Terms) => ({ scope: everything ? ('all' as const) : [...permissions], expires_in_days: days })

export const toFlags = ({ everything, permissions, days }: Terms): string => {
  const scope = everything ? ' --scope all' : permissions.length > 0 ? ` --scope ${permissions.join(' ')}` : ''
  return `${scope}${days === 90 ? '' : ` --expires ${days === null ? 'never' : `${days}d`}`}`
}

const lifetimes: readonly [days: number | null, words: string][] = [
  [7, 'In 7 days'],
  [30, 'In 30 days'],
  [90, 'In 90 days'],
  [365, 'In a year'],
  [null, 'Never'],
]

interface FieldsProps {
  value: Terms
  onChange: (value: Terms) => void
  /** The role of the holder decides what can be chosen. */
  role: Role
  /** "you", or the name of the service account. */
  holder: string
}

export function TermsFields({ value, onChange, role, holder }: FieldsProps) {
  return (
    <>
      <SelectField
        label="Permissions"
        value={value.everything ? 'all' : 'some'}
        onChange={(event) => onChange({ ...value, everything: event.target.value === 'all' })}
      >
        <option value="some">Only the ones that you choose</option>
        <option value="all">Everything that {holder} may do</option>
      </SelectField>
      {!value.everything && <PermissionBoxes role={role} chosen={value.permissions} onChange={(permissions) => onChange({ ...value, permissions })} />}
      <SelectField
        label="Expires"
        value={String(value.days)}
        onChange={(event) => onChange({ ...value, days: event.target.value === 'null' ? null : Number(event.target.value) })}
      >
        {lifetimes.map(([days, words]) => (
          <option key={words} value={String(days)}>
            {words}
          </option>
        ))}
      </SelectField>
    </>
  )
}

/** Loaded when they are shown, because few visits show them. */
const wordsQuery = queryOptions({
  queryKey: ['permission-areas'],
  queryFn: () => import('@muster/contract/permission-areas.ts'),
  staleTime: Number.POSITIVE_INFINITY,
})

function PermissionBoxes({ role, chosen, onChange }: { role: Role; chosen: readonly string[]; onChange: (chosen: string[]) => void }) {
  const id = useId()
  const { data, error, refetch } = useQuery(wordsQuery)
  if (error) return <Failure error={error} onRetry={() => refetch()} />
  if (!data) return <Skeleton rows={4} label="Loading the permissions" />
  return (
    <div className="flex flex-col gap-4">
      {data.permissionChoices(role).map(({ area, choices }) => (
        <fieldset key={area} className="flex min-w-0 flex-col gap-1">
          <legend className="text-sm font-semibold">{area}</legend>
          {choices.map(({ permission, words }) => (
            <label key={permission} htmlFor={`${id}-${permission}`} className="flex min-h-6 items-center gap-2 text-sm">
              <input
                id={`${id}-${permission}`}
                type="checkbox"
                checked={chosen.includes(permission)}
                onChange={(event) => onChange(event.target.checked ? [...chosen, permission] : chosen.filter((one) => one !== permission))}
                className="size-4 flex-none accent-accent"
              />
              <span>{words}</span>
            </label>
          ))}
        </fieldset>
      ))}
    </div>
  )
}

/** A server process of an earlier version says neither, and its keys have neither. */
type KeyTerms = Partial<Pick<Key, 'scope' | 'expires_at'>>

/** All permissions of the scope in words, one in a line. */
export function ScopeInWords({ scope = 'all' }: KeyTerms) {
  const { data } = useQuery({ ...wordsQuery, enabled: scope !== 'all' })
  if (scope === 'all') return <>Everything that its holder may do</>
  const words = new Map<string, string>(data?.permissionAreas.flatMap(({ permissions }) => Object.entries(permissions)))
  return (
    <ul>
      {scope.map((permission) => (
        <li key={permission}>{words.get(permission) ?? permission}</li>
      ))}
    </ul>
  )
}

/** In one line: "Everything · expires in 5 days". */
export const TermsLine = ({ scope = 'all', expires_at: at = null }: KeyTerms) => (
  <>
    {scope === 'all' ? 'Everything' : scope.join(', ')}
    {' · '}
    {at === null ? (
      'does not expire'
    ) : (
      <>
        expires <Time at={at} still />
      </>
    )}
  </>
)
