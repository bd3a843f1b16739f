import { isSignInReason, type SignInReason } from '@muster/contract/page-texts.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signIn } from '../../../domain/accounts/sign-in.ts'
import { signInWithPasskey } from '../../../domain/accounts/sign-in-with-passkey.ts'
import { signOut } from '../../../domain/accounts/sign-out.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { lastWay, noteWay } from '../../last-way.ts'
import { signedOutPage, signInPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { browserOf, signInRequest } from '../../passkey-request.ts'
import {
  applicationOn,
  cliOf,
  faultsOf,
  fieldsOf,
  frameOf,
  goOn,
  type Portal,
  page,
  providersView,
  purposeFor,
  seeOther,
  sendPage,
  visitor,
} from '../../portal.ts'
import { entranceFor, hiddenReturnPath, returnPathOf, withReturnPath } from '../../return-path.ts'
import { enterSession, openingOf } from '../../signed-in.ts'
import { forgetTyped } from '../../typed-form.ts'
import { rememberedOf } from '../factors/remembered-devices.ts'
import { askForSecondFactor } from '../factors/second-factor.ts'
import { leaveAnswering } from '../invitations/answer.ts'

export async function signInRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute } = options

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnPath: string | null,
    form: { identifier?: string; faults?: Fault[]; status?: number; reason?: SignInReason | undefined } = {},
  ): Promise<FastifyReply> => {
    const { status = 200, ...typed } = form
    return sendPage(
      reply,
      signInPage({
        frame: frameOf(options, request),
        target: { action: '/sign-in', hidden: hiddenReturnPath(returnPath) },
        signUpPath: withReturnPath('/sign-up', returnPath),
        forgotPasswordPath: '/forgot-password',
        purpose: await purposeFor(options, request, returnPath),
        passwords: options.passwords,
        passkey: await signInRequest(options, request, reply, returnPath),
        providers: providersView(options, returnPath, lastWay(options, request)),
        identifier: (await applicationOn(options, returnPath))?.loginHint ?? undefined,
        ...typed,
      }),
      status,
    )
  }

  app.get('/sign-in', page, async (request, reply) => {
    const { continue: to, again, reason } = fieldsOf(request.query)
    const returnPath = returnPathOf(to)
    const signedIn = await sessions.signedIn(request)
    // `again`: an application requires a new sign-in.
    if (signedIn && again === undefined) return goOn(options, request, reply, { returnPath, registered: signedIn.live.account.username !== null })
    return show(request, reply, returnPath, { reason: isSignInReason(reason) ? reason : undefined })
  })

  app.post('/sign-in', page, async (request, reply) => {
    const { identifier = '', password = '', continue: to } = fieldsOf(request.body)
    const returnPath = returnPathOf(to)
    const before = await sessions.signedIn(request)
    try {
      const signedIn = await signIn(options, visitor(request), {
        identifier,
        password,
        devices: sessions.devices(request),
        remembered: rememberedOf(options, request),
        ...openingOf(options, request, before, returnPath),
      })
      noteWay(options, reply, 'password')
      if ('pending' in signedIn) return askForSecondFactor(options, reply, signedIn.pending, returnPath)
      return await enterSession(options, request, reply, signedIn, returnPath)
    } catch (error) {
      const faults = faultsOf(error, { wrong_credentials: null, passwords_off: null })
      return show(request, reply, returnPath, { identifier, faults, status: (error as Problem).status })
    }
  })

  app.get('/sign-in/passkey', page, async (_request, reply) => seeOther(reply, '/sign-in')) // the address of a refusal, opened again
  app.post('/sign-in/passkey', page, async (request, reply) => {
    const { response = '', continue: to } = fieldsOf(request.body)
    const returnPath = returnPathOf(to)
    const before = await sessions.signedIn(request)
    try {
      const browser = browserOf(options, request)
      if (browser === null) throw new Problem('passkey_expired')
      const signedIn = await signInWithPasskey(options, visitor(request), { response, browser, ...openingOf(options, request, before, returnPath) })
      noteWay(options, reply, 'passkey')
      return await enterSession(options, request, reply, signedIn, returnPath)
    } catch (error) {
      const faults = faultsOf(error, { passkey_refused: null, passkey_unverified: null, passkey_expired: null, passkey_copied: null })
      return show(request, reply, returnPath, { faults, status: (error as Problem).status })
    }
  })

  app.post('/sign-out', { ...page, config: { endsQuickly: true } }, async (request, reply) => {
    const { another, continue: to } = fieldsOf(request.body)
    const principal = await sessions.browserPrincipal(request)
    if (principal) await execute(signOut, principal, { sessionId: principal.sessionId })
    await leaveAnswering(options, request, reply)
    sessions.clearCookie(reply)
    forgetTyped(options, reply)
    return seeOther(reply, another === undefined ? '/signed-out' : entranceFor(returnPathOf(to)))
  })

  app.get('/signed-out', page, async (request, reply) =>
    sendPage(reply, signedOutPage({ frame: frameOf(options, request), signInPath: '/sign-in', cli: cliOf(options) })),
  )
}
