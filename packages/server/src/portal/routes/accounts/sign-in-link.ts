import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { resetOfToken } from '../../../domain/accounts/password-reset.ts'
import { signInByLink } from '../../../domain/accounts/sign-in-by-link.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { signInLinkEndedPage, signInLinkPage } from '../../pages/index.ts'
import { fieldsOf, frameOf, type Portal, page, seeOther, sendPage, visitor } from '../../portal.ts'
import { passkeyStep } from '../../return-path.ts'
import { enterSession, openingOf } from '../../signed-in.ts'
import { askForSecondFactor } from '../factors/second-factor.ts'

export const signInLinkPath = '/sign-in/link'

/** While passwords are off: the link that signs in a person whose account has no way in (F23). */
export async function signInLinkRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { store, keys, sessions, passwords } = options

  const orEnded = async (request: FastifyRequest, reply: FastifyReply, work: () => Promise<FastifyReply>): Promise<FastifyReply> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'reset_link_invalid') throw error
      const ended = signInLinkEndedPage({ frame: frameOf(options, request), signInPath: '/sign-in', againPath: '/forgot-password' })
      return sendPage(reply, ended, error.status)
    }
  }

  app.get(signInLinkPath, page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.query)
    if (passwords) return seeOther(reply, `/reset-password?${new URLSearchParams({ token })}`) // switched on since the email was sent
    return orEnded(request, reply, async () => {
      const { reset, account } = await resetOfToken(store.reading, keys, token)
      const target = { action: signInLinkPath, hidden: { token } }
      return sendPage(reply, signInLinkPage({ frame: frameOf(options, request), target, email: account.email, expiresAt: reset.expiresAt }))
    })
  })

  app.post(signInLinkPath, page, async (request, reply) => {
    const { token = '' } = fieldsOf(request.body)
    return orEnded(request, reply, async () => {
      const before = await sessions.signedIn(request)
      const signedIn = await signInByLink(options, visitor(request), { token, ...openingOf(options, request, before, passkeyStep) })
      if ('pending' in signedIn) return askForSecondFactor(options, reply, signedIn.pending, passkeyStep)
      return enterSession(options, request, reply, signedIn, passkeyStep)
    })
  })
}
