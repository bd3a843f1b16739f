import { readFileSync } from 'node:fs'
import { command, flag, skipPrompt } from '../../command.ts'
import { Failure, usage } from '../../errors.ts'
import { standardInput } from '../../input/standard-input.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { planText, type WrittenApi } from './api-plan.ts'

const aboutTokens =
  'Callers lose the permissions that are removed or no longer granted at once. Only a service without the SDK that reads tokens accepts earlier ones until they expire.'

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
    const values = { before: (await operator.GET('/v1/operator/apis')).items, after: body.apis }
    const planned = await operator.PUT('/v1/operator/apis', { params: { query: { dry_run: 'true' } }, body })
    if (dryRun || planned.changes.length === 0) return say.data(planned, () => planText(planned, 'Would change', values))
    const lost = planned.changes.some(({ kind, removed, fields }) => kind === 'removed' || removed.length > 0 || fields.includes('grant'))
    if (lost && !yes) {
      say.note(`${planText(planned, 'Will change', values)}\n\n${aboutTokens}\n`)
      await ask.confirm('Change the APIs?')
    }
    const query = removeUsed ? { remove_used: 'true' as const } : {}
    const applied = await operator.PUT('/v1/operator/apis', { params: { query }, body, ends: true })
    say.data(applied, () => planText(applied, 'Changed', values))
    if (lost && !say.json) sayRevocation(context, applied, 'changed')
  },
)

function manifestOf(file: string): { apis: WrittenApi[] } {
  let text: string
  try {
    text = file === '-' ? standardInput() : readFileSync(file, 'utf8')
  } catch {
    throw usage(`${file === '-' ? 'Standard input' : file} cannot be read.`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null)
      return isListing(value) ? { apis: value.items.map(withoutId) as unknown as WrittenApi[] } : (value as { apis: WrittenApi[] })
  } catch (error) {
    throw usage(`${file} is not valid JSON: ${(error as Error).message}`)
  }
  throw usage(`${file} must contain an object: {"apis": [ … ]}`)
}

/** The output of `muster server api list --json` can be applied again. */
const isListing = (value: object): value is { items: Record<string, unknown>[] } => 'items' in value && Array.isArray(value.items)
const withoutId = ({ id: _, ...api }: Record<string, unknown>) => api

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
