import type { FastifyInstance } from 'fastify'
import { joinDeclinedPage } from '../../pages/index.ts'
import { fieldsOf, frameOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { path, setToken } from './answer.ts'
import { createDecide } from './decide.ts'
import { createShow } from './show.ts'

/**
 * An invitation opened by its link. GET and HEAD change nothing, however often scanners and previews send them (S17). The token moves from
 * the link into a cookie, so that no other URL and no page contains it.
 */
export async function joinRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions } = options
  const pages = createShow(options)
  const { show, showAccepted } = pages

  app.get(path, page, async (request, reply) => {
    const { token, done } = fieldsOf(request.query)
    if (token !== undefined) {
      setToken(options, reply, token.slice(0, 300))
      return seeOther(reply, path)
    }
    return show(request, reply, { transferred: done === 'transferred' })
  })

  app.post(path, page, createDecide(options, pages))

  app.get(`${path}/accepted`, page, async (request, reply) => {
    const signedIn = await sessions.signedIn(request)
    if (!signedIn?.live.organization || !signedIn.live.membership) return seeOther(reply, '/')
    return showAccepted(request, reply, signedIn.live.organization.name, signedIn.live.membership)
  })

  app.get(`${path}/declined`, page, async (request, reply) => sendPage(reply, joinDeclinedPage({ frame: frameOf(options, request) })))
}
