import { type Permission, roleMay } from '@muster/contract/permissions.ts'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { meQuery, type Session, SessionContext } from '../lib/session.ts'
import { currentPath, signInPath } from '../lib/sign-in.ts'
import { useStanding } from '../lib/standing.ts'
import { useHasUnsavedInput } from '../lib/unsaved-input.ts'
import { Failure } from '../ui/failure.tsx'
import { Barred } from './barred.tsx'
import { watchChanges } from './changes.ts'
import { LoadingShell } from './loading-shell.tsx'
import { Outside } from './outside.tsx'
import { SignedOut } from './signed-out.tsx'

/** Shows the console to a signed-in user and redirects everyone else. Unsaved input stays when the session ends. */
export function SessionGate({ children }: { children: ReactNode }) {
  const { data: me, error, refetch } = useQuery(meQuery)
  const queryClient = useQueryClient()
  const standing = useStanding()
  const isInputUnsaved = useHasUnsavedInput()
  const isLoaded = me !== undefined
  const isUnregistered = isLoaded && me.username === null
  const endedReason = !isLoaded && standing.is === 'ended' ? standing.reason : null

  useEffect(() => {
    if (isUnregistered) location.assign(`/sign-up/username?continue=${encodeURIComponent(currentPath())}`)
  }, [isUnregistered])

  useEffect(() => {
    if (endedReason !== null) location.assign(signInPath(endedReason))
  }, [endedReason])
  useEffect(() => (isLoaded ? watchChanges() : undefined), [isLoaded])
  // All data is loaded again after an interruption.
  const interrupted = useRef(false)
  useEffect(() => {
    if (interrupted.current && standing.is === 'valid') void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' })
    interrupted.current = standing.is !== 'valid'
  }, [standing, queryClient])

  if (standing.is === 'barred' && !(isLoaded && isInputUnsaved)) return <Barred problem={standing.problem} />
  if (standing.is === 'ended' && isLoaded && !isInputUnsaved) return <SignedOut reason={standing.reason} />
  if (me?.organization && me.username !== null) {
    const session = {
      me: me as Session['me'],
      organization: me.organization,
      // During an upgrade, a server of the version before may answer, which names no permissions.
      may: (permission: Permission) => me.permissions?.includes(permission) ?? roleMay(me.organization?.role ?? 'viewer', permission, []),
    }
    return <SessionContext value={session}>{children}</SessionContext>
  }
  if (error && endedReason === null)
    return (
      <Outside title="The console could not be loaded">
        <Failure error={error} onRetry={() => refetch()} />
      </Outside>
    )
  return <LoadingShell />
}
