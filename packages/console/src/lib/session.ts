import type { Permission } from '@muster/contract/permissions.ts'
import { queryOptions } from '@tanstack/react-query'
import { createContext, useContext } from 'react'
import { answer, api, type Me, type Organization } from './api.ts'
import { recognize } from './standing.ts'

/** Who is signed in, registered, and so in an organization. */
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
    if (recognize(me)) return me
    location.reload()
    return new Promise<never>(() => {}) // nothing of the other person is shown on this page
  },
  staleTime: 30_000,
  refetchInterval: 60_000, // changes are noticed at once by `watchChanges`; this is for browsers in which that request does not get through
})
