import type { FastifyInstance } from 'fastify'
import type { KeptMail } from '../../mail/mailbox.ts'
import { mailPartContentSecurityPolicy } from '../assets.ts'
import { readableMailbox } from '../local-request.ts'
import { type MailView, mailboxPage, mailPage, notFoundPage } from '../pages/index.ts'
import { frameOf, type Portal, page, sendPage } from '../portal.ts'

const viewOf = ({ id, to, subject, at, code, link }: KeptMail): MailView => ({ path: `/mailbox/${id}`, to, subject, at, code, link })

/** The emails that were kept instead of sent. Other machines get 404. */
export async function mailboxRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { config, mailbox } = options

  app.get('/mailbox', page, async (request, reply) => {
    const frame = frameOf(options, request)
    const readable = readableMailbox(request, config, mailbox)
    if (!readable) return sendPage(reply, notFoundPage({ frame, path: '/mailbox' }), 404)
    return sendPage(reply, mailboxPage({ frame, mails: readable.all().map(viewOf) }))
  })

  app.get<{ Params: { id: string } }>('/mailbox/:id', page, async (request, reply) => {
    const frame = frameOf(options, request)
    const mail = readableMailbox(request, config, mailbox)?.find(request.params.id)
    if (!mail) return sendPage(reply, notFoundPage({ frame, path: '/mailbox/…' }), 404)
    const view = viewOf(mail)
    return sendPage(
      reply,
      mailPage({ frame, mail: view, from: new URL(config.issuer).host, text: mail.text, htmlPath: `${view.path}/html`, mailboxPath: '/mailbox' }),
    )
  })

  app.get<{ Params: { id: string } }>('/mailbox/:id/html', page, async (request, reply) => {
    const mail = readableMailbox(request, config, mailbox)?.find(request.params.id)
    if (!mail) return sendPage(reply, notFoundPage({ frame: frameOf(options, request), path: '/mailbox/…' }), 404)
    return sendPage(reply.header('content-security-policy', mailPartContentSecurityPolicy), mail.html)
  })
}
