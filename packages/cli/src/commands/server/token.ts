import { readPages } from '../../api/pages.ts'
import { command, flag, skipPrompt, value } from '../../command.ts'
import { usage } from '../../errors.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { defaultListSize, printList } from '../../output/list.ts'
import { moment, when } from '../../output/time.ts'

// The operator's named tokens (O12).

const root = 'This needs the root token: operator-token in the data folder, or MUSTER_OPERATOR_TOKEN.'

const create = command(
  'server token create <name>',
  {
    summary: 'create an operator token for one person or program; it is shown once',
    options: { days: value('DAYS', 'days until it expires (default: it does not expire)'), operatorTokenFile },
    examples: ['muster server token create ada', 'muster server token create ci --days 90 > ci-token'],
    notes: `The audit log names the token, as operator:NAME. ${root} A name is used once.`,
  },
  async (context, { name, days, operatorTokenFile }) => {
    const { say, now } = context
    const body = { name, ...(days === undefined ? {} : { expires_in_days: wholeDays(days) }) }
    const made = await asOperator(context, operatorTokenFile).POST('/v1/operator/tokens', { body, creates: true })
    say.data(made, () => made.token)
    say.hint(`It acts as operator:${made.name}${made.expires_at ? ` and expires ${when(made.expires_at, now)}` : ''}. It is not shown again.`)
    say.hint(`To use it: --operator-token-file FILE. To revoke it: muster server token revoke ${made.name}`)
  },
)

function wholeDays(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > 3_650) throw usage(`--days must be a whole number from 1 to 3650, not "${text}".`)
  return Number(text)
}

const list = command(
  'server token list',
  {
    summary: 'list the named operator tokens, newest first, and when each was last used',
    options: { all: flag(`list all tokens, not only the newest ${defaultListSize}`), operatorTokenFile },
    examples: ['muster server token list'],
    notes: 'The root token is not in the list.',
  },
  async (context, { all, operatorTokenFile }) => {
    const { now } = context
    const operator = asOperator(context, operatorTokenFile)
    printList(context, await readPages(operator, '/v1/operator/tokens', {}, all ? Number.POSITIVE_INFINITY : defaultListSize), {
      none: 'No named tokens. To create one: muster server token create NAME',
      more: 'To list all: muster server token list --all',
      head: ['NAME', 'STATE', 'LAST USED', 'FROM?', 'EXPIRES', 'CREATED?'],
      row: (token) => [
        token.name,
        token.state === 'resting' ? 'on hold' : token.state,
        moment(token.last_used_at, now, 'never'),
        token.last_address ?? '',
        token.state === 'revoked' ? '' : moment(token.expires_at, now, 'never'),
        moment(token.created_at, now),
      ],
    })
  },
)

const revoke = command(
  'server token revoke <name>',
  {
    summary: 'revoke an operator token at once',
    options: { yes: skipPrompt, operatorTokenFile },
    examples: ['muster server token revoke ci', 'muster server token revoke ci --yes'],
    notes: `${root} To change the root token itself, change the setting or delete the file, and restart the server.`,
  },
  async (context, { name, yes, operatorTokenFile }) => {
    const { say, ask } = context
    if (!yes) await ask.confirm(`Revoke the operator token ${name}? Everything that uses it is refused at once.`)
    const token = await asOperator(context, operatorTokenFile).DELETE('/v1/operator/tokens/{name}', { params: { path: { name } } })
    if (say.json) return say.data(token, () => '')
    say.done(`The operator token ${token.name} is revoked.`)
  },
)

export default [create, list, revoke]
