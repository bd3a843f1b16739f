import { queryOptions, useQuery } from '@tanstack/react-query'
import { answer, api } from './api.ts'

export const factorsQuery = queryOptions({ queryKey: ['factors'], queryFn: () => answer(api.GET('/v1/me/factors')) })

/** Whether the user has a password, and whether one can be set. Both until the response arrives. */
export function usePassword(): { hasPassword: boolean; passwordsOff: boolean } {
  const { data } = useQuery(factorsQuery)
  return { hasPassword: data?.password ?? true, passwordsOff: data?.passwords_off ?? false }
}
