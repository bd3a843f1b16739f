import { useMutation } from '@tanstack/react-query'
import { answer, api } from '../../lib/api.ts'
import { signOut } from '../../lib/sign-in.ts'
import { plural } from '../../lib/time.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { clientOf, type Login, type RefreshToken, refreshLogins } from './data.ts'

export function EndSessionDialog({ login, onClose }: { login: Login; onClose: () => void }) {
  const end = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/me/sessions/{id}', { params: { path: { id: login.id } } })),
    onSuccess: async () => {
      await refreshLogins()
      onClose()
      toast.done(`The ${clientOf(login)} session has ended`)
    },
  })
  if (login.current)
    return (
      <DangerDialog
        open
        onClose={onClose}
        title="Sign out of this browser?"
        lead="You'll have to sign in again in this browser. Your other sessions stay signed in."
        action="Sign out"
        onConfirm={signOut}
        busy={false}
        tone="primary"
      />
    )
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`End the ${clientOf(login)} session?`}
      lead={login.address ? `Last used from ${login.address}.` : undefined}
      action="End session"
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Consequences title="Ends immediately" items={['This session and all its access tokens']} />
      <Consequences title="Not affected" items={['This browser, your other sessions, refresh tokens and keys']} />
      <ShowCommand>{`muster session end ${login.id}`}</ShowCommand>
    </DangerDialog>
  )
}

export function EndTokenDialog({ token, onClose }: { token: RefreshToken; onClose: () => void }) {
  const end = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/me/refresh-tokens/{id}', { params: { path: { id: token.id } } })),
    onSuccess: async () => {
      await refreshLogins()
      onClose()
      toast.done('Refresh token revoked')
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={token.name === null ? 'Revoke this refresh token?' : `Revoke refresh token ${token.name}?`}
      lead={`${token.last_used_at ? 'Last used from' : 'Created from'} ${token.address}.`}
      action="Revoke refresh token"
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Consequences title="Ends immediately" items={['Access for every job that uses it, and all its access tokens']} />
      <ShowCommand>{`muster token revoke ${token.id}`}</ShowCommand>
    </DangerDialog>
  )
}

export function EndOthersDialog({ count, onClose }: { count: string; onClose: () => void }) {
  const end = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/me/sessions')),
    onSuccess: async ({ ended }) => {
      await refreshLogins()
      onClose()
      toast.done(ended > 0 ? `${plural(ended, 'session')} ended` : 'You had no other sessions', { description: 'You are now signed in only in this browser.' })
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`End ${count}?`}
      lead="Do this if you lost a device or don't recognize a session."
      action="End all others"
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Consequences
        title="Ends immediately"
        items={['All your other sessions: browser, command line, applications', 'All your refresh tokens: jobs that use one have to log in again']}
      />
      <Consequences title="Not affected" items={['This browser', 'Your keys']} />
      <ShowCommand>muster session end --others</ShowCommand>
    </DangerDialog>
  )
}
