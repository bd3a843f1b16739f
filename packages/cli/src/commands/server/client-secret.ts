import { command, skipPrompt } from '../../command.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { moment, momentInFull } from '../../output/time.ts'

// The secrets of a client (P14).

const rotate = command(
  'server client secret rotate <id>',
  {
    summary: 'give a client a second secret; it is shown once',
    options: { operatorTokenFile },
    examples: ['muster server client secret rotate cli_…', 'muster server client secret rotate cli_… > secret'],
    notes: 'Both secrets are valid until one is revoked. Deploy the new one, wait until the previous one is no longer used, and revoke that.',
  },
  async (context, { id, operatorTokenFile }) => {
    const { say } = context
    const operator = asOperator(context, operatorTokenFile)
    const created = await operator.POST('/v1/operator/clients/{id}/secrets', { params: { path: { id } }, creates: true })
    say.data(created, () => created.secret)
    if (say.json) return
    const { secrets } = await operator.GET('/v1/operator/clients/{id}', { params: { path: { id } } })
    const previous = secrets.find((secret) => secret.id !== created.id)
    say.hint('It is not shown again. The previous one stays valid.')
    if (previous) say.hint(`When nothing uses that any more: muster server client secret revoke ${id} ${previous.id}`)
  },
)

const list = command(
  'server client secret list <id>',
  {
    summary: 'list the secrets of a client, and when each was last used',
    options: { operatorTokenFile },
    examples: ['muster server client secret list cli_…'],
  },
  async (context, { id, operatorTokenFile }) => {
    const { say, now } = context
    const { secrets: items } = await asOperator(context, operatorTokenFile).GET('/v1/operator/clients/{id}', { params: { path: { id } } })
    if (items.length === 0) say.hint('A public client has no secret.')
    if (items.length === 0 && !say.json) return
    say.data({ items }, () =>
      say.table(
        ['ID', 'LAST USED', 'CREATED'],
        items.map((secret) => [secret.id, moment(secret.last_used_at, now, 'never'), moment(secret.created_at, now)]),
      ),
    )
  },
)

const revoke = command(
  'server client secret revoke <id> <secret>',
  {
    summary: 'revoke one of two secrets of a client at once',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server client secret revoke cli_… csc_…', 'muster server client secret revoke cli_… csc_… --yes'],
    notes: 'Tokens that it obtained are valid until they expire, within the hour. To end them at once, remove the client.',
  },
  async (context, { id, secret, yes, operatorTokenFile }) => {
    const { say, ask, now } = context
    const operator = asOperator(context, operatorTokenFile)
    const path = { id, secret }
    if (!yes) {
      const { name, secrets } = await operator.GET('/v1/operator/clients/{id}', { params: { path: { id } } })
      const used = secrets.find((one) => one.id === secret)?.last_used_at ?? null
      const lastUse = used === null ? 'It was never used.' : `It was last used ${momentInFull(used, now)}.`
      await ask.confirm(`Revoke the secret ${secret} of ${name}? ${lastUse} Every program that uses it is refused at once.`)
    }
    const client = await operator.DELETE('/v1/operator/clients/{id}/secrets/{secret}', { params: { path } })
    if (say.json) return say.data(client, () => '')
    say.done(`The secret ${secret} of ${client.name} is revoked.`)
  },
)

export default [rotate, list, revoke]
