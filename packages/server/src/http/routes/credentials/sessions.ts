import { isId, type SessionId } from '@muster/contract/ids.ts'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { endOtherSessions, endSession } from '../../../domain/credentials/session.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { requireApiScope } from '../../authenticate.ts'
import { personOf } from '../../request.ts'
import { answers, instant, reported } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const sessionSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['browser', 'cli', 'refresh', 'application']),
    current: z.boolean(),
    client_id: z.string().nullable(),
    address: z.string().nullable(),
    user_agent: z.string().nullable(),
    created_at: instant,
    last_used_at: instant,
    expires_at: instant,
  })
  .meta({ id: 'Session' })

export const sessionRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/me/sessions',
    {
      config: { audience: 'account' },
      schema: {
        operationId: 'listMySessions',
        tags: ['Sessions'],
        summary: 'List sessions',
        description: 'Lists the active sessions of the current user.',
        response: answers(z.object({ items: z.array(sessionSchema) })),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      const sessions = await store.reading.sessions.listAlive(principal.userId)
      return {
        items: sessions.map((session) => ({
          id: session.id,
          kind: session.kind,
          current: session.id === principal.sessionId,
          client_id: session.clientId,
          address: session.address,
          user_agent: session.userAgent,
          created_at: session.createdAt.toISOString(),
          last_used_at: session.lastUsedAt.toISOString(),
          expires_at: session.expiresAt.toISOString(),
        })),
      }
    },
  )

  app.delete(
    '/v1/me/sessions/:id',
    {
      config: { audience: 'account', anyScope: true, ends: true },
      schema: {
        operationId: 'endMySession',
        tags: ['Sessions'],
        summary: 'End session',
        description: 'Ends one session of the current user. The id `current` ends the session that sends the request.',
        params: z.object({ id: z.string().max(60) }),
        response: answers(reported(z.object({ ended: z.number().int() }))),
      },
    },
    async (request) => {
      const { principal } = personOf(request)
      const { id } = request.params
      const sessionId: SessionId = id === 'current' ? principal.sessionId : requireSessionId(id)
      // A login without the scope `api` can only end its own session.
      if (principal.token && sessionId !== principal.sessionId) requireApiScope(principal.token)
      return execute(endSession, principal, { sessionId, reason: id === 'current' ? 'logged_out' : 'ended_by_user' })
    },
  )

  app.delete(
    '/v1/me/sessions',
    {
      config: { audience: 'account', ends: true },
      schema: {
        operationId: 'endMyOtherSessions',
        tags: ['Sessions'],
        summary: 'End other sessions',
        description: 'Ends every session of the current user except the one that sends the request.',
        response: answers(reported(z.object({ ended: z.number().int() }))),
      },
    },
    async (request) => execute(endOtherSessions, personOf(request).principal, undefined),
  )
}

function requireSessionId(id: string): SessionId {
  if (!isId('session', id)) throw new Problem('session_not_found')
  return id
}
