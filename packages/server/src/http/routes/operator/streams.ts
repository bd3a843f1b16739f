import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { keepsLease, listStreams, removeStreamAsOperator, STREAMS_SHOWN } from '../../../domain/signals/receiver.ts'
import type { Receiver } from '../../../domain/signals/store.ts'
import { answers, instant } from '../../schemas.ts'
import type { Services } from '../../services.ts'

const streamSchema = z
  .object({
    id: z.string(),
    client: z.string().nullable(),
    method: z.enum(['poll', 'push', 'server']),
    description: z.string().nullable(),
    status: z.enum(['enabled', 'paused', 'disabled']),
    reason: z.string().nullable(),
    lease_until: instant.nullable().meta({ description: 'Until then the receiver may decide from memory. Null: the receiver has no lease.' }),
    failing_since: instant.nullable().meta({ description: 'The first of the consecutive pushes that failed.' }),
    created_at: instant,
  })
  .meta({ id: 'Stream' })

/** The operator sees and removes the streams of resource servers (S58). */
export const streamRoutes: FastifyPluginAsyncZod<Services> = async (app, { store, execute }) => {
  app.get(
    '/v1/operator/streams',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'listStreams',
        tags: ['Operator'],
        summary: 'List streams',
        description: `Lists the streams that deliver revocations to resource servers, at most ${STREAMS_SHOWN.toLocaleString('en')}.`,
        querystring: z.strictObject({ client: z.string().max(60).optional().meta({ description: 'Only the streams of the client with this id.' }) }),
        response: answers(z.object({ items: z.array(streamSchema) })),
      },
    },
    async ({ query: { client } }) => ({ items: (await listStreams(store.reading, client ?? null)).map(toStreamBody) }),
  )

  app.delete(
    '/v1/operator/streams/:id',
    {
      config: { audience: 'operator' },
      schema: {
        operationId: 'removeStream',
        tags: ['Operator'],
        summary: 'Remove stream',
        description: 'Removes a stream. Its receiver gets no more revocations and is waited for until its lease expires.',
        params: z.object({ id: z.string().max(60) }),
        response: answers(z.object({ removed: z.string() })),
      },
    },
    async (request) => {
      await execute(removeStreamAsOperator, request.principal, { id: request.params.id })
      return { removed: request.params.id }
    },
  )
}

const toStreamBody = (stream: Receiver) => ({
  id: stream.id,
  client: stream.clientId,
  method: stream.method,
  description: stream.description,
  status: stream.status,
  reason: stream.statusReason,
  lease_until: keepsLease(stream) ? stream.leaseUntil.toISOString() : null,
  failing_since: stream.failingSince?.toISOString() ?? null,
  created_at: stream.createdAt.toISOString(),
})
