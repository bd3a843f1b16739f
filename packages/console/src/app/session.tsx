import { type Permission, roleMay } from '@muster/contract/permissions.ts'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useRef } from 'react'
import { answer, api, type Me, type Organization } from '../lib/api.ts'
import { useHasUnfinished } from '../lib/unfinished.ts'
import { Failure } from '../ui/failure.tsx'
import { Barred } from './barred.tsx'
import { watchChanges } from './changes.ts'
import { LoadingShell } from './loading-shell.tsx'
import { Outside } from './outside.tsx'
import { here, SignedOut, signInPath } from './signed-out.tsx'
import { recognize, useStanding } from './standing.ts'

/** Who is signed in, registered, and so in an organization. */
export interface Session {
  me: Me & { username: string; organization: Organization }
  organization: Organization
  may: (permission: Permission) => boolean
}

const SessionContext = createContext<Session | null>(null)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('Nobody is signed in on this page.')
  return session
}

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async ({ signal }) => {
    const me = await answer(api.GET('/v1/me', { signal }))
    if (!('email' in me)) throw new Error('A key has no console.')
    if (recognize(me)) return me
    location.reload()
    return new Promise<never>(() => {}) // nothing of the other person is shown on this page
  },
  staleTime: 30_000,
  refetchInterval: 60_000, // changes are noticed at once by `watchChanges`; this is for browsers in which that request does not get through
})

/** Shows the console to a person who is signed in and in good standing; everyone else is led on. What a person has typed outlives the session. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data: me, error, refetch } = useQuery(meQuery)
  const queryClient = useQueryClient()
  const standing = useStanding()
  const unfinished = useHasUnfinished()
  const isKnown = me !== undefined
  const unregistered = isKnown && me.username === null
  const stranger = !isKnown && standing.is === 'ended' ? standing.reason : null

  useEffect(() => {
    if (unregistered) location.assign(`/sign-up/username?continue=${encodeURIComponent(here())}`)
  }, [unregistered])

  useEffect(() => {
    if (stranger !== null) location.assign(signInPath(stranger))
  }, [stranger])
  useEffect(() => (isKnown ? watchChanges() : undefined), [isKnown])
  // One who came back sees everything as it is now.
  const interrupted = useRef(false)
  useEffect(() => {
    if (interrupted.current && standing.is === 'good') void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    interrupted.current = standing.is !== 'good'
  }, [standing, queryClient])

  if (standing.is === 'barred' && !(isKnown && unfinished)) return <Barred problem={standing.problem} />
  if (standing.is === 'ended' && isKnown && !unfinished) return <SignedOut reason={standing.reason} />
  if (me?.organization && me.username !== null) {
    const session = {
      me: me as Session['me'],
      organization: me.organization,
      may: (permission: Permission) => roleMay(me.organization?.role ?? 'member', permission),
    }
    return <SessionContext value={session}>{children}</SessionContext>
  }
  if (error && stranger === null)
    return (
      <Outside title="The console is not here">
        <Failure error={error} onRetry={() => refetch()} />
      </Outside>
    )
  return <LoadingShell />
}
