import { problems } from '@muster/contract/problems.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isLocalHost } from '../config.ts'
import { portalContentSecurityPolicy } from './assets.ts'
import { problemPage } from './pages/index.ts'
import { frameOf, type PortalOptions, sendPage } from './portal.ts'

/**
 * Answers a browser that used another host name. On a local machine 127.0.0.1 redirects to localhost. Elsewhere the page shows the issuer's address
 * with a link. Links are built from the issuer alone (A11).
 */
export function otherHostResponder(options: Pick<PortalOptions, 'config' | 'mailbox'>): (request: FastifyRequest, reply: FastifyReply) => FastifyReply {
  const { issuer } = options.config
  return (request, reply) => {
    reply.headers({ 'content-security-policy': portalContentSecurityPolicy, 'cache-control': 'no-store' })
    if (isLocal(issuer) && isLocal(`http://${request.headers.host ?? ''}`) && request.url.startsWith('/')) return reply.redirect(issuer + request.url, 302)
    const { title, next, status } = problems.host_unknown
    const page = {
      title,
      next,
      code: 'host_unknown',
      requestId: request.id,
      detail: `This server’s address is ${issuer}.`,
      back: { href: `${issuer}/`, text: 'Go to this server' },
    }
    return sendPage(reply, problemPage({ frame: frameOf(options, request), ...page }), status)
  }
}

const isLocal = (url: string): boolean => URL.canParse(url) && isLocalHost(new URL(url).hostname)
