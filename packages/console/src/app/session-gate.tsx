import { type Permission, roleMay } from '@muster/contract/permissions.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { meQuery, type Session, SessionContext } from '../lib/session.ts'
import { here, signInPath } from '../lib/sign-in.ts'
import { useStanding } from '../lib/standing.ts'
import { useHasUnfinished } from '../lib/unfinished.ts'
import { Failure } from '../ui/failure.tsx'
import { Barred } from './barred.tsx'
import { watchChanges } from './changes.ts'
import { LoadingShell } from './loading-shell.tsx'
import { Outside } from './outside.tsx'
import { SignedOut } from './signed-out.tsx'

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
    if (interrupted.current && standing.is === 'valid') void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    interrupted.current = standing.is !== 'valid'
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
      <Outside title="The console could not be loaded">
        <Failure error={error} onRetry={() => refetch()} />
      </Outside>
    )
  return <LoadingShell />
}
