import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { secondsOf } from '../http/prefer-wait.ts'
import { closedOf, personOf } from '../http/request.ts'
import { answers } from '../http/schemas.ts'
import type { Changes } from './changes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The end of the revocation log when the request arrived. */
    changesFrom: number
  }
}

interface Options {
  changes: Changes
}

/** For open pages: reports that something about the caller changed. `GET /v1/me` returns the new state. */
export const changeRoutes: FastifyPluginAsyncZod<Options> = async (app, { changes }) => {
  app.decorateRequest('changesFrom', 0)
  app.get(
    '/v1/me/changes',
    {
      config: { audience: 'account' },
      // Read before the caller is authenticated, so that a revocation that commits during that query is not missed.
      onRequest: async (request, reply) => {
        request.changesFrom = await changes.begin(closedOf(reply))
      },
      schema: {
        operationId: 'awaitMyChanges',
        tags: ['Account'],
        summary: 'Wait for changes',
        description: "Waits until the caller's session, membership, role or organization changes.",
        headers: z.looseObject({
          prefer: z.string().max(200).optional().meta({
            description:
              '`wait=N`: wait for up to N seconds, at most 30. Without it, the response is sent at once. At most four requests of a session wait; a fifth ends the oldest.',
          }),
        }),
        response: answers(
          z.object({
            changed: z.boolean().meta({
              description: 'True: something changed; `GET /v1/me` returns the current state. False: nothing changed in time; send the request again.',
            }),
          }),
        ),
      },
    },
    async (request, reply) => {
      const seconds = secondsOf(request.headers.prefer)
      reply.header('cache-control', 'no-store')
      if (seconds !== null) reply.header('preference-applied', `wait=${seconds}`)
      return { changed: await changes.wait(personOf(request), { from: request.changesFrom, milliseconds: (seconds ?? 0) * 1_000, closed: closedOf(reply) }) }
    },
  )
}
