import type { SessionId } from '@muster/contract/ids.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { failedSignInsOf } from '../../../domain/command/refused-attempts.ts'
import type { RecordedEvent } from '../../../domain/command/store.ts'
import type { StartedSession } from '../../../domain/credentials/store.ts'
import { personOf } from '../../request.ts'
import { answers, instant, pageOfItems, pageQuery } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const signInSchema = z
  .object({
    id: z.string().meta({ description: 'Of the session, or of the audit event of a failed attempt.' }),
    at: instant,
    outcome: z.enum(['done', 'refused']),
    kind: z.enum(['browser', 'cli', 'refresh', 'application']).nullable().meta({ description: 'The kind of the session. Null for a failed attempt.' }),
    methods: z.array(z.string()).meta({ description: 'How the person proved who they are (RFC 8176). Empty for a failed attempt.' }),
    provider: z.string().nullable().meta({ description: 'google, github or oidc, if it signed the person in.' }),
    client_id: z.string().nullable(),
    address: z.string().nullable(),
    user_agent: z.string().nullable(),
    active: z.boolean().meta({ description: 'Whether the session is active. `DELETE /v1/me/sessions/{id}` ends it.' }),
    current: z.boolean().meta({ description: 'Whether the session sends this request.' }),
    code: z.string().nullable().meta({
      description: 'Why the attempt failed, as a problem code, such as `wrong_credentials`, `factor_wrong` or `user_deactivated`. Null for a sign-in.',
    }),
  })
  .meta({ id: 'SignIn', description: 'A sign-in of the current user, or a failed attempt.' })

const toSignIn = (session: StartedSession, current: SessionId) => ({
  id: session.id,
  at: session.createdAt.toISOString(),
  outcome: 'done' as const,
  kind: session.kind,
  methods: [...session.methods],
  provider: session.provider,
  client_id: session.clientId,
  address: session.address,
  user_agent: session.userAgent,
  active: session.active,
  current: session.id === current,
  code: null,
})

const toFailure = ({ id, at, address, details }: RecordedEvent) => ({
  id,
  at: at.toISOString(),
  outcome: 'refused' as const,
  kind: null,
  methods: [],
  provider: null,
  client_id: null,
  address,
  user_agent: null,
  active: false,
  current: false,
  code: String(details['code']),
})

/** The sign-ins and the failed attempts are lists of their own, so that attempts of strangers do not hide a sign-in (F24). */
export const signInRoutes: FastifyPluginAsyncZod<Services> = async (app, { store }) => {
  app.get(
    '/v1/me/sign-ins',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'listMySignIns',
        tags: ['Sessions'],
        summary: 'List sign-ins',
        description:
          'Lists the sign-ins of the current user, newest first: every session that was started, active or not. With `outcome=refused`, it lists the failed attempts instead. A wrong password or code is listed once an hour for each network.',
        querystring: pageQuery.extend({ outcome: z.enum(['done', 'refused']).default('done') }),
        response: answers(pageOfItems(signInSchema)),
      },
    },
    async (request) => {
      const { userId, sessionId } = personOf(request).principal
      const { outcome, ...page } = request.query
      if (outcome === 'refused') {
        const { items, nextCursor } = await store.reading.audit.page(failedSignInsOf(userId), page)
        return { items: items.map(toFailure), next_cursor: nextCursor }
      }
      const { items, nextCursor } = await store.reading.sessions.pageStarted(userId, page)
      return { items: items.map((session) => toSignIn(session, sessionId)), next_cursor: nextCursor }
    },
  )
}
