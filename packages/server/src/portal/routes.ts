import { isBarred, problems } from '@muster/contract/problems.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { deactivatedProblem } from '../domain/command/refused-credential.ts'
import type { Problem } from '../domain/model/problem.ts'
import { acceptForms } from '../http/body.ts'
import { browserSessions } from '../http/browser-session.ts'
import { beginRefusal } from '../http/problem.ts'
import { pathOf } from '../http/request.ts'
import { refuseCrossSite } from '../http/same-site.ts'
import { portalContentSecurityPolicy } from './assets.ts'
import { deactivatedPage, problemPage, tooManyAttemptsPage } from './pages/index.ts'
import { deactivationDetails, frameOf, type Portal, type PortalOptions, sendPage } from './portal.ts'
import { passwordRoutes } from './routes/accounts/password.ts'
import { profileRoutes } from './routes/accounts/profile.ts'
import { signInRoutes } from './routes/accounts/sign-in.ts'
import { signInLinkRoutes } from './routes/accounts/sign-in-link.ts'
import { signUpRoutes } from './routes/accounts/sign-up.ts'
import { usernameRoutes } from './routes/accounts/username.ts'
import { assetRoutes } from './routes/assets.ts'
import { deviceRoutes } from './routes/credentials/device.ts'
import { loginRoutes } from './routes/credentials/logins.ts'
import { authenticatorRoutes } from './routes/factors/authenticator.ts'
import { confirmRoutes } from './routes/factors/confirm.ts'
import { passkeyRoutes } from './routes/factors/passkeys.ts'
import { rememberedDeviceRoutes } from './routes/factors/remembered-devices.ts'
import { factorResetRoutes } from './routes/factors/reset.ts'
import { secondFactorRoutes } from './routes/factors/second-factor.ts'
import { signInRoutes as ownSignInRoutes } from './routes/factors/sign-ins.ts'
import { signUpPasskeyRoutes } from './routes/factors/sign-up-passkey.ts'
import { unlockRoutes } from './routes/factors/unlock.ts'
import { homeRoutes } from './routes/home.ts'
import { answeringOf } from './routes/invitations/answer.ts'
import { joinRoutes } from './routes/invitations/join.ts'
import { mailboxRoutes } from './routes/mailbox.ts'

import { linkRoutes } from './routes/providers/link.ts'
import { providerRoutes } from './routes/providers/sign-in.ts'
import { providerSignUpRoutes } from './routes/providers/sign-up.ts'

export type { PortalOptions } from './portal.ts'

/** The pages. Forms are plain POSTs; a mistake is answered with the same page, its faults and a 4xx. Needs the cookie parser. */
export async function portalRoutes(app: FastifyInstance, given: PortalOptions): Promise<void> {
  const options: Portal = { ...given, sessions: browserSessions(given) }
  await app.register(assetRoutes)
  await app.register(async (pages) => {
    pages.removeAllContentTypeParsers()
    acceptForms(pages)
    pages.addHook('onRequest', async (request, reply) => {
      reply.header('content-security-policy', portalContentSecurityPolicy)
      reply.header('referrer-policy', 'same-origin') // not no-referrer: with it browsers send `Origin: null` with our own forms
      reply.header('x-content-type-options', 'nosniff')
      reply.header('cache-control', 'no-store')
      refuseCrossSite(request, options.config.issuer)
      await refuseAnswering(options, request)
    })
    pages.setErrorHandler((error: Error, request, reply) => sendRefusal(options, request, reply, error))
    for (const routes of [
      homeRoutes,
      signUpRoutes,
      usernameRoutes,
      signInRoutes,
      passwordRoutes,
      signInLinkRoutes,
      deviceRoutes,
      joinRoutes,
      loginRoutes,
      profileRoutes,
      passkeyRoutes,
      signUpPasskeyRoutes,
      confirmRoutes,
      authenticatorRoutes,
      secondFactorRoutes,
      rememberedDeviceRoutes,
      factorResetRoutes,
      unlockRoutes,
      ownSignInRoutes,
      providerRoutes,
      providerSignUpRoutes,
      linkRoutes,
      mailboxRoutes,
    ])
      await pages.register(routes, options)
  })
}

/** The pages for answering an invitation or using another account. */
const open = /^\/(join|sign-in|sign-out|signed-out|sign-up|forgot-password|reset-password|mailbox)(\/(?!username|passkey)|$)/

/** An invitation session may only answer its invitation. Every other page refuses it like a deactivated login (S26). */
async function refuseAnswering(options: Portal, request: FastifyRequest): Promise<void> {
  if (open.test(pathOf(request)) || (await options.sessions.signedIn(request))) return
  const answering = await answeringOf(options, request)
  if (answering?.membership?.status === 'deactivated') throw await deactivatedProblem(options.store.reading, answering)
}

/** Answers with the problem as a page, when no form can show it. */
async function sendRefusal(options: Portal, request: FastifyRequest, reply: FastifyReply, error: Error): Promise<FastifyReply> {
  const problem = beginRefusal(request, reply, error, { challenge: false })
  return sendPage(reply, await refusalPage(options, request, problem), problem.status)
}

async function refusalPage(options: Portal, request: FastifyRequest, problem: Problem): Promise<string> {
  const frame = frameOf(options, request)
  const { extensions, code } = problem
  if (code === 'too_many_attempts' && typeof extensions['retry_after'] === 'number') {
    return tooManyAttemptsPage({ frame, retryAt: new Date(frame.now.getTime() + extensions['retry_after'] * 1000) })
  }
  const told = code === 'user_deactivated' ? await deactivationDetails(options, extensions) : null
  const useAnother = { action: '/sign-out', hidden: { another: 'yes' } }
  if (told) return deactivatedPage({ frame, ...told, useAnother })
  const { title, next } = problems[code]
  const way = isBarred(code) ? { useAnother } : { back: { href: '/', text: 'Back to home' } }
  return problemPage({ frame, title, detail: problem.detail, next, code, requestId: request.id, ...way })
}
