import { command } from '../../command.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { afterOption, listen, listenNotes } from '../shared/listen.ts'

const listenCommand = command(
  'server events listen',
  {
    summary: 'print the events of all organizations as they happen',
    options: { after: afterOption, operatorTokenFile },
    examples: ['muster server events listen', 'muster server events listen --after start --json > events.jsonl'],
    notes: listenNotes,
  },
  async (context, { after, operatorTokenFile }) => {
    const calls = asOperator(context, operatorTokenFile)
    await listen(context, { after, command: 'server events listen', read: (query) => calls.GET('/v1/operator/events', { params: { query } }) })
  },
)

export default [listenCommand]
