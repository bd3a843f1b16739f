import { readPages } from '../api/pages.ts'
import { command, flag, value } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'
import { exportTo } from '../output/export.ts'
import { defaultListSize, printList } from '../output/list.ts'
import { facts } from '../output/table.ts'
import { exact, momentFrom } from '../output/time.ts'

const filters = {
  actor: value('WHO', 'only what they did: a username, the name of a service account or a client, or an id'),
  target: value('WHAT', 'only what happened to it: likewise, or a resource such as database/orders'),
  action: value('ACTION', 'only this, such as membership.ended, or membership for all of that kind'),
  from: value('TIME', 'from then on: 2026-11-20, 2026-11-20T18:00Z, or back from now: 90m, 12h, 7d'),
  to: value('TIME', 'until then, not included'),
}

interface Filters {
  actor: string | undefined
  target: string | undefined
  action: string | undefined
  from: string | undefined
  to: string | undefined
}

const queryFrom = ({ actor, target, action, from, to }: Filters, now: number) => ({
  actor,
  target,
  action,
  from: from === undefined ? undefined : momentFrom(from, '--from', now),
  to: to === undefined ? undefined : momentFrom(to, '--to', now),
})

const list = command(
  'audit list',
  {
    summary: 'list recent activity in your organization, newest first',
    options: { ...filters, all: flag(`all of it, not the newest ${defaultListSize}`) },
    examples: ['muster audit list', 'muster audit list --actor ada --from 7d', 'muster audit list --action membership --target bob'],
    notes: 'Nothing in it can be changed or deleted. To keep it elsewhere: muster audit export',
  },
  async (context, input) => {
    const { now } = context
    const query = queryFrom(input, now)
    const login = await signedIn(context)
    const most = input.all ? Number.POSITIVE_INFINITY : defaultListSize
    printList(context, await readPages(login, '/v1/organizations/{org}/audit-events', { params: { path: { org: login.organizationId }, query } }, most), {
      none: 'Nothing like that happened.',
      more: 'Narrow it down, take --all, or keep it: muster audit export',
      head: ['TIME', 'WHO', 'WHAT', 'TO', 'DETAILS'],
      row: ({ at, actor, action, outcome, target, details }) => [
        facts(exact(at), at),
        actor.name ?? actor.id ?? actor.kind,
        facts(outcome === 'refused' ? `refused: ${details.attempted ?? action}` : action, action, outcome),
        target.name ?? target.id,
        facts(detailsOf(details), JSON.stringify(details)),
      ],
    })
  },
)

/** `role admin, reason accepted`: what a person looks for. Ids, and numbers that only machines compare, stay in `--json`. */
export function detailsOf(details: Record<string, unknown>): string {
  const quiet = new Set(['epoch', 'version', 'attempted', 'jti'])
  return Object.entries(details)
    .filter(([name, value]) => !quiet.has(name) && value !== null && value !== '' && (typeof value !== 'object' || Array.isArray(value)) && !isAnId(value))
    .map(([name, value]) => `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${Array.isArray(value) ? value.join(' ') : String(value)}`)
    .join(', ')
}

const isAnId = (value: unknown): boolean => typeof value === 'string' && /^[a-z]{3}_[0-9a-z]{26}$/.test(value)

const types = { jsonl: 'application/x-ndjson', csv: 'text/csv' } as const

const exportCommand = command(
  'audit export',
  {
    summary: 'export all activity, oldest first, as JSON lines or CSV',
    options: {
      ...filters,
      format: value('FORMAT', 'jsonl (default) or csv', { choices: ['jsonl', 'csv'] }),
      output: value('FILE', 'into this file, which only you can read; else to standard output', { short: 'o' }),
    },
    examples: [
      'muster audit export > audit.jsonl',
      'muster audit export --format csv -o audit.csv',
      'muster audit export --from 2026-11-01 --to 2026-12-01 -o november.jsonl',
    ],
    notes: 'It streams: any amount takes little memory. The file takes its name when it is whole.',
  },
  async (context, input) => {
    const format = input.format === 'csv' ? 'csv' : 'jsonl'
    const query = queryFrom(input, context.now)
    const login = await signedIn(context)
    const body = await login.stream('/v1/organizations/{org}/audit-events', {
      params: { path: { org: login.organizationId }, query },
      accept: types[format],
    })
    await exportTo(context, body, { file: input.output, format })
  },
)

export default [list, exportCommand]
