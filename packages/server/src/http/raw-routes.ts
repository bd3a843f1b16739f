import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

/** A 200 with JSON. */
export interface RawAnswer {
  body: string
  headers?: Record<string, string>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers a GET before the hooks that its route does not need. Null leaves the request to the route. An error is answered as an error of the route. */
    raw?: (request: FastifyRequest) => RawAnswer | null | Promise<RawAnswer | null>
  }
}

/**
 * Answers requests to raw routes: those of gateways and probes, which are many and need no body, cookie, authentication or change. Must be called after the hook
 * that sets the headers of every response, and before all others.
 * @param isUsual false for a request that a later hook may refuse
 */
export function answerRawRoutes(app: FastifyInstance, isUsual: (request: FastifyRequest) => boolean): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request.routeOptions.config
    if (raw === undefined || request.method !== 'GET' || !isUsual(request)) return done()
    const finish = (answer: RawAnswer | null): void => {
      try {
        if (answer === null) done()
        else send(reply, answer)
      } catch (error) {
        done(error as Error)
      }
    }
    const answer = raw(request)
    if (answer instanceof Promise) answer.then(finish, done)
    else finish(answer)
  })
}

function send(reply: FastifyReply, { body, headers }: RawAnswer): void {
  if (headers) reply.headers(headers)
  reply.header('content-type', 'application/json; charset=utf-8').send(body)
}
