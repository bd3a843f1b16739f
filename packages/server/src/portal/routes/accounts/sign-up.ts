import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  abandonSignUp,
  enterCode,
  faultsOfSignUp,
  isCodeUsable,
  isWithPasskey,
  resendCode,
  SIGN_UP_SECONDS,
  signUpOf,
  startSignUp,
} from '../../../domain/accounts/sign-up.ts'
import type { SignUp } from '../../../domain/accounts/store.ts'
import { holdForSignUp } from '../../../domain/credentials/device-authorization.ts'
import { invitationTokenIn } from '../../../domain/invitations/invitation.ts'
import { Problem } from '../../../domain/model/problem.ts'
import { previewToken } from '../../../domain/organizations/use-invitation.ts'
import { cookieName, cookieOptions } from '../../../http/browser-session.ts'
import { webauthnOn } from '../../../http/request.ts'
import { signUpPage, verifyCodePage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import {
  emailMissing,
  faultsOf,
  fieldsOf,
  frameOf,
  goOn,
  invitationTokenOf,
  type Portal,
  page,
  providersView,
  purposeFor,
  seeOther,
  sendPage,
  visitor,
} from '../../portal.ts'
import { hiddenReturnPath, isJoin, passkeyStep, returnPathOf, userCodeOf, withReturnPath } from '../../return-path.ts'
import { signInAgain } from '../../typed-form.ts'
import { setToken } from '../invitations/answer.ts'

const fieldNames = { email: 'email', password: 'password', givenName: 'given_name', familyName: 'family_name' } as const
/** Why an address may not sign up, by the field that can change it (O15). */
export const ofAdmission = {
  email_domain_blocked: 'email',
  email_domain_not_admitted: 'email',
  sign_up_by_invitation: 'invitation',
  invitation_not_found: 'invitation',
  invitation_used: 'invitation',
  invitation_expired: 'invitation',
  invitation_revoked: 'invitation',
  invitation_declined: 'invitation',
  invitation_wrong_address: 'email',
  organization_suspended: 'invitation',
} as const
const missing: Record<keyof typeof fieldNames, Fault | null> = {
  email: emailMissing,
  password: { field: 'password', text: 'Choose a password of 10 to 256 characters.' },
  givenName: { field: 'given_name', text: 'Enter your given name.' },
  familyName: null,
}

export async function signUpRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { config, sessions, execute, admission, passwords } = options
  const name = cookieName(config, 'muster_sign_up')
  const cookieOf = (request: FastifyRequest): string => request.cookies[name] ?? ''
  const clearCookie = (reply: FastifyReply): void => void reply.clearCookie(name, cookieOptions(config, 0))

  /** Extends the terminal's code while its user signs up (S52). */
  const hold = async (request: FastifyRequest, returnPath: string | null): Promise<void> => {
    const userCode = userCodeOf(returnPath)
    if (userCode !== null) await execute(holdForSignUp, visitor(request), { userCode })
  }

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnPath: string | null,
    asked: boolean,
    form: { values?: { email: string; given_name: string; family_name: string; invitation?: string }; faults?: Fault[]; status?: number } = {},
  ): Promise<FastifyReply> => {
    const { status = 200, ...typed } = form
    const byPasskey = webauthnOn(options, request) !== null
    const withPasskey = byPasskey && (asked || !passwords)
    const purpose = await purposeFor(options, request, returnPath)
    const signUp = signUpPage({
      frame: frameOf(options, request),
      target: { action: '/sign-up', hidden: { ...hiddenReturnPath(returnPath), ...(withPasskey && { with: 'passkey' }) } },
      withPasskey,
      passwords,
      otherWay: byPasskey && passwords ? wayOf(returnPath, !withPasskey) : null,
      signInPath: withReturnPath('/sign-in', returnPath),
      purpose,
      providers: providersView(options, returnPath),
      restricted: admission.signUp === 'open' || (await holdsInvitation(request, returnPath)) ? undefined : admission,
      ...typed,
    })
    return sendPage(reply, signUp, status)
  }

  /** This page with or without the password. */
  const wayOf = (returnPath: string | null, withPasskey: boolean): string => {
    const query = new URLSearchParams({ ...hiddenReturnPath(returnPath), ...(withPasskey && { with: 'passkey' }) })
    return query.size === 0 ? '/sign-up' : `/sign-up?${query}`
  }
  /** Signing up with a passkey is possible where passkeys are (F4). */
  const isByPasskey = (request: FastifyRequest, way: string | undefined): boolean => way === 'passkey' && webauthnOn(options, request) !== null

  const openedInvitation = (request: FastifyRequest, returnPath: string | null): string | undefined =>
    (returnPath !== null && isJoin(returnPath) && invitationTokenOf(options, request)) || undefined

  /** Whether this browser has opened an invitation that can still be used, so that its visitor needs to paste none. */
  const holdsInvitation = async (request: FastifyRequest, returnPath: string | null): Promise<boolean> => {
    const token = openedInvitation(request, returnPath)
    if (token === undefined) return false
    try {
      await previewToken(options, request, { token })
      return true
    } catch (error) {
      if (error instanceof Problem) return false
      throw error
    }
  }

  app.get('/sign-up', page, async (request, reply) => {
    const { continue: to, with: way } = fieldsOf(request.query)
    const returnPath = returnPathOf(to)
    const signedIn = await sessions.signedIn(request)
    if (signedIn) return goOn(options, request, reply, { returnPath, registered: signedIn.live.account.username !== null })
    return show(request, reply, returnPath, isByPasskey(request, way))
  })

  app.post('/sign-up', page, async (request, reply) => {
    const { email = '', password = '', given_name = '', family_name = '', invitation = '', continue: to, with: way } = fieldsOf(request.body)
    let returnPath = returnPathOf(to)
    const withPasskey = isByPasskey(request, way)
    const input = { email, password: withPasskey ? null : password, givenName: given_name, familyName: family_name }
    const values = { email, given_name, family_name, invitation: invitation.slice(0, 300) }
    const pasted = admission.signUp === 'open' ? undefined : invitationTokenIn(invitation)
    try {
      const { cookie } = await startSignUp(options, visitor(request), { ...input, invitation: pasted ?? openedInvitation(request, returnPath) })
      if (pasted !== undefined) {
        setToken(options, reply, pasted)
        returnPath ??= '/join'
      }
      await hold(request, returnPath)
      reply.setCookie(name, cookie, cookieOptions(config, SIGN_UP_SECONDS))
      return seeOther(reply, withReturnPath('/sign-up/verify', returnPath))
    } catch (error) {
      if (error instanceof Problem && error.code === 'passwords_off')
        return show(request, reply, returnPath, true, { values, faults: faultsOf(error, { passwords_off: null }), status: error.status })
      if (error instanceof Problem && error.code in ofAdmission)
        return show(request, reply, returnPath, withPasskey, { values, faults: faultsOf(error, ofAdmission), status: error.status })
      const faults = (await faultsOfSignUp(options, input)).flatMap(({ field, problem }) => {
        const asked = input[field]?.trim() === '' ? missing[field] : null
        return asked ? [asked] : faultsOf(problem, { [problem.code]: fieldNames[field] })
      })
      if (faults.length === 0) throw error
      return show(request, reply, returnPath, withPasskey, { values, faults, status: 422 })
    }
  })

  const showVerify = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnPath: string | null,
    signUp: SignUp,
    form: { faults?: Fault[]; resent?: boolean; status?: number } = {},
  ): Promise<FastifyReply> => {
    const { status = 200, ...rest } = form
    const hidden = hiddenReturnPath(returnPath)
    return sendPage(
      reply,
      verifyCodePage({
        frame: frameOf(options, request),
        target: { action: '/sign-up/verify', hidden },
        resend: { action: '/sign-up/resend', hidden },
        startOver: { action: '/sign-up/start-over', hidden },
        email: signUp.email,
        digits: signUp.codeDigits,
        withPasskey: isWithPasskey(signUp),
        expiresAt: isCodeUsable(signUp) ? signUp.codeExpiresAt : null,
        purpose: await purposeFor(options, request, returnPath),
        ...rest,
      }),
      status,
    )
  }

  /** Without a sign-up, redirects to its beginning, which continues for a user who has just finished it with a second click. */
  const orStartAgain = async (reply: FastifyReply, returnPath: string | null, work: () => Promise<FastifyReply>): Promise<FastifyReply> => {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Problem && error.code === 'sign_up_not_found') return seeOther(reply, withReturnPath('/sign-up', returnPath))
      throw error
    }
  }

  app.get('/sign-up/verify', page, async (request, reply) => {
    const { continue: to, sent } = fieldsOf(request.query)
    const returnPath = returnPathOf(to)
    return orStartAgain(reply, returnPath, async () =>
      showVerify(request, reply, returnPath, await signUpOf(options, cookieOf(request)), { resent: sent !== undefined }),
    )
  })

  app.post('/sign-up/verify', page, async (request, reply) => {
    const { code = '', continue: to } = fieldsOf(request.body)
    const returnPath = returnPathOf(to)
    const before = await sessions.signedIn(request)
    return orStartAgain(reply, returnPath, async () => {
      try {
        const { account, cookie, addsPasskey } = await enterCode(options, visitor(request), {
          cookie: cookieOf(request),
          code,
          replaces: before?.principal.sessionId ?? null,
        })
        await hold(request, returnPath)
        sessions.setCookie(reply, cookie)
        sessions.rememberDevice(request, reply, account)
        clearCookie(reply)
        if (addsPasskey) return seeOther(reply, withReturnPath(passkeyStep, returnPath))
        return goOn(options, request, reply, { returnPath, registered: false })
      } catch (error) {
        if (error instanceof Problem && error.code === 'identity_taken') {
          await abandonSignUp(options, visitor(request), { cookie: cookieOf(request) })
          clearCookie(reply)
          return seeOther(reply, signInAgain('identity_taken', returnPath))
        }
        const faults = faultsOf(error, { code_wrong: 'code', code_expired: null, code_exhausted: null, email_domain_blocked: null })
        const signUp = await signUpOf(options, cookieOf(request))
        return showVerify(request, reply, returnPath, signUp, { faults, status: (error as Problem).status })
      }
    })
  })

  app.post('/sign-up/resend', page, async (request, reply) => {
    const returnPath = returnPathOf(fieldsOf(request.body)['continue'])
    return orStartAgain(reply, returnPath, async () => {
      await resendCode(options, visitor(request), { cookie: cookieOf(request) })
      await hold(request, returnPath)
      return seeOther(reply, `${withReturnPath('/sign-up/verify', returnPath)}${returnPath === null ? '?' : '&'}sent=1`)
    })
  })

  app.post('/sign-up/start-over', page, async (request, reply) => {
    await abandonSignUp(options, visitor(request), { cookie: cookieOf(request) })
    clearCookie(reply)
    return seeOther(reply, withReturnPath('/sign-up', returnPathOf(fieldsOf(request.body)['continue'])))
  })
}
