import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../domain/model/problem.ts'
import { pathOf } from './request.ts'

/**
 * Responds with 405 and the allowed methods, instead of 404, when an address exists but does not support the method (RFC 9110 section 15.5.6). Must be called
 * before any route is registered. The response is sent before the body is parsed, so that a wrong content type does not hide it.
 */
export function refuseOtherMethods(app: FastifyInstance, respond: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined): void {
  const routes: { method: string; pattern: URLPattern }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new URLPattern({ pathname: url.replaceAll('::', '\\:') }) // Fastify escapes a literal colon by doubling it
    for (const one of [method].flat()) routes.push({ method: one, pattern })
  })
  app.addHook('onRequest', (request, reply, done) => {
    if (!request.is404) return done()
    const pathname = pathOf(request)
    const allowed = new Set(routes.filter(({ pattern }) => pattern.test({ pathname })).map(({ method }) => method))
    if (allowed.size === 0) return done()
    reply.header('allow', [...allowed].sort().join(', '))
    if (!respond(request, reply)) done(new Problem('method_not_allowed'))
  })
}
