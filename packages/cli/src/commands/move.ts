import { signedIn } from '../access.ts'
import { command } from '../command.ts'
import { planFor, planLines, preview } from '../move-plan.ts'
import { tokenFrom } from './invitation-answers.ts'

const plan = command(
  'move plan [invitation]',
  {
    summary: 'what moving to another organization would mean, and what is in the way; changes nothing',
    examples: ['muster move plan', 'muster move plan "https://accounts.example.com/join?token=…"', 'muster move plan inv_… --json'],
    notes:
      'Takes the link from the mail, a secret, or the id of an invitation; - reads it from standard input. Without one: what stands in the way of leaving.\nWhatever is in the way is told at once, each with the command that clears it.',
  },
  async (context, { invitation }) => {
    const { say } = context
    const login = await signedIn(context)
    const target =
      invitation === undefined ? null : invitation.startsWith('inv_') ? { id: invitation } : await preview(context, await tokenFrom(context, invitation))
    const found = await planFor(login, target)
    say.data(found, () => planLines(found).join('\n'))
    if (found.possible) say.done('Nothing is in the way.')
    else if (found.blockers.length > 0) say.warn('Clear what is listed first; then look again: muster move plan')
  },
)

export default [plan]
