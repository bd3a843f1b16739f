import { useMutation } from '@tanstack/react-query'
import { answer, api, type Member } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshPeople } from './data.ts'

/** Ends every session of a member, who can sign in again. */
export function SignOutDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { organization } = useSession()
  const { username } = member
  const signOut = useMutation({
    mutationFn: () => answer(api.DELETE('/v1/organizations/{org}/members/{user}/sessions', { params: { path: { org: organization.id, user: member.id } } })),
    onSuccess: async ({ ended }) => {
      await refreshPeople()
      onClose()
      if (ended === 0) toast.done(`${username} was not signed in anywhere`)
      else toast.done(`${username} is signed out everywhere`, { description: `${plural(ended, 'session')} ended.` })
    },
  })
  return (
    <DangerDialog
      open
      tone="paused"
      onClose={onClose}
      title={`Sign ${fullName(member)} out everywhere?`}
      lead={`Do this when ${username} has lost a device. ${username} can sign in again. To suspend access, deactivate ${username} instead.`}
      action={`Sign out ${username}`}
      onConfirm={() => signOut.mutate()}
      busy={signOut.isPending}
      error={signOut.error}
    >
      <Consequences
        title="Ends at once"
        items={['Every session: browser, command line, applications', 'Every access token and refresh token: CI jobs that use one have to log in again']}
      />
      <Consequences title="Stays" items={['Keys, and keys of service accounts', 'Their role, their password and what they own']} />
      <ShowCommand>{`muster user sign-out ${username}`}</ShowCommand>
    </DangerDialog>
  )
}
