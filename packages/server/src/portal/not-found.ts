import type { FastifyReply, FastifyRequest } from 'fastify'
import { portalContentSecurityPolicy } from './assets.ts'
import { notFoundPage } from './pages/index.ts'
import { frameOf, type PortalOptions, sendPage } from './portal.ts'

/** A person who mistyped an address, or whose link was cut in two, gets a page and not the API's problem. */
export function notFoundResponder(
  options: Pick<PortalOptions, 'config' | 'mailbox'>,
): (request: FastifyRequest, reply: FastifyReply, status?: 404 | 405) => FastifyReply {
  return (request, reply, status = 404) => {
    const path = request.url.split('?')[0] ?? ''
    reply.headers({ 'content-security-policy': portalContentSecurityPolicy, 'cache-control': 'no-store' })
    return sendPage(reply, notFoundPage({ frame: frameOf(options, request), path: path.length > 80 ? `${path.slice(0, 80)}…` : path }), status)
  }
}
