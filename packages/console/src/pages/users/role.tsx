import { isBelowMember } from '@muster/contract/permissions.ts'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiProblem, answer, api, type Member } from '../../lib/api.ts'
import { fullName, quoted } from '../../lib/names.ts'
import { describeRole, held, roleId } from '../../lib/roles.ts'
import { useSession } from '../../lib/session.ts'
import { plural } from '../../lib/time.ts'
import { Button } from '../../ui/button.tsx'
import { ShowCommand } from '../../ui/copy.tsx'
import { Consequences, Dialog } from '../../ui/dialog.tsx'
import { Failure } from '../../ui/failure.tsx'
import { toast } from '../../ui/toast.tsx'
import { areasQuery } from '../roles/data.ts'
import { choiceOf, chosenRole, type RoleChoice, RoleField, useRoleChoices, useRoles } from '../roles/role-field.tsx'
import { areaLines } from '../roles/words.ts'
import { refreshPeople } from './data.ts'
import { LastAdmin } from './last-admin.tsx'

/** Changes the role of a member. It applies immediately and ends no session (S32). */
export function RoleDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { organization } = useSession()
  const { username } = member
  const current = roleId(member)
  const given = useRoleChoices()
  const choices = given.some(({ id }) => id === current) ? given : [...given, choiceOf(member)]
  const [chosen, setChosen] = useState(current)
  const role = chosenRole(choices, chosen)
  const isSame = role.id === current
  const set = (to: string) =>
    answer(api.PATCH('/v1/organizations/{org}/members/{user}', { params: { path: { org: organization.id, user: member.id } }, body: { role: to } }))
  const change = useMutation({
    mutationFn: () => set(role.id),
    // During an upgrade, a server of the version before names no resources.
    onSuccess: async ({ handed_over: handedOver = [], ...changed }) => {
      await refreshPeople()
      onClose()
      const undo = () => void set(current).then(refreshPeople, toast.fail)
      toast.done(`${username} is now ${describeRole(changed)}`, {
        undo: { run: undo },
        ...(handedOver.length > 0 && { description: `You now own ${plural(handedOver.length, 'resource')} of ${username}.` }),
      })
    },
  })
  const lastAdmin = change.error instanceof ApiProblem && change.error.code === 'last_admin'
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Change the role of ${fullName(member)}`}
      lead={`The new role applies immediately. ${username} does not have to sign in again in the browser.`}
      error={change.error}
      onSubmit={() => !isSame && !lastAdmin && !change.isPending && change.mutate()}
      foot={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" busy={change.isPending} disabled={isSame || lastAdmin}>
            {isSame ? 'Change role' : actionFor(username, role)}
          </Button>
        </>
      }
    >
      <RoleField
        choices={choices}
        value={role}
        onChange={(id) => {
          change.reset()
          setChosen(id)
        }}
      />
      {!isSame && <Effects member={member} to={role} />}
      <LastAdmin error={change.error} onPromoted={change.reset} />
      {change.error && !lastAdmin && <Failure error={change.error} compact />}
      <ShowCommand>{`muster user role ${username} ${quoted(role.name)}`}</ShowCommand>
    </Dialog>
  )
}

/** "Make bob an admin", "Give bob the role Deployer". */
const actionFor = (username: string, role: RoleChoice): string =>
  role.built_in ? `Make ${username} ${describeRole(held(role))}` : `Give ${username} the role ${role.name}`

/** What the member gains, what they lose, and what ends. */
function Effects({ member, to }: { member: Member; to: RoleChoice }) {
  const roles = useRoles()
  const { data: areas } = useQuery(areasQuery)
  const { username } = member
  const before = roles?.find(({ id }) => id === roleId(member))?.permissions
  const after = roles?.find(({ id }) => id === to.id)?.permissions
  if (!areas || !before || !after) return null
  const gained = after.filter((permission) => !before.includes(permission))
  const lost = before.filter((permission) => !after.includes(permission))
  const isLowered = !isBelowMember(member) && isBelowMember(held(to))
  return (
    <>
      <Consequences title="New permissions" items={areaLines(areas, gained)} />
      <Consequences title="Lost permissions" items={areaLines(areas, lost)} />
      <Consequences
        title="Ends immediately"
        items={[
          ...(before.includes('invitations:create') && to.id !== 'admin' ? ['All open invitations they sent'] : []),
          ...(isLowered
            ? [`Their access tokens. Applications get new ones. On the command line, ${username} has to log in again, unless the login has a refresh token`]
            : []),
        ]}
      />
      {lost.includes('resources:remove') && <Consequences title="Transferred to you" items={['All resources they own']} />}
    </>
  )
}
