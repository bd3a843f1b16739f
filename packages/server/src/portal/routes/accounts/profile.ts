import { asOwnCommands } from '@muster/contract/command-line.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { EMAIL_CODE_TRIES, requestEmailChange, verifyEmailChange } from '../../../domain/accounts/email-change.ts'
import { requirePasswords } from '../../../domain/accounts/password.ts'
import { changePassword } from '../../../domain/accounts/password-change.ts'
import { updateNames } from '../../../domain/accounts/person-names.ts'
import { isConfirmationNeeded } from '../../../domain/accounts/prove-password.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { SignedIn } from '../../../http/browser-session.ts'
import { confirmFirst, type OwnPage } from '../../own-page.ts'
import { accountPage, changeEmailPage, changePasswordPage, namesPage, verifyEmailPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { accountView, faultsOf, fieldsOf, frameOf, type Portal, page, seeOther, sendPage } from '../../portal.ts'
import { withReturnPath } from '../../return-path.ts'
import { isTypedBy, keepTyped, type TypedForm, takeTyped, typedBy } from '../../typed-form.ts'

const path = '/account'
const paths = { names: `${path}/names`, email: `${path}/email`, password: `${path}/password`, security: `${path}/security`, logins: '/logins', home: '/' }
const verifyPath = `${paths.email}/verify`
const forms = {
  names: { path: paths.names, fields: ['given_name', 'family_name'] },
  email: { path: paths.email, fields: ['email'] },
  password: { path: paths.password, fields: ['end_keys'] },
  /** A code belongs to the session that requested it, so the user has to request a new one. */
  verify: { path: paths.email, fields: [] },
} satisfies Record<string, TypedForm>

/** A map, because in an object `?done=constructor` would find an inherited property. */
const doneTexts = new Map([
  ['names', 'Your name was changed.'],
  ['email', 'Your email address was changed. We notified the old address.'],
  ['password-added', 'Your password was added. All your other sessions and refresh tokens have ended. On your terminals, run: muster login'],
  ['password', 'Your password was changed. All your other sessions and refresh tokens have ended. On your terminals, run: muster login'],
])

/** The user's own account: name, email address and password. */
export async function profileRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { sessions, execute, store, passwords } = options
  app.addHook('preHandler', (request) => sessions.refuseBarred(request))
  const frame = (request: FastifyRequest) => frameOf(options, request)
  /** `form`: the form that is posted here. Its values are kept if the user is no longer signed in. */
  const forMe =
    (handler: OwnPage, form?: TypedForm) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const signedIn = await sessions.signedIn(request)
      if (signedIn && isTypedBy(request, signedIn)) return handler(signedIn, request, reply)
      return form ? keepTyped(options, request, reply, form) : seeOther(reply, withReturnPath('/sign-in', path))
    }

  /** A page that requires a recent confirmation is shown only after it, so that nothing is typed in vain (F17). */
  const confirmed =
    (back: string, handler: OwnPage): OwnPage =>
    async (signedIn, request, reply) =>
      (await isConfirmationNeeded(store.reading, signedIn.live)) ? confirmFirst(reply, back) : handler(signedIn, request, reply)
  const isTooLate = (error: unknown): boolean => error instanceof Problem && error.code === 'insufficient_user_authentication'

  app.get(
    path,
    page,
    forMe(async (signedIn, request, reply) => {
      const { done = '' } = fieldsOf(request.query)
      return sendPage(
        reply,
        accountPage({
          frame: frame(request),
          account: accountView(signedIn.live),
          hasPassword: await hasPassword(signedIn),
          paths: { ...paths, password: passwords ? paths.password : null },
          done: asOwnCommands(doneTexts.get(done) ?? '', options.cli) || undefined,
        }),
      )
    }),
  )

  const hasPassword = async ({ live }: SignedIn): Promise<boolean> => (await store.reading.accounts.find(live.account.id))?.passwordHash !== null

  // ---- names ----
  const showNames = (
    { live }: SignedIn,
    request: FastifyRequest,
    reply: FastifyReply,
    values: { given_name: string; family_name: string },
    { faults, notice }: { faults?: Fault[]; notice?: string | undefined } = {},
  ) => {
    const target = { action: paths.names, hidden: typedBy(live) }
    return sendPage(reply, namesPage({ frame: { ...frame(request), notice }, target, values, accountPath: path, faults }), faults ? 422 : 200)
  }

  app.get(
    paths.names,
    page,
    forMe(async (signedIn, request, reply) => {
      const { account } = signedIn.live
      const kept = takeTyped(options, request, reply, forms.names, signedIn.live)
      const values = { given_name: account.givenName, family_name: account.familyName, ...kept?.fields }
      return showNames(signedIn, request, reply, values, { notice: kept?.notice })
    }),
  )
  app.post(
    paths.names,
    page,
    forMe(async (signedIn, request, reply) => {
      const { given_name = '', family_name = '' } = fieldsOf(request.body)
      try {
        await execute(updateNames, signedIn.principal, { givenName: given_name, familyName: family_name })
        return seeOther(reply, `${path}?done=names`)
      } catch (error) {
        return showNames(signedIn, request, reply, { given_name, family_name }, { faults: faultsOf(error, { person_name_invalid: 'given_name' }) })
      }
    }, forms.names),
  )

  // ---- password ----
  const showPassword = async (signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply, given: { endKeys?: boolean; faults?: Fault[] } = {}) => {
    const { live } = signedIn
    requirePasswords(options)
    const has = await hasPassword(signedIn)
    const kept = request.method === 'GET' ? takeTyped(options, request, reply, forms.password, live) : null
    const { items } = await store.reading.apiKeys.pageAlive({ userId: live.account.id }, { limit: 100 })
    const target = { action: paths.password, hidden: typedBy(live) }
    const { email } = live.account
    const endKeys = kept?.fields['end_keys'] === 'yes'
    return sendPage(
      reply,
      changePasswordPage({
        frame: { ...frame(request), notice: kept?.notice },
        hasPassword: has,
        target,
        email,
        keys: items,
        accountPath: path,
        forgotPasswordPath: '/forgot-password',
        endKeys,
        ...given,
      }),
      given.faults ? 422 : 200,
    )
  }

  app.get(paths.password, page, forMe(confirmed(paths.password, showPassword)))
  app.post(
    paths.password,
    page,
    forMe(async (signedIn, request, reply) => {
      const { current_password: currentPassword = '', password: newPassword = '', end_keys: ending } = fieldsOf(request.body)
      const endKeys = ending === 'yes'
      const had = await hasPassword(signedIn)
      try {
        const { device } = await changePassword(options, signedIn.principal, { currentPassword, newPassword, endKeys })
        sessions.rememberDevice(request, reply, device)
        return seeOther(reply, `${path}?done=${had ? 'password' : 'password-added'}`)
      } catch (error) {
        if (isTooLate(error)) return keepTyped(options, request, reply, forms.password)
        const faults = faultsOf(error, {
          password_wrong: 'current_password',
          password_length: 'password',
          password_leaked: 'password',
          password_too_weak: 'password',
        })
        return showPassword(signedIn, request, reply, { endKeys, faults })
      }
    }, forms.password),
  )

  // ---- address ----
  const showEmail = async (signedIn: SignedIn, request: FastifyRequest, reply: FastifyReply, given: { email?: string; faults?: Fault[] } = {}) => {
    const { live } = signedIn
    const has = await hasPassword(signedIn)
    const kept = request.method === 'GET' ? takeTyped(options, request, reply, forms.email, live) : null
    return sendPage(
      reply,
      changeEmailPage({
        frame: { ...frame(request), notice: kept?.notice },
        hasPassword: has,
        target: { action: paths.email, hidden: typedBy(live) },
        current: live.account.email,
        email: kept?.fields['email'],
        accountPath: path,
        ...given,
      }),
      given.faults ? 422 : 200,
    )
  }

  app.get(paths.email, page, forMe(confirmed(paths.email, async (signedIn, request, reply) => showEmail(signedIn, request, reply))))
  app.post(
    paths.email,
    page,
    forMe(async (signedIn, request, reply) => {
      const { email = '', password = '' } = fieldsOf(request.body)
      try {
        await requestEmailChange(options, signedIn.principal, { email, password })
        return seeOther(reply, verifyPath)
      } catch (error) {
        if (isTooLate(error)) return keepTyped(options, request, reply, forms.email)
        return showEmail(signedIn, request, reply, {
          email,
          faults: faultsOf(error, { password_wrong: 'password', email_invalid: 'email', email_domain_blocked: 'email', email_unchanged: 'email' }),
        })
      }
    }, forms.email),
  )

  const showVerify = async ({ live, principal }: SignedIn, request: FastifyRequest, reply: FastifyReply, faults?: Fault[]) => {
    const change = await store.reading.emailChanges.open(live.account.id)
    if (change?.sessionId !== principal.sessionId) return seeOther(reply, paths.email)
    const usable = !change.expired && change.codeTries < EMAIL_CODE_TRIES
    const target = { action: verifyPath, hidden: typedBy(live) }
    const { email, codeDigits: digits, expiresAt } = change
    return sendPage(
      reply,
      verifyEmailPage({
        frame: frame(request),
        target,
        email,
        digits,
        expiresAt: usable ? expiresAt : null,
        againPath: paths.email,
        accountPath: path,
        faults,
      }),
      faults ? 422 : 200,
    )
  }

  app.get(
    verifyPath,
    page,
    forMe((signedIn, request, reply) => showVerify(signedIn, request, reply)),
  )
  app.post(
    verifyPath,
    page,
    forMe(async (signedIn, request, reply) => {
      const { code = '' } = fieldsOf(request.body)
      try {
        await verifyEmailChange(options, signedIn.principal, { code })
        return seeOther(reply, `${path}?done=email`)
      } catch (error) {
        const faults = faultsOf(error, { code_wrong: 'code', code_expired: null, code_exhausted: null, email_change_not_found: null, address_in_use: null })
        return showVerify(signedIn, request, reply, faults)
      }
    }, forms.verify),
  )
}
