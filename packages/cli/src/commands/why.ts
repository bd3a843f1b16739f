import { command } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'

const why = command(
  'why <user> <permission>',
  {
    summary: 'why a member or a service account may do something, or why not',
    examples: ['muster why bob apps:deploy', 'muster why ci_bot apps:deploy', 'muster why bob members:remove --json'],
    notes: 'Admins ask about every member and service account, and everybody can ask about themselves.',
  },
  async (context, { user, permission }) => {
    const { say } = context
    const login = await signedIn(context)
    const access = await login.GET('/v1/organizations/{org}/access', {
      params: { path: { org: login.organizationId }, query: { user, permission } },
    })
    say.data(access, () => {
      const { username } = access.user
      const where = access.api === null ? '' : ` at ${access.api}`
      const keys = access.keys.map(({ id, description, allowed }) => [allowed ? 'allows it' : 'does not allow it', id, description])
      return [
        `${username} ${access.allowed ? 'has' : 'does not have'} the permission ${permission}${where}.`,
        ...access.steps.map(({ passed, detail }) => `${passed ? '✓' : '✗'} ${detail}`),
        ...(keys.length > 0 ? ['', 'Keys:', say.table(['THIS KEY', 'ID', 'DESCRIPTION?'], keys)] : []),
      ].join('\n')
    })
  },
)

export default [why]
