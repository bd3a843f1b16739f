import { readAllPages } from '../../api/pages.ts'
import type { Application } from '../../api/types.ts'
import { command, flag, skipPrompt } from '../../command.ts'
import { signedIn } from '../../login/sign-in.ts'
import { printList } from '../../output/list.ts'
import { sayRevocation } from '../../output/revocation.ts'
import type { Cell } from '../../output/table.ts'
import { count } from '../../output/text.ts'
import { moment } from '../../output/time.ts'

const list = command(
  'application list',
  {
    summary: 'list the applications that have access to your account',
    options: { all: flag('list those of all members of your organization (applications:read)') },
    examples: ['muster application list', 'muster application list --all'],
  },
  async (context, { all }) => {
    const login = await signedIn(context)
    const head = ['PERMISSIONS', 'SINCE?', 'LAST USED']
    const rest = ({ permissions, granted_at, last_used_at }: Pick<Application, 'permissions' | 'granted_at' | 'last_used_at'>): Cell[] => [
      permissions.map(({ description }) => description).join('; '),
      moment(granted_at, context.now),
      moment(last_used_at, context.now, 'never'),
    ]
    if (all) {
      const items = await readAllPages(login, '/v1/organizations/{org}/applications', { params: { path: { org: login.organizationId } } })
      return printList(
        context,
        { items },
        {
          none: 'No member has given an application access.',
          head: ['ID', 'NAME', 'MEMBER', ...head],
          row: (item) => [item.client_id, item.name, item.user.username, ...rest(item)],
        },
      )
    }
    const { items } = await login.GET('/v1/me/applications')
    printList(
      context,
      { items },
      { none: 'No application has access to your account.', head: ['ID', 'NAME', ...head], row: (item) => [item.client_id, item.name, ...rest(item)] },
    )
  },
)

const revoke = command(
  'application revoke <id>',
  {
    summary: 'revoke the access of an application to your account',
    options: { yes: skipPrompt },
    examples: ['muster application revoke cli_…', 'muster application revoke cli_… --yes'],
    notes: 'Its sessions and tokens end at once. It has to ask you again.',
  },
  async (context, { id, yes }) => {
    const { say, ask } = context
    const login = await signedIn(context)
    if (!yes) {
      const { items } = await login.GET('/v1/me/applications')
      const application = items.find(({ client_id }) => client_id === id)
      // Without one, the server refuses the request, so there is nothing to confirm.
      if (application) await ask.confirm(`Revoke the access of ${application.name}? Its sessions and tokens end, and it has to ask you again.`)
    }
    const answer = await login.DELETE('/v1/me/applications/{client}', { params: { path: { client: id } }, ends: true })
    if (say.json) return say.data(answer, () => '')
    say.done(`Access revoked. ${count(answer.ended, 'session')} ended.`)
    sayRevocation(context, answer)
  },
)

export default [list, revoke]
