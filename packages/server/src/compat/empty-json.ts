import type { FastifyInstance } from 'fastify'

/** Clients say that they send JSON on requests that have nothing to say, a DELETE above all. Elsewhere that is a fault. */
export function allowEmptyJson(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) =>
    body === '' ? done(null, undefined) : parse(request, body as string, done),
  )
}
