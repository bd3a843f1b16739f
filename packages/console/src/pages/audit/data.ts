import { infiniteQueryOptions } from '@tanstack/react-query'
import { answer, api, type Schemas } from '../../lib/api.ts'

export type AuditEvent = Schemas['AuditEvent']

/** The filters as kept in the URL. Days are in the time zone of the browser, and both are included. */
export interface AuditFilter {
  actor?: string | undefined
  target?: string | undefined
  action?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

const midnight = (day: string): Date => new Date(`${day}T00:00`)

/** The next day, because the API excludes `to` and the filter includes its last day. */
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

/** Downloads the filtered events through a blob, because the route selects the format by a header, which a link cannot send. */
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

/** The same filters as options of `muster audit`. */
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
