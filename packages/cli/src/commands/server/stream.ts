import { command, skipPrompt, value } from '../../command.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { moment } from '../../output/time.ts'

const list = command(
  'server stream list',
  {
    summary: 'list the services that receive revocations, and those that cannot be reached',
    options: { client: value('ID', 'only the streams of this client'), operatorTokenFile },
    examples: ['muster server stream list', 'muster server stream list --client cli_…'],
  },
  async (context, { client, operatorTokenFile }) => {
    const { say, now } = context
    const { items } = await asOperator(context, operatorTokenFile).GET('/v1/operator/streams', { params: { query: { client } } })
    if (items.length === 0) say.hint('No streams. A resource server creates one when it starts.')
    if (items.length === 0 && !say.json) return
    say.data({ items }, () =>
      say.table(
        ['ID', 'CLIENT', 'METHOD', 'STATUS', 'DESCRIPTION?', 'FAILING?', 'CREATED?'],
        items.map((stream) => [
          stream.id,
          stream.client ?? '',
          stream.method,
          stream.status,
          stream.description ?? '',
          moment(stream.failing_since, now),
          moment(stream.created_at, now),
        ]),
      ),
    )
  },
)

const remove = command(
  'server stream remove <id>',
  {
    summary: 'remove the stream of a receiver that no longer exists',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server stream remove str_… --yes'],
    notes: 'A verifier that is still running may accept tokens until its lease expires. It then creates a new stream.',
  },
  async (context, { id, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes) await ask.confirm(`Remove the stream ${id}? Its receiver gets no more revocations.`)
    const answer = await asOperator(context, operatorTokenFile).DELETE('/v1/operator/streams/{id}', { params: { path: { id } } })
    if (say.json) return say.data(answer, () => '')
    say.done(`The stream ${id} has been removed.`)
  },
)

export default [list, remove]
