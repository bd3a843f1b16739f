import type { FastifyInstance } from 'fastify'
import { consolePath } from '../../http/console.ts'
import { homePage } from '../pages/index.ts'
import { accountView, cliOf, frameOf, type Portal, page, sendPage } from '../portal.ts'

export async function homeRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  app.addHook('preHandler', (request) => options.sessions.refuseBarred(request))
  app.get('/', page, async (request, reply) => {
    const signedIn = await options.sessions.signedIn(request)
    return sendPage(
      reply,
      homePage({
        frame: frameOf(options, request),
        signedIn: signedIn
          ? {
              account: accountView(signedIn.live),
              signOut: { action: '/sign-out', hidden: {} },
              chooseUsernamePath: '/sign-up/username',
              accountPath: '/account',
              loginsPath: '/logins',
              consolePath: consolePath(),
            }
          : undefined,
        signInPath: '/sign-in',
        signUpPath: '/sign-up',
        cli: cliOf(options),
      }),
    )
  })
}
