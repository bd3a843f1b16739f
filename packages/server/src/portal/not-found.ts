import type { FastifyReply, FastifyRequest } from 'fastify'
import { portalContentSecurityPolicy } from './assets.ts'
import { notFoundPage } from './pages/index.ts'
import { frameOf, type PortalOptions, sendPage } from './portal.ts'

/** Answers a browser with a page instead of the API's problem. */
export function notFoundResponder(
  options: Pick<PortalOptions, 'config' | 'mailbox'>,
): (request: FastifyRequest, reply: FastifyReply, status?: 404 | 405) => FastifyReply {
  return (request, reply, status = 404) => {
    const path = request.url.split('?')[0] ?? ''
    reply.headers({ 'content-security-policy': portalContentSecurityPolicy, 'cache-control': 'no-store' })
    return sendPage(reply, notFoundPage({ frame: frameOf(options, request), path: path.length > 80 ? `${path.slice(0, 80)}…` : path }), status)
  }
}
