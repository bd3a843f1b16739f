import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RESET_SECONDS, requestPasswordReset, resetOfToken, resetPassword } from '../../../domain/accounts/password-reset.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { askForLinkPage, forgotPasswordPage, forgotSentPage, linkSentPage, resetDonePage, resetLinkEndedPage, resetPasswordPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { cliOf, emailMissing, faultsOf, fieldsOf, frameOf, type Portal, page, seeOther, sendPage, visitor } from '../../portal.ts'
import { signInLinkPath } from './sign-in-link.ts'

const forgotPasswordPath = '/forgot-password'
const signInPath = '/sign-in'

export async function passwordRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { store, keys, sessions, passwords } = options
  /** While passwords are off, a link signs in instead of setting a password (F23). */
  const askPage = passwords ? forgotPasswordPage : askForLinkPage
  const target = { action: forgotPasswordPath, hidden: {} }

  app.get(forgotPasswordPath, page, async (request, reply) => sendPage(reply, askPage({ frame: frameOf(options, request), target, signInPath })))

  // Answers with the page instead of a redirect: the email address must not be in a URL, and a reload only sends another email.
  app.post(forgotPasswordPath, page, async (request, reply) => {
    const { email = '' } = fieldsOf(request.body)
    const frame = frameOf(options, request)
    try {
      const sent = await requestPasswordReset(options, visitor(request), { email, devices: sessions.devices(request) })
      const about = { frame, email: sent.email, minutes: RESET_SECONDS / 60 }
      return sendPage(reply, passwords ? forgotSentPage({ ...about, forgotPasswordPath }) : linkSentPage({ ...about, againPath: forgotPasswordPath }))
    } catch (error) {
      const refused = faultsOf(error, { email_invalid: 'email' })
      const faults = email.trim() === '' ? [emailMissing] : refused
      return sendPage(reply, askPage({ frame, target, signInPath, email, faults }), 422)
    }
  })

  const showReset = async (request: FastifyRequest, reply: FastifyReply, token: string, given: { endKeys?: boolean; faults?: Fault[] } = {}) => {
    const { reset, account } = await resetOfToken(store.reading, keys, token)
    const { items } = await store.reading.apiKeys.pageAlive({ userId: account.id }, { limit: 100 })
    const asked = { target: { action: '/reset-password', hidden: { token } }, email: account.email, expiresAt: reset.expiresAt }
    return sendPage(reply, resetPasswordPage({ frame: frameOf(options, request), ...asked, keys: items, ...given }), given.faults ? 422 : 200)
  }

  // Opening the link does not use it up, because scanners and previews open it too (S17).
  app.get('/reset-password', page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.query)
    if (!passwords) return seeOther(reply, `${signInLinkPath}?${new URLSearchParams({ token })}`) // switched off since the email was sent
    const frame = frameOf(options, request)
    try {
      return await showReset(request, reply, token)
    } catch (error) {
      if (!isEnded(error)) throw error
      return sendPage(reply, resetLinkEndedPage({ frame, forgotPasswordPath }), error.status)
    }
  })

  app.post('/reset-password', page, async (request, reply) => {
    const { token = '', password = '', end_keys: ending } = fieldsOf(request.body)
    const frame = frameOf(options, request)
    const endKeys = ending === 'yes'
    try {
      const { device } = await resetPassword(options, visitor(request), { token, password, endKeys })
      sessions.clearCookie(reply) // that session has just ended
      sessions.rememberDevice(request, reply, device)
      return seeOther(reply, '/reset-password/done')
    } catch (error) {
      if (isEnded(error)) return sendPage(reply, resetLinkEndedPage({ frame, forgotPasswordPath }), error.status)
      const faults = faultsOf(error, { password_length: 'password', password_leaked: 'password', password_too_weak: 'password' })
      return showReset(request, reply, token, { endKeys, faults })
    }
  })

  app.get('/reset-password/done', page, async (request, reply) =>
    sendPage(reply, resetDonePage({ frame: frameOf(options, request), signInPath, cli: cliOf(options) })),
  )
}

const isEnded = (error: unknown): error is Problem => error instanceof Problem && error.code === 'reset_link_invalid'
