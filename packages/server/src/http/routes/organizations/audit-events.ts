import { Readable } from 'node:stream'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { parseAccept } from 'hono/utils/accept'
import { z } from 'zod'
import { auditFilter } from '../../../domain/command/audit.ts'
import { requireRecentCaller } from '../../../domain/command/recent.ts'
import type { AuditFilter } from '../../../domain/command/store.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { Store } from '../../../domain/store.ts'
import { csvHeader, csvLine, toAuditEventBody } from '../../audit-event.ts'
import { findReadableOrganization } from '../../request.ts'
import { answers, auditEventSchema, organizationParams, pageOfItems, pageQuery } from '../../schemas.ts'
import type { Services } from '../../services.ts'

/** PostgreSQL and PGlite disagree about other years. An invalid time passes, because the schema already refuses it. */
const inCalendar = (text: string): boolean => {
  const year = new Date(text).getUTCFullYear()
  return Number.isNaN(year) || (year >= 1 && year <= 9999)
}
const moment = z.iso.datetime({ offset: true }).refine(inCalendar, 'is outside the years 1 to 9999')

/** The audit log of an organization, which is read-only. */
export const auditEventRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/organizations/:org/audit-events',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'listAuditEvents',
        tags: ['Organizations'],
        summary: 'List audit events',
        description:
          'Returns a page of events as `application/json`, newest first. With `Accept: application/x-ndjson` or `text/csv`, returns all matching events, oldest first, and ignores `limit` and `cursor`; this requires a recent sign-in. An export is read a few hundred events at a time, in no common transaction: events recorded meanwhile come at its end.',
        params: organizationParams,
        querystring: pageQuery.extend({
          actor: z.string().max(60).optional().meta({
            description: 'The actor: a username, the name of a service account or a client, `operator`, or an id. A name matches everyone who has ever had it.',
          }),
          target: z.string().max(61).optional().meta({ description: 'The target: as for `actor`, or a resource as KIND/NAME.' }),
          action: z
            .string()
            .max(60)
            .regex(/^[a-z_]+(\.[a-z_]+)?$/)
            .optional()
            .meta({ description: 'An action such as `membership.ended`, or `membership` for all actions of that kind.' }),
          from: moment.optional(),
          to: moment.optional().meta({ description: 'Exclusive.' }),
        }),
        response: answers(pageOfItems(auditEventSchema)),
      },
    },
    async (request, reply) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'audit:read')
      const { limit, cursor, from, to, ...names } = request.query
      const times = { from: from === undefined ? undefined : new Date(from), to: to === undefined ? undefined : new Date(to) }
      const filter = await auditFilter(store.reading, organization.id, { ...names, ...times })
      const format = formatOf(request.headers.accept)
      reply.header('vary', 'accept')
      if (format === 'json') {
        const page = await store.reading.audit.page(filter, { limit, cursor })
        return { items: page.items.map(toAuditEventBody), next_cursor: page.nextCursor }
      }
      await requireRecentCaller({ tx: store.reading, principal: request.principal }, 'audit:export')
      reply.header('content-type', format === 'csv' ? 'text/csv; charset=utf-8; header=present' : 'application/x-ndjson; charset=utf-8')
      reply.header('content-disposition', `attachment; filename="audit-${organization.name}.${format}"`)
      return reply.send(Readable.from(exported(store, filter, format)) as never) as never
    },
  )
}

type Format = 'json' | 'ndjson' | 'csv'

/** A map, because `Accept: constructor` would match an inherited property of an object. */
const formats = new Map<string, Format>([
  ['application/json', 'json'],
  ['application/*', 'json'],
  ['*/*', 'json'],
  ['application/x-ndjson', 'ndjson'],
  ['text/csv', 'csv'],
])

/** The format that the caller prefers, the first of several equal ones (RFC 9110 section 12.5.1). `q=0` excludes a format. @throws Problem not_acceptable */
function formatOf(accept = '*/*'): Format {
  const ranges = parseAccept(accept)
  const unwanted = new Set(ranges.filter(({ q }) => q === 0).map(({ type }) => formats.get(type.toLowerCase())))
  for (const { type, q } of ranges) {
    const format = formats.get(type.toLowerCase())
    if (format && q > 0 && !(type.includes('*') && unwanted.has(format))) return format
  }
  throw new Problem('not_acceptable')
}

const CHUNK = 500

/** Reads the events in chunks, each in its own query. So there is no long transaction, and on PGlite other requests run between two chunks. */
async function* exported({ reading }: Store, filter: AuditFilter, format: 'ndjson' | 'csv'): AsyncGenerator<string> {
  if (format === 'csv') yield csvHeader
  for (let seq = 0n; ; ) {
    const events = await reading.audit.after(seq, filter, CHUNK)
    const last = events.at(-1)
    if (!last) return
    yield events.map((event) => (format === 'csv' ? csvLine(event) : `${JSON.stringify(toAuditEventBody(event))}\n`)).join('')
    if (events.length < CHUNK) return
    seq = last.seq
  }
}
