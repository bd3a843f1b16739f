import { useMutation } from '@tanstack/react-query'
import { answer, api } from '../../lib/api.ts'
import { signOut } from '../../lib/sign-out.ts'
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
      toast.done(`The session of ${clientOf(login)} has ended`)
    },
  })
  if (login.current)
    return (
      <DangerDialog
        open
        onClose={onClose}
        title="Sign out of this browser?"
        lead="You will be asked to sign in when you come back. Your other sessions go on."
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
      title={`End the session of ${clientOf(login)}?`}
      lead={login.address ? `It was used from ${login.address} last.` : undefined}
      action="End session"
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Consequences title="Ends at once" items={['This login, and every access token made from it']} />
      <Consequences title="Stays" items={['This browser, your other sessions, refresh tokens and keys']} />
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
      toast.done('The refresh token is revoked')
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={token.name === null ? 'Revoke the refresh token?' : `Revoke the refresh token ${token.name}?`}
      lead={`It was ${token.last_used_at ? 'used last from' : 'made at'} ${token.address}.`}
      action="Revoke refresh token"
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Consequences title="Ends at once" items={['Every job that signs in with it, and the access tokens it made']} />
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
      toast.done(ended > 0 ? `${plural(ended, 'session')} ended` : 'There was no other session', { description: 'You are signed in in this browser only.' })
    },
  })
  return (
    <DangerDialog
      open
      onClose={onClose}
      title={`End ${count}?`}
      lead="Do this when a device is lost, or when you do not know one of them."
      action="End all others"
      onConfirm={() => end.mutate()}
      busy={end.isPending}
      error={end.error}
    >
      <Consequences
        title="Ends at once"
        items={['Every other browser, command line and application', 'Every refresh token: jobs that use one sign in no more']}
      />
      <Consequences title="Stays" items={['This browser', 'Your keys']} />
      <ShowCommand>muster session end --others</ShowCommand>
    </DangerDialog>
  )
}
