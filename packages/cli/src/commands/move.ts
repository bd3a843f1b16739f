import { command } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'
import { tokenFrom } from './invitation-answer.ts'
import { planFor, planLines, preview } from './shared/move-plan.ts'

const plan = command(
  'move plan [invitation]',
  {
    summary: 'preview a move to another organization: what it would change, and what blocks it',
    examples: ['muster move plan', 'muster move plan "https://accounts.example.com/join?token=…"', 'muster move plan inv_… --json'],
    notes:
      'Accepts the link from the email, a secret, or the id of an invitation; - reads it from standard input. Without one, the plan is for leaving your organization.\nThe plan lists everything that blocks the move, each with the command that resolves it.',
  },
  async (context, { invitation }) => {
    const { say } = context
    const login = await signedIn(context)
    const target =
      invitation === undefined ? null : invitation.startsWith('inv_') ? { id: invitation } : await preview(context, await tokenFrom(context, invitation))
    const found = await planFor(login, target)
    say.data(found, () => planLines(found).join('\n'))
    if (found.possible) say.done('Nothing blocks the move.')
    else if (found.blockers.length > 0) say.warn('Resolve the blockers, then check again: muster move plan')
  },
)

export default [plan]
