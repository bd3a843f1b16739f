import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { personFaults, SIGN_UP_SECONDS } from '../../../domain/accounts/sign-up.ts'
import { provenPersonOf, signUpWithProvider } from '../../../domain/accounts/sign-up-with-provider.ts'
import { holdForSignUp } from '../../../domain/credentials/device-authorization.ts'
import { invitationTokenIn } from '../../../domain/invitations/invitation.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { ProvenPerson } from '../../../domain/providers/store.ts'
import { trustedAddressOf } from '../../../domain/providers/trusted-address.ts'
import { cookieName, cookieOptions } from '../../../http/browser-session.ts'
import { noteWay } from '../../last-way.ts'
import { providerSignUpPage } from '../../pages/index.ts'
import type { Fault } from '../../parts.ts'
import { faultsOf, fieldsOf, frameOf, goOn, invitationTokenOf, type Portal, page, purposeFor, seeOther, sendPage, visitor } from '../../portal.ts'
import { hiddenReturnPath, isJoin, returnPathOf, userCodeOf, withReturnPath } from '../../return-path.ts'
import { signInAgain, withReason } from '../../typed-form.ts'
import { ofAdmission } from '../accounts/sign-up.ts'
import { setToken } from '../invitations/answer.ts'
import { forgetProven, linkPath, provenTokenOf, signUpPath } from './sign-in.ts'

/** A new account for a person whose provider has answered (F20). */
export async function providerSignUpRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { config, sessions, execute, admission, providers } = options

  const openedInvitation = (request: FastifyRequest, returnPath: string | null): string | undefined =>
    (returnPath !== null && isJoin(returnPath) && invitationTokenOf(options, request)) || undefined

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnPath: string | null,
    person: ProvenPerson,
    form: { values?: { email: string; given_name: string; family_name: string; invitation: string }; faults?: Fault[]; status?: number } = {},
  ): Promise<FastifyReply> => {
    const { status = 200, ...typed } = form
    return sendPage(
      reply,
      providerSignUpPage({
        frame: frameOf(options, request),
        target: { action: signUpPath, hidden: hiddenReturnPath(returnPath) },
        linkPath: `${withReturnPath('/sign-in', linkPath)}&again=yes`,
        provider: providers.find(({ id }) => id === person.provider)?.name ?? person.provider,
        label: person.label,
        trusted: trustedAddressOf(person.email),
        passwords: options.passwords,
        needsInvitation: admission.signUp !== 'open' && openedInvitation(request, returnPath) === undefined,
        purpose: await purposeFor(options, request, returnPath),
        values: { email: person.email?.address ?? '', given_name: person.givenName, family_name: person.familyName, invitation: '' },
        ...typed,
      }),
      status,
    )
  }

  /** Without a proven person, redirects to the beginning. */
  const withPerson = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnPath: string | null,
    work: (person: ProvenPerson) => Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    try {
      return await work(await provenPersonOf(options, provenTokenOf(options, request)))
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'proven_person_not_found') throw error
      forgetProven(options, reply)
      // A second click finds the account that the first one has created.
      const signedIn = await sessions.signedIn(request)
      if (signedIn) return goOn(options, request, reply, { returnPath, registered: signedIn.live.account.username !== null })
      return seeOther(reply, withReason(withReturnPath('/sign-in', returnPath), 'provider_ended'))
    }
  }

  app.get(signUpPath, page, async (request, reply) => {
    const returnPath = returnPathOf(fieldsOf(request.query)['continue'])
    return withPerson(request, reply, returnPath, (person) => show(request, reply, returnPath, person))
  })

  app.post(signUpPath, page, async (request, reply) => {
    const { email = '', given_name = '', family_name = '', invitation = '', continue: to } = fieldsOf(request.body)
    let returnPath = returnPathOf(to)
    const pasted = admission.signUp === 'open' ? undefined : invitationTokenIn(invitation)
    return withPerson(request, reply, returnPath, async (person) => {
      try {
        const before = await sessions.signedIn(request)
        const outcome = await signUpWithProvider(options, visitor(request), {
          proven: provenTokenOf(options, request),
          email,
          givenName: given_name,
          familyName: family_name,
          invitation: pasted ?? openedInvitation(request, returnPath),
          replaces: before?.principal.sessionId ?? null,
        })
        if (pasted !== undefined) {
          setToken(options, reply, pasted)
          returnPath ??= '/join'
        }
        const userCode = userCodeOf(returnPath)
        if (userCode !== null) await execute(holdForSignUp, visitor(request), { userCode }) // S52
        noteWay(options, reply, person.provider)
        if ('signUp' in outcome) {
          reply.setCookie(cookieName(config, 'muster_sign_up'), outcome.signUp, cookieOptions(config, SIGN_UP_SECONDS))
          return seeOther(reply, withReturnPath('/sign-up/verify', returnPath))
        }
        forgetProven(options, reply)
        sessions.setCookie(reply, outcome.cookie)
        sessions.rememberDevice(request, reply, outcome.account)
        return goOn(options, request, reply, { returnPath, registered: false })
      } catch (error) {
        // Only an address that the provider is trusted for gets this answer: an account has begun with it since.
        if (error instanceof Problem && error.code === 'address_in_use')
          return seeOther(reply, withReason(withReturnPath('/sign-in', linkPath), 'account_exists'))
        if (error instanceof Problem && error.code === 'identity_taken') {
          forgetProven(options, reply)
          return seeOther(reply, signInAgain('identity_taken', returnPath))
        }
        const values = { email, given_name, family_name, invitation: invitation.slice(0, 300) }
        const faults = personFaults({ email, givenName: given_name, familyName: family_name }).flatMap(({ field, problem }) =>
          faultsOf(problem, { [problem.code]: { email: 'email', givenName: 'given_name', familyName: 'family_name' }[field] }),
        )
        if (faults.length > 0) return show(request, reply, returnPath, person, { values, faults, status: 422 })
        return show(request, reply, returnPath, person, { values, faults: faultsOf(error, ofAdmission), status: (error as Problem).status })
      }
    })
  })
}
