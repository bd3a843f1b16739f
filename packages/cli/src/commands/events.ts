import { command } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'
import { afterOption, listen, listenNotes } from './shared/listen.ts'

const listenCommand = command(
  'events listen',
  {
    summary: 'print the events of your organization as they happen, for its admins',
    options: { after: afterOption },
    examples: ['muster events listen', 'muster events listen --after start --json > events.jsonl'],
    notes: listenNotes,
  },
  async (context, { after }) => {
    const login = await signedIn(context)
    const path = { org: login.organizationId }
    await listen(context, { after, command: 'events listen', read: (query) => login.GET('/v1/organizations/{org}/events', { params: { path, query } }) })
  },
)

export default [listenCommand]
