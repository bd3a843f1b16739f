import { randomInt } from 'node:crypto'
import { isId } from '@muster/contract/ids.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { recordAddressesRead } from '../../domain/accounts/people.ts'
import { cursorAfter, findFeedPlace, formatFeedCursor, NOW, START } from '../../domain/command/event-feed.ts'
import type { Limits } from '../../domain/command/limits.ts'
import type { FeedOf, PositionedEvent } from '../../domain/command/store.ts'
import type { Principal } from '../../domain/model/principal.ts'
import { Problem } from '../../domain/model/problem.ts'
import type { Store } from '../../domain/store.ts'
import { toAuditEventBody } from '../../http/audit-event.ts'
import { closedOf, findReadableOrganization } from '../../http/request.ts'
import { answers, auditEventSchema, organizationParams } from '../../http/schemas.ts'
import type { FeedWaiters } from './waiters.ts'

interface Options {
  store: Store
  limits: Limits
  waiters: Pick<FeedWaiters, 'begin'>
}

const WAIT_MOST_SECONDS = 30
/** For a request that has lost its place. Readers that share a credential return one by one. */
const PAUSE_SECONDS = { least: 3, most: 8 }

const feedQuery = z.strictObject({
  after: z
    .string()
    .max(100)
    .default(START)
    .meta({
      description: `Returns the events after this place: \`${START}\`, the \`next_after\` or the \`cursor\` that the feed returned last, or \`${NOW}\`, which returns no events and the cursor of the newest one.`,
    }),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  wait: z.coerce.number().int().min(0).max(WAIT_MOST_SECONDS).default(0).meta({
    description:
      'If there are no events yet, wait for some for up to so many seconds. At most four requests of a credential wait; a fifth ends the oldest with `too_many_attempts`.',
  }),
})
type FeedQuery = z.infer<typeof feedQuery>

const positioned = {
  position: z.number().int().meta({ description: 'The place in this feed: 1, 2, 3 and so on, without gaps.' }),
  cursor: z.string().meta({ description: 'The place after this event, for `after`.' }),
}
const pageOf = <S extends z.ZodType>(event: S) =>
  z.object({ items: z.array(event), next_after: z.string().meta({ description: 'Send this as `after` next, also if there were no events.' }) })

const aboutFeeds =
  'An event that was committed before another was written stands before it, and no event is left out. Keep the cursor of the last event that you have processed. After a restore, the cursor may be gone (`cursor_gone`): read the current state, and start again from `now`.'

/** The audit log as a feed (P20). */
export const eventRoutes: FastifyPluginAsyncZod<Options> = async (app, { store, limits, waiters }) => {
  /** @param requireAccess checks the caller again, whose access may have ended meanwhile. */
  async function page(request: FastifyRequest, reply: FastifyReply, feed: FeedOf, query: FeedQuery, requireAccess: () => Promise<unknown>) {
    const { after, limit, wait } = query
    const { eventPositions } = store.reading
    const place = await findFeedPlace(store.reading, feed, after)
    reply.header('cache-control', 'no-store')
    if (after === NOW) return { events: [], nextAfter: cursorAfter([], place) }
    const read = (): Promise<PositionedEvent[]> => eventPositions.after(feed, place?.position ?? 0n, limit)
    const waiting = waiters.begin(feed, { caller: callerOf(request.principal), milliseconds: wait * 1_000, closed: closedOf(reply) })
    let events: PositionedEvent[]
    try {
      events = await read()
      if (events.length === 0 && wait > 0) {
        if ((await waiting.until) === 'displaced') throw displaced()
        events = await read()
      }
    } finally {
      waiting.end()
    }
    // After the last read: what was read is older than this moment, in which the caller still has access.
    await requireAccess()
    return { events, nextAfter: cursorAfter(events, place) }
  }

  /** A client gets email addresses only if it may read users, and that is recorded (P15). The operator gets them, as in the audit log. */
  async function visibleTo(principal: Principal, events: PositionedEvent[]): Promise<PositionedEvent[]> {
    if (principal.kind !== 'client' || !events.some(isNamedByAddress)) return events
    if (!principal.scopes.has('platform:users:read')) return events.map((event) => (isNamedByAddress(event) ? { ...event, targetName: null } : event))
    await recordAddressesRead({ store, limits }, principal)
    return events
  }

  app.get(
    '/v1/organizations/:org/events',
    {
      config: { audience: 'actor' },
      schema: {
        operationId: 'readEvents',
        tags: ['Organizations'],
        summary: 'Get event feed',
        description: `Returns the events of the audit log, oldest first, in the order of their positions. ${aboutFeeds}`,
        params: organizationParams,
        querystring: feedQuery,
        response: answers(pageOf(auditEventSchema.extend(positioned).meta({ id: 'FeedEvent' }))),
      },
    },
    async (request, reply) => {
      const { organization } = await findReadableOrganization(store, request, request.params.org, 'audit:read')
      const { events, nextAfter } = await page(request, reply, organization.id, request.query, async () => {
        await app.authenticate(request, 'actor')
        await findReadableOrganization(store, request, organization.id, 'audit:read')
      })
      return { items: events.map(toFeedEventBody), next_after: nextAfter }
    },
  )

  app.get(
    '/v1/operator/events',
    {
      config: { audience: 'operator', clientScope: 'platform:events:read' },
      schema: {
        operationId: 'readEventsAsOperator',
        tags: ['Operator'],
        summary: 'Get event feed of operator',
        description: `Returns the events of all organizations, oldest first, in the order of their positions. A client with the scope \`platform:events:read\` can use its own token. Invited email addresses, which name the targets of invitations, are only for a client with \`platform:users:read\` too. ${aboutFeeds}`,
        querystring: feedQuery,
        response: answers(pageOf(auditEventSchema.extend({ ...positioned, organization_id: z.string().nullable() }).meta({ id: 'InstallationFeedEvent' }))),
      },
    },
    async (request, reply) => {
      const { events, nextAfter } = await page(request, reply, 'installation', request.query, () => app.authenticate(request, 'operator'))
      // The principal of now: after the wait, the client may have fewer rights.
      const visible = await visibleTo(request.principal, events)
      return { items: visible.map((event) => ({ ...toFeedEventBody(event), organization_id: event.organizationId })), next_after: nextAfter }
    },
  )
}

const isNamedByAddress = ({ target, targetName }: PositionedEvent): boolean => targetName !== null && isId('invitation', target)

const toFeedEventBody = (event: PositionedEvent) => ({ ...toAuditEventBody(event), position: Number(event.position), cursor: formatFeedCursor(event) })

/** An answer without events would be asked again at once, and end the next one. */
const displaced = (): Problem =>
  new Problem('too_many_attempts', 'Too many other requests wait for events.', {
    extensions: { retry_after: randomInt(PAUSE_SECONDS.least, PAUSE_SECONDS.most + 1) },
  })

/** The credential, which waits at most four times. */
function callerOf(principal: Principal): string {
  if (principal.kind === 'user') return principal.sessionId
  if (principal.kind === 'key') return principal.keyId
  if (principal.kind === 'client') return principal.clientId
  return principal.kind === 'operator' ? `operator:${principal.name}` : principal.kind
}
