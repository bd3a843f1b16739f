import { readFileSync } from 'node:fs'
import type { Answer } from '../../api/calls.ts'
import { command, flag, skipPrompt } from '../../command.ts'
import { Failure, usage } from '../../errors.ts'
import { standardInput } from '../../input/standard-input.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { count } from '../../output/text.ts'

type Applied = Answer<'put', '/v1/operator/apis'>
type Change = Applied['changes'][number]

const apply = command(
  'server api apply <file>',
  {
    summary: "make the platform's APIs those of a file",
    options: {
      dryRun: flag('show what would change, and change nothing'),
      removeUsed: flag('also remove permissions that clients, keys or roles have'),
      yes: skipPrompt,
      operatorTokenFile,
    },
    examples: ['muster server api apply apis.json --dry-run', 'muster server api apply apis.json', 'muster server api apply - < apis.json'],
    notes:
      'The file names every API: one that is missing is removed. Its form is in the documentation of resource servers; `muster server api list --json` prints it. With - the file is read from standard input.',
  },
  async (context, { file, dryRun, removeUsed, yes, operatorTokenFile }) => {
    const { say, ask } = context
    const body = manifestOf(file)
    const operator = asOperator(context, operatorTokenFile)
    const planned = await operator.PUT('/v1/operator/apis', { params: { query: { dry_run: 'true' } }, body })
    if (dryRun || planned.changes.length === 0) return say.data(planned, () => planText(planned, 'Would change'))
    const lost = planned.changes.some(({ kind, removed, fields }) => kind === 'removed' || removed.length > 0 || fields.includes('grant'))
    if (lost && !yes) {
      say.note(`${planText(planned, 'Will change')}\n\n`)
      await ask.confirm('Change the APIs? Callers can no longer use the permissions that are removed or no longer granted.')
    }
    const query = removeUsed ? { remove_used: 'true' as const } : {}
    const applied = await operator.PUT('/v1/operator/apis', { params: { query }, body })
    say.data(applied, () => planText(applied, 'Changed'))
  },
)

function manifestOf(file: string): { apis: never[] } {
  let text: string
  try {
    text = file === '-' ? standardInput() : readFileSync(file, 'utf8')
  } catch {
    throw usage(`${file === '-' ? 'Standard input' : file} cannot be read.`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return isListing(value) ? { apis: value.items.map(withoutId) as never[] } : (value as { apis: never[] })
  } catch (error) {
    throw usage(`${file} is not valid JSON: ${(error as Error).message}`)
  }
  throw usage(`${file} must contain an object: {"apis": [ … ]}`)
}

/** The output of `muster server api list --json` can be applied again. */
const isListing = (value: object): value is { items: Record<string, unknown>[] } => 'items' in value && Array.isArray(value.items)
const withoutId = ({ id: _, ...api }: Record<string, unknown>) => api

const signs = { created: '+', changed: '~', removed: '-' } as const

function planText({ changes, uses }: Applied, heading: string): string {
  if (changes.length === 0) return 'Nothing changes: the APIs are already those of the file.'
  const lines = changes.flatMap((change) => [`${signs[change.kind]} ${change.name} (${change.audience})`, ...changedLines(change).map((line) => `    ${line}`)])
  const named = uses.map(({ permission, kind, name, id }) => `    ${permission}: the ${kind} ${name} (${id})`)
  return [`${heading} ${count(changes.length, 'API')}:`, ...lines, ...(named.length > 0 ? ['In use:', ...named] : [])].join('\n')
}

const changedLines = ({ fields, added, removed }: Change): string[] => [
  ...(fields.length > 0 ? [`~ ${fields.join(', ')}`] : []),
  ...added.map((name) => `+ ${name}`),
  ...removed.map((name) => `- ${name}`),
]

const apis = command(
  'server api list',
  { summary: "list the platform's APIs", options: { operatorTokenFile }, examples: ['muster server api list', 'muster server api list --json > apis.json'] },
  async (context, input) => {
    const { say } = context
    const { items } = await asOperator(context, input.operatorTokenFile).GET('/v1/operator/apis')
    if (items.length === 0) say.hint('No APIs. To add some: muster server api apply FILE')
    if (items.length === 0 && !say.json) return
    say.data({ items }, () =>
      say.table(
        ['NAME', 'AUDIENCE', 'PERMISSIONS'],
        items.map(({ name, audience, permissions }) => [name, audience, String(Object.keys(permissions).length)]),
      ),
    )
  },
)

const show = command(
  'server api show <api>',
  {
    summary: 'show an API and its permissions',
    options: { operatorTokenFile },
    examples: ['muster server api show https://deploy.example.com', 'muster server api show Deploy'],
  },
  async (context, input) => {
    const { say } = context
    const { items } = await asOperator(context, input.operatorTokenFile).GET('/v1/operator/apis')
    const api = items.find(({ id, name, audience }) => [id, audience, name].includes(input.api))
    if (!api) throw new Failure(`There is no API ${input.api}.`, { code: 'api_not_found', next: 'To list them: muster server api list' })
    const permissions = Object.entries(api.permissions)
    const life = api.longest_token_life
    say.data(api, () =>
      [
        say.details([
          ['Id', api.id],
          ['Name', api.name],
          ['Audience', api.audience],
          ['Members may', api.grant.member.join(' ') || 'nothing'],
          ['Viewers may', api.grant.viewer?.join(' ') || 'nothing'],
          ['Longest token life', life === null ? null : `${life} s`],
          ['Accepts', api.accept_default_audience ? "tokens of Muster's own audience too" : null],
        ]),
        permissions.length === 0 ? 'It has no permissions.' : say.table(['PERMISSION', 'DESCRIPTION'], permissions),
      ].join('\n\n'),
    )
  },
)

export default [apis, show, apply]
