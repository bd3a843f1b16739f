import { permissionAreas } from '@muster/contract/permission-areas.ts'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../../lib/session.ts'
import { SelectField } from '../../ui/form/field.tsx'
import { type TickArea, TickBoxes } from '../../ui/form/tick-boxes.tsx'
import { Time } from '../../ui/time.tsx'
import { areasQuery } from '../roles/data.ts'
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
  /** The permissions that can be chosen. Undefined while they are read. */
  areas: readonly TickArea[] | undefined
  /** "you", or the name of the service account. */
  holder: string
}

export function TermsFields({ value, onChange, areas, holder }: FieldsProps) {
  return (
    <>
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
      <SelectField
        label="Permissions"
        value={value.everything ? 'all' : 'some'}
        onChange={(event) => onChange({ ...value, everything: event.target.value === 'all' })}
      >
        <option value="some">Only the ones that you choose</option>
        <option value="all">Everything that {holder} may do</option>
      </SelectField>
      {!value.everything && areas && (
        <PermissionBoxes areas={areas} chosen={value.permissions} onChange={(permissions) => onChange({ ...value, permissions })} />
      )}
    </>
  )
}

interface BoxesProps {
  areas: readonly TickArea[]
  chosen: readonly string[]
  onChange: (chosen: string[]) => void
}

function PermissionBoxes({ areas, chosen, onChange }: BoxesProps) {
  // Of the key that this one replaces: nothing is requested that has no box. A box stays when it is unticked.
  const [others] = useState(() => chosen.filter((one) => !areas.some(({ choices }) => choices.some(({ permission }) => permission === one))))
  const other = { area: 'Other', choices: others.map((permission) => ({ permission, words: wordsOf.get(permission) ?? permission })) }
  return <TickBoxes areas={others.length > 0 ? [...areas, other] : areas} chosen={chosen} onChange={onChange} />
}

/** A server process of an earlier version says neither, and its keys have neither. */
type KeyTerms = Partial<Pick<Key, 'scope' | 'expires_at'>>

const wordsOf = new Map<string, string>(permissionAreas.flatMap(({ permissions }) => Object.entries(permissions)))

/** All permissions of the scope in words, one in a line. */
export function ScopeInWords({ scope = 'all' }: KeyTerms) {
  const { may } = useSession()
  const { data: areas = [] } = useQuery({ ...areasQuery, enabled: may('members:read') })
  const inWords = (name: string) => areas.flatMap(({ permissions }) => permissions).find((one) => one.name === name)?.description ?? wordsOf.get(name) ?? name
  if (scope === 'all') return <>Everything that its holder may do</>
  return (
    <ul>
      {scope.map((permission) => (
        <li key={permission}>{inWords(permission)}</li>
      ))}
    </ul>
  )
}

/** In one line. The expiry comes first, because a long scope is cut off: "Expires in 5 days · everything". */
export const TermsLine = ({ scope = 'all', expires_at: at = null }: KeyTerms) => (
  <>
    {at === null ? (
      'Does not expire'
    ) : (
      <>
        Expires <Time at={at} still />
      </>
    )}
    {' · '}
    {scope === 'all' ? 'everything' : scope.join(', ')}
  </>
)
