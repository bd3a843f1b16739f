import { useMutation } from '@tanstack/react-query'
import { ApiProblem, answer, api, type Member } from '../../lib/api.ts'
import { fullName } from '../../lib/names.ts'
import { useSession } from '../../lib/session.ts'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, DangerDialog } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.tsx'
import { refreshPeople } from './data.ts'
import { LastAdmin } from './last-admin.tsx'

const adminPermissions = [
  'Invite, deactivate, reactivate and remove members, and change their roles',
  'Rename the organization, and change its contacts and address',
  'Manage service accounts and the keys of all members',
  'Read the audit log',
]

/** Changes the role of a member. It applies immediately and ends no session (S32). */
export function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { organization } = useSession()
  const { username } = member
  const role = member.role === 'admin' ? 'member' : 'admin'
  const set = (to: Member['role']) =>
    answer(api.PATCH('/v1/organizations/{org}/members/{user}', { params: { path: { org: organization.id, user: member.id } }, body: { role: to } }))
  const change = useMutation({
    mutationFn: () => set(role),
    onSuccess: async () => {
      await refreshPeople()
      onClose()
      const undo = () => void set(member.role).then(refreshPeople, toast.fail)
      toast.done(`${username} is now ${role === 'admin' ? 'an admin' : 'a member'}`, { undo: { run: undo } })
    },
  })
  const lastAdmin = change.error instanceof ApiProblem && change.error.code === 'last_admin'
  return (
    <DangerDialog
      open
      tone="primary"
      onClose={onClose}
      title={role === 'admin' ? `Make ${fullName(member)} an admin?` : `Make ${fullName(member)} a member?`}
      lead={`The new role applies immediately. ${username} does not have to sign in again.`}
      action={role === 'admin' ? `Make ${username} an admin` : `Make ${username} a member`}
      onConfirm={() => change.mutate()}
      busy={change.isPending}
      ready={!lastAdmin}
      error={lastAdmin ? undefined : change.error}
    >
      <Consequences title={role === 'admin' ? 'New permissions' : 'Lost permissions'} items={adminPermissions} />
      {role === 'member' && <Consequences title="Ends immediately" items={['All open invitations they sent']} />}
      <LastAdmin error={change.error} onPromoted={change.reset} />
      <ShowCommand>{`muster user role ${username} ${role}`}</ShowCommand>
    </DangerDialog>
  )
}
