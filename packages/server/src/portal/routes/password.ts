import type { FastifyInstance } from 'fastify'
import { RESET_SECONDS, requestPasswordReset, resetOfToken, resetPassword } from '../../domain/password-reset.ts'
import { Problem } from '../../domain/problem.ts'
import { forgotPasswordPage, forgotSentPage, resetDonePage, resetLinkEndedPage, resetPasswordPage } from '../pages/index.ts'
import { emailMissing, faultsOf, fieldsOf, frameOf, type Portal, page, seeOther, sendPage, visitor } from '../portal.ts'

const forgotPasswordPath = '/forgot-password'
const signInPath = '/sign-in'

export async function passwordRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { store, keys, sessions } = options
  const target = { action: forgotPasswordPath, hidden: {} }

  app.get(forgotPasswordPath, page, async (request, reply) => sendPage(reply, forgotPasswordPage({ frame: frameOf(options, request), target, signInPath })))

  // Answers with the page itself: the address must not come to stand in a URL, and a reload only asks for another mail.
  app.post(forgotPasswordPath, page, async (request, reply) => {
    const { email = '' } = fieldsOf(request.body)
    const frame = frameOf(options, request)
    try {
      const sent = await requestPasswordReset(options, visitor(request), { email })
      return sendPage(reply, forgotSentPage({ frame, email: sent.email, minutes: RESET_SECONDS / 60, forgotPasswordPath }))
    } catch (error) {
      const refused = faultsOf(error, { email_invalid: 'email' })
      const faults = email.trim() === '' ? [emailMissing] : refused
      return sendPage(reply, forgotPasswordPage({ frame, target, signInPath, email, faults }), 422)
    }
  })

  // Opening the link uses nothing up: scanners and previews open it too (S17).
  app.get('/reset-password', page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.query)
    const frame = frameOf(options, request)
    try {
      const { reset, account } = await resetOfToken(store.reading, keys, token)
      return sendPage(
        reply,
        resetPasswordPage({ frame, target: { action: '/reset-password', hidden: { token } }, email: account.email, expiresAt: reset.expiresAt }),
      )
    } catch (error) {
      if (!isEnded(error)) throw error
      return sendPage(reply, resetLinkEndedPage({ frame, forgotPasswordPath }), error.status)
    }
  })

  app.post('/reset-password', page, async (request, reply) => {
    const { token = '', password = '' } = fieldsOf(request.body)
    const frame = frameOf(options, request)
    try {
      await resetPassword(options, visitor(request), { token, password })
      sessions.clearCookie(reply) // what it named has just ended
      return seeOther(reply, '/reset-password/done')
    } catch (error) {
      if (isEnded(error)) return sendPage(reply, resetLinkEndedPage({ frame, forgotPasswordPath }), error.status)
      const faults = faultsOf(error, { password_length: 'password', password_too_weak: 'password' })
      const { reset, account } = await resetOfToken(store.reading, keys, token)
      return sendPage(
        reply,
        resetPasswordPage({ frame, target: { action: '/reset-password', hidden: { token } }, email: account.email, expiresAt: reset.expiresAt, faults }),
        422,
      )
    }
  })

  app.get('/reset-password/done', page, async (request, reply) => sendPage(reply, resetDonePage({ frame: frameOf(options, request), signInPath })))
}

const isEnded = (error: unknown): error is Problem => error instanceof Problem && error.code === 'reset_link_invalid'
