import type { Permission } from '@muster/contract/permissions.ts'
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { answer, api, type Me, type Organization } from './api.ts'
import { confirmUser } from './standing.ts'

/** The signed-in user. A registered user is always in an organization. */
export interface Session {
  me: Me & { username: string; organization: Organization }
  organization: Organization
  may: (permission: Permission) => boolean
}

export const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('This page needs a signed-in user.')
  return session
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    const me = await answer(api.GET('/v1/me', { signal }))
    if (!('email' in me)) throw new Error('A key cannot use the console.')
    if (confirmUser(me)) return me
    location.reload()
    return new Promise<never>(() => {}) // The page is reloading and must not show the other person's data.
  },
  staleTime: 30_000,
  refetchInterval: 60_000, // `watchChanges` notices changes immediately; the interval is for networks that block its long requests
})
