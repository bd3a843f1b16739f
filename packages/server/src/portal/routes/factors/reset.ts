import type { FastifyInstance } from 'fastify'
import { resetOfLink, stopOwnReset, stopResetByLink } from '../../../domain/factors/reset.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { resetStoppedPage, stopResetPage } from '../../pages/index.ts'
import { fieldsOf, frameOf, type Portal, page, seeOther, sendPage, visitor } from '../../portal.ts'
import { isTypedBy, keepTyped } from '../../typed-form.ts'

const securityPath = '/account/security'
const linkPath = '/account/stop-reset'

/** The member stops the reset of their factors: on the page Security, or by the link in the email (F12). */
export async function factorResetRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute, store, keys } = options

  app.get(linkPath, page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.query)
    const reset = await resetOfLink(store.reading, keys, token)
    const frame = frameOf(options, request)
    if (!reset) return sendPage(reply, resetStoppedPage({ frame, stopped: false, securityPath }), 410)
    return sendPage(reply, stopResetPage({ frame, reset: { ...reset, requestedBy: reset.requestedByName }, target: { action: linkPath, hidden: { token } } }))
  })
  app.post(linkPath, page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.body)
    const frame = frameOf(options, request)
    try {
      await execute(stopResetByLink, visitor(request), { token })
      return sendPage(reply, resetStoppedPage({ frame, stopped: true, securityPath }))
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'factor_reset_not_found') throw error
      return sendPage(reply, resetStoppedPage({ frame, stopped: false, securityPath }), 410)
    }
  })

  app.post('/account/factor-reset/stop', page, async (request, reply) => {
    await sessions.refuseBarred(request)
    const signedIn = await sessions.signedIn(request)
    if (!signedIn || !isTypedBy(request, signedIn)) return keepTyped(options, request, reply, { path: securityPath, fields: [] })
    await execute(stopOwnReset, signedIn.principal, undefined)
    return seeOther(reply, `${securityPath}?done=reset-stopped`)
  })
}
