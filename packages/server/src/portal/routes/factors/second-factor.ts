import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { completeSignIn, PENDING_SECONDS, pendingSignInOf, resendUnlockLink } from '../../../domain/accounts/second-factor.ts'
import { isLocked } from '../../../domain/factors/lock.ts'
import { mayBeRemembered } from '../../../domain/factors/remembered-device.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { cookieName, cookieOptions } from '../../../http/browser-session.ts'
import { secondFactorPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { factorRequest } from '../../passkey-request.ts'
import { faultsOf, fieldsOf, frameOf, type Portal, page, purposeFor, seeOther, sendPage, visitor } from '../../portal.ts'
import { hiddenReturnPath, returnPathOf, withReturnPath } from '../../return-path.ts'
import { enterSession, openingOf } from '../../signed-in.ts'
import { withReason } from '../../typed-form.ts'
import { rememberedOf, setRemembered } from './remembered-devices.ts'

const path = '/sign-in/factor'
const unlockPath = `${path}/unlock-email`
const COOKIE = 'muster_pending'

/** Leads to the page of the second factor. The cookie opens nothing else (F5). */
export function askForSecondFactor({ config }: Pick<Portal, 'config'>, reply: FastifyReply, pending: string, returnPath: string | null): FastifyReply {
  reply.setCookie(cookieName(config, COOKIE), pending, cookieOptions(config, PENDING_SECONDS))
  return seeOther(reply, withReturnPath(path, returnPath))
}

/** The second step of a sign-in (F5). */
export async function secondFactorRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { config, store, sessions, passwords } = options
  const name = cookieName(config, COOKIE)

  /** `again`: a browser that is signed in already sees the sign-in page too. */
  const ended = (reply: FastifyReply, returnPath: string | null): FastifyReply => {
    reply.clearCookie(name, cookieOptions(config, 0))
    return seeOther(reply, `${withReason(withReturnPath('/sign-in', returnPath), 'sign_in_ended')}&again=yes`)
  }

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    {
      token,
      returnPath,
      recovery: wanted,
      sent = false,
      refused,
    }: { token: string; returnPath: string | null; recovery: boolean; sent?: boolean; refused?: { remember: boolean; faults: Fault[]; status: number } },
  ): Promise<FastifyReply> => {
    const pending = await pendingSignInOf(store.reading, token)
    if (!pending) return ended(reply, returnPath)
    const { needsCode } = await store.reading.factorResets.standing(pending.userId)
    const authenticator = needsCode ? null : await store.reading.authenticators.find(pending.userId)
    const locked = authenticator !== null && isLocked(authenticator)
    const recovery = wanted || locked
    const query = new URLSearchParams({ ...hiddenReturnPath(returnPath), ...(!recovery && { with: 'recovery-code' }) })
    return sendPage(
      reply,
      secondFactorPage({
        frame: frameOf(options, request),
        target: { action: path, hidden: { ...hiddenReturnPath(returnPath), ...(recovery && { with: 'recovery-code' }) } },
        purpose: await purposeFor(options, request, returnPath),
        byEmail: needsCode,
        recovery,
        otherPath: query.size === 0 ? path : `${path}?${query}`,
        byCode: authenticator !== null,
        locked: locked ? { resend: { action: unlockPath, hidden: hiddenReturnPath(returnPath) }, hasLink: authenticator.unlockId !== null, sent } : null,
        startAgainPath: withReturnPath('/sign-in', returnPath),
        passkey: needsCode ? null : await factorRequest(options, request, pending.userId, token, returnPath),
        remember: passwords && (await mayBeRemembered(store.reading, pending.userId)) ? (refused?.remember ?? false) : null,
        faults: refused?.faults,
      }),
      refused?.status,
    )
  }

  app.get(path, page, async (request, reply) => {
    const { continue: to, with: way, sent } = fieldsOf(request.query)
    return show(request, reply, { token: request.cookies[name] ?? '', returnPath: returnPathOf(to), recovery: way === 'recovery-code', sent: sent === 'yes' })
  })

  app.post(path, page, async (request, reply) => {
    const { code = '', response = '', remember: asked, continue: to, with: way } = fieldsOf(request.body)
    const returnPath = returnPathOf(to)
    const token = request.cookies[name] ?? ''
    const given = response === '' ? { code } : { response }
    try {
      const before = await sessions.signedIn(request)
      const remember = asked === undefined ? undefined : { cookie: rememberedOf(options, request) }
      const signedIn = await completeSignIn(options, visitor(request), { token, given, remember, ...openingOf(options, request, before, returnPath) })
      if (signedIn.remembered !== null) setRemembered(options, reply, signedIn.remembered)
      reply.clearCookie(name, cookieOptions(config, 0))
      return await enterSession(options, request, reply, signedIn, returnPath)
    } catch (error) {
      if (error instanceof Problem && error.code === 'sign_in_ended') {
        return ended(reply, returnPath)
      }
      const faults = faultsOf(error, { factor_wrong: 'code', passkey_refused: null, passkey_expired: null, passkey_copied: null })
      return show(request, reply, {
        token,
        returnPath,
        recovery: way === 'recovery-code',
        refused: { remember: asked !== undefined, faults, status: (error as Problem).status },
      })
    }
  })
  app.get(unlockPath, page, async (_request, reply) => seeOther(reply, path)) // the address of a refusal, opened again

  app.post(unlockPath, page, async (request, reply) => {
    const returnPath = returnPathOf(fieldsOf(request.body)['continue'])
    const token = request.cookies[name] ?? ''
    try {
      await resendUnlockLink(options, visitor(request), { token })
      return seeOther(reply, `${path}?${new URLSearchParams({ ...hiddenReturnPath(returnPath), sent: 'yes' })}`)
    } catch (error) {
      if (error instanceof Problem && error.code === 'sign_in_ended') return ended(reply, returnPath)
      if (!(error instanceof Problem) || error.code !== 'too_many_attempts') throw error
      const refused = { remember: false, faults: [{ text: 'We cannot send more links to this account today. Use the newest email.' }], status: error.status }
      return show(request, reply, { token, returnPath, recovery: true, refused })
    }
  })
}
