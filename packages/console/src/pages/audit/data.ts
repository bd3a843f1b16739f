import { infiniteQueryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'

export type AuditEvent = Schemas['AuditEvent']

/** As it stands in the address. Days are those of whoever looks, both included. */
export interface AuditFilter {
  actor?: string | undefined
  target?: string | undefined
  action?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

const midnight = (day: string): Date => new Date(`${day}T00:00`)

/** The day after: the API's `to` is not included, a person's last day is. */
export function dayAfter(day: string): string {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number]
  return new Date(Date.UTC(year, month - 1, date + 1)).toISOString().slice(0, 10)
}

const queryOf = ({ actor, target, action, from, to }: AuditFilter) => ({
  ...(actor !== undefined && { actor }),
  ...(target !== undefined && { target }),
  ...(action !== undefined && { action }),
  ...(from !== undefined && { from: midnight(from).toISOString() }),
  ...(to !== undefined && { to: midnight(dayAfter(to)).toISOString() }),
})

export const auditQuery = (org: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', org, 'list', filter],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ signal, pageParam: cursor }) =>
      answer(
        api.GET('/v1/organizations/{org}/audit-events', {
          signal,
          params: { path: { org }, query: { ...queryOf(filter), ...(cursor !== undefined && { cursor }), limit: 100 } },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  })

export const formats = {
  jsonl: { type: 'application/x-ndjson', word: 'JSON lines' },
  csv: { type: 'text/csv', word: 'CSV' },
} as const
export type Format = keyof typeof formats

/** Everything that fits, as a file of the browser's own. The route tells formats apart by a header, which no link can send. */
export async function downloadAudit(organization: { id: string; name: string }, filter: AuditFilter, format: Format): Promise<void> {
  const body = (await answer(
    api.GET('/v1/organizations/{org}/audit-events', {
      params: { path: { org: organization.id }, query: queryOf(filter) },
      headers: { accept: formats[format].type },
      parseAs: 'blob',
    }),
  )) as unknown as Blob
  const link = document.createElement('a')
  link.href = URL.createObjectURL(body)
  link.download = `audit-${organization.name}.${format}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** The options of `muster audit` that ask for the same. */
export function optionsOf({ actor, target, action, from, to }: AuditFilter): string {
  const parts = [
    actor && `--actor ${actor}`,
    target && `--target ${target}`,
    action && `--action ${action}`,
    from && `--from ${from}`,
    to && `--to ${dayAfter(to)}`,
  ].filter(Boolean)
  return parts.map((part) => ` ${part}`).join('')
}
