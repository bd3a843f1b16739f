import { signedIn } from '../access.ts'
import type { Member } from '../api-types.ts'
import { command } from '../command.ts'
import { usage } from '../errors.ts'
import { organizationPath } from '../organization.ts'

const role = command(
  'user role <user> <role>',
  { summary: 'make a member admin, or take it back; counts at once', examples: ['muster user role bob admin', 'muster user role bob member'] },
  async (context, { user, role }) => {
    const { say } = context
    if (role !== 'admin' && role !== 'member') throw usage(`"${role}" is not a role.`, 'A role is admin or member.')
    const login = await signedIn(context)
    const member = await login.request<Member>('PATCH', organizationPath(login, `/members/${encodeURIComponent(user)}`), { json: { role }, repeatable: true })
    if (say.json) return say.data(member, () => '')
    say.done(`${member.username} is now ${member.role === 'admin' ? 'an admin' : 'a member'} of ${login.me.organization?.name}.`)
  },
)

export default [role]
