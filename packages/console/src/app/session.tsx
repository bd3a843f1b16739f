import { type Permission, roleMay } from '@muster/contract/permissions.ts'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect } from 'react'
import { ApiProblem, answer, api, type Me, type Organization } from '../lib/api.ts'
import { Failure } from '../ui/failure.tsx'
import { Barred } from './barred.tsx'
import { LoadingShell } from './loading-shell.tsx'
import { Outside } from './outside.tsx'
import { useRefusal } from './refusal.ts'

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
    return me
  },
  staleTime: 30_000,
  refetchInterval: 60_000, // a role that changed, an account that was deactivated
})

/** This page with its filters and its open dialog, for after signing in. */
export const here = (): string => `${location.pathname}${location.search}${location.hash}`
/** `reason` is the code of the refusal, which the page of the portal puts into words. */
export const signInAgain = (reason: string): void => location.assign(`/sign-in?${new URLSearchParams({ continue: here(), reason })}`)

/** Shows what is inside to whoever is signed in and in good standing; leads everyone else on. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data: me, error, refetch } = useQuery(meQuery)
  const refusal = useRefusal()
  const lost = error instanceof ApiProblem && error.status === 401 && error.code !== 'user_deactivated'
  const unregistered = me != null && me.username === null

  useEffect(() => {
    if (unregistered) location.assign(`/sign-up/username?continue=${encodeURIComponent(here())}`)
  }, [unregistered])

  if (refusal) return <Barred problem={refusal} />
  if (me?.organization && me.username !== null) {
    const session = {
      me: me as Session['me'],
      organization: me.organization,
      may: (permission: Permission) => roleMay(me.organization?.role ?? 'member', permission),
    }
    return <SessionContext value={session}>{children}</SessionContext>
  }
  if (error && !lost)
    return (
      <Outside title="The console is not here">
        <Failure error={error} onRetry={() => refetch()} />
      </Outside>
    )
  return <LoadingShell />
}
