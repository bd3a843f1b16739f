import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../domain/model/problem.ts'
import { pathOf } from './request.ts'

/**
 * An address that exists is not "not found" by another method: the answer is 405 and names the methods it takes (RFC 9110 section 15.5.6).
 * Call this before any route is registered. The refusal comes before the body is parsed, so a wrong content type does not hide it.
 */
export function refuseOtherMethods(app: FastifyInstance, respond: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined): void {
  const routes: { method: string; pattern: URLPattern }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const pattern = new URLPattern({ pathname: url.replaceAll('::', '\\:') }) // two colons are a plain one in a route
    for (const one of [method].flat()) routes.push({ method: one, pattern })
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return
    const pathname = pathOf(request)
    const allowed = new Set(routes.filter(({ pattern }) => pattern.test({ pathname })).map(({ method }) => method))
    if (allowed.size === 0) return
    reply.header('allow', [...allowed].sort().join(', '))
    const page = respond(request, reply)
    if (page) return page
    throw new Problem('method_not_allowed')
  })
}
