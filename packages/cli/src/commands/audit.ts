import type { Answer } from '../api/calls.ts'
import { readPages } from '../api/pages.ts'
import { command, flag, value } from '../command.ts'
import { signedIn } from '../login/sign-in.ts'
import { exportTo } from '../output/export.ts'
import { defaultListSize, printList } from '../output/list.ts'
import { type Cell, facts } from '../output/table.ts'
import { exact, momentFrom } from '../output/time.ts'

type AuditEvent = Answer<'get', '/v1/organizations/{org}/audit-events'>['items'][number]

const filters = {
  actor: value('ACTOR', 'only events by this actor: a username, the name of a service account or client, or an id'),
  target: value('TARGET', 'only events about this target: as for --actor, or a resource such as database/orders'),
  action: value('ACTION', 'only this action, such as membership.ended, or membership for all of its kind'),
  from: value('TIME', 'only events since this time: 2026-11-20, 2026-11-20T18:00Z, or back from now: 90m, 12h, 7d'),
  to: value('TIME', 'only events before this time'),
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

/** For the help of the commands that print such lines. */
export const pipedNotes =
  'When piped, each event is a line of tab-separated columns: time, actor, action, outcome, target, details as JSON, and how the actor acted, such as by key deploy.'

const list = command(
  'audit list',
  {
    summary: 'list recent activity in your organization, newest first',
    options: { ...filters, all: flag(`list all events, not only the newest ${defaultListSize}`) },
    examples: ['muster audit list', 'muster audit list --actor ada --from 7d', 'muster audit list --action membership --target bob'],
    notes: `Events cannot be changed or deleted. ${pipedNotes} To save them elsewhere: muster audit export`,
  },
  async (context, input) => {
    const { now } = context
    const query = queryFrom(input, now)
    const login = await signedIn(context)
    const most = input.all ? Number.POSITIVE_INFINITY : defaultListSize
    printList(context, await readPages(login, '/v1/organizations/{org}/audit-events', { params: { path: { org: login.organizationId }, query } }, most), {
      none: 'No matching events.',
      more: 'Add a filter, pass --all, or save them all: muster audit export',
      head: ['TIME', 'ACTOR', 'ACTION', 'TARGET', 'DETAILS'],
      row: cellsOf,
    })
  },
)

/** "via web-dashboard", "by key deploy" (P17). */
const wayOf = ({ via }: AuditEvent['actor']): string | null => (via ? `${via.kind === 'key' ? 'by key' : 'via'} ${via.name}` : null)

/** Time, actor, action, target and details of an event. Piped, a new column is the last one, because scripts count columns from the left. */
export const cellsOf = ({ at, actor, action, outcome, target, details, erased }: AuditEvent): Cell[] => [
  facts(exact(at), at),
  facts([nameOf(actor), wayOf(actor)].filter(Boolean).join(' '), nameOf(actor)),
  facts(outcome === 'refused' ? `refused: ${details.attempted ?? action}` : action, action, outcome),
  target.name ?? target.id,
  facts(detailsOf({ details, erased }), JSON.stringify(details), wayOf(actor)),
]

const nameOf = ({ name, id, kind }: AuditEvent['actor']): string => name ?? id ?? kind

/** `role admin, reason accepted`. Ids, and numbers that only programs compare, are shown only with `--json`. A value that the operator has erased is `(erased)` (P19). */
export function detailsOf({ details, erased = [] }: Pick<AuditEvent, 'details' | 'erased'>): string {
  const quiet = new Set(['epoch', 'version', 'attempted', 'jti'])
  return Object.entries({ ...details, ...Object.fromEntries(erased.filter((field) => field !== 'address').map((field) => [field, '(erased)'])) })
    .filter(([name, value]) => !quiet.has(name) && value !== null && value !== '' && (typeof value !== 'object' || Array.isArray(value)) && !isAnId(value))
    .map(([name, value]) => `${name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)} ${Array.isArray(value) ? value.join(' ') : String(value)}`)
    .join(', ')
}

const isAnId = (value: unknown): boolean => typeof value === 'string' && /^[a-z]{3}_[0-9a-z]{26}$/.test(value)

const types = { jsonl: 'application/x-ndjson', csv: 'text/csv' } as const

const exportCommand = command(
  'audit export',
  {
    summary: 'export all events, oldest first, as JSON Lines or CSV',
    options: {
      ...filters,
      format: value('FORMAT', 'jsonl (default) or csv', { choices: ['jsonl', 'csv'] }),
      output: value('FILE', 'write to this file, readable only by you (default: standard output)', { short: 'o' }),
    },
    examples: [
      'muster audit export > audit.jsonl',
      'muster audit export --format csv -o audit.csv',
      'muster audit export --from 2026-11-01 --to 2026-12-01 -o november.jsonl',
    ],
    notes: 'Events are streamed, so that a large export needs little memory. FILE appears when the export is complete.',
  },
  async (context, input) => {
    const format = input.format === 'csv' ? 'csv' : 'jsonl'
    const query = queryFrom(input, context.now)
    const login = await signedIn(context)
    const request = () =>
      login.stream('/v1/organizations/{org}/audit-events', { params: { path: { org: login.organizationId }, query }, accept: types[format] })
    await exportTo(context, request, { file: input.output, format })
  },
)

export default [list, exportCommand]
