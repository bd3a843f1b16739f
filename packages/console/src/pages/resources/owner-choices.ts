import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { fullName } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import type { Choice } from '../../ui/form/picker.tsx'
import { candidatesQuery, serviceAccountsQuery } from './data.ts'

/** Active members and service accounts that match the typed text, without the current owner (S6). */
export function useOwnerChoices(typed: string, current: string): { choices: Choice[]; hint: string } {
  const { organization, may } = useSession()
  const query = useDeferredValue(typed.trim())
  const members = useQuery({ ...candidatesQuery(organization.id, query), enabled: may('members:read'), placeholderData: keepPreviousData })
  const accounts = useQuery({ ...serviceAccountsQuery(organization.id), enabled: may('service-accounts:read') })
  const choices = [
    ...(members.data?.items ?? []).map((member) => ({ value: member.username, hint: fullName(member) })),
    ...(accounts.data?.items ?? []).filter((one) => one.name.includes(query)).map((one) => ({ value: one.name, hint: 'Service account' })),
  ].filter(({ value }) => value !== current)
  return { choices, hint: may('service-accounts:read') ? 'An active member or a service account.' : 'An active member, or the name of a service account.' }
}
