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
      else toast.done(`${username} signed out everywhere`, { description: `${plural(ended, 'session')} ended.` })
    },
  })
  return (
    <DangerDialog
      open
      tone="paused"
      onClose={onClose}
      title={`Sign ${fullName(member)} out everywhere?`}
      lead={`Do this if ${username} lost a device. They can sign in again. To suspend their access, deactivate them instead.`}
      action={`Sign out ${username}`}
      onConfirm={() => signOut.mutate()}
      busy={signOut.isPending}
      error={signOut.error}
    >
      <Consequences
        title="Ends immediately"
        items={[
          'All their sessions: browser, command line, applications',
          'All their access tokens and refresh tokens: jobs that use one have to log in again',
        ]}
      />
      <Consequences title="Not affected" items={['Their keys, and keys of service accounts', 'Their role, password and resources']} />
      <ShowCommand>{`muster user sign-out ${username}`}</ShowCommand>
    </DangerDialog>
  )
}
