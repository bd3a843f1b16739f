import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signInWithProvider } from '../../../domain/accounts/sign-in-with-provider.ts'
import { Problem } from '../../../domain/model/problem.ts'
import type { Provider, ProviderPerson } from '../../../domain/providers/provider.ts'
import {
  type Begun,
  beginAtProvider,
  keepProvenPerson,
  PROVEN_PERSON_SECONDS,
  PROVIDER_SIGN_IN_SECONDS,
  personAt,
  takeProviderSignIn,
} from '../../../domain/providers/provider-sign-in.ts'
import type { ProviderSignIn } from '../../../domain/providers/store.ts'
import { cookieName, cookieOptions } from '../../../http/browser-session.ts'
import { noteWay } from '../../last-way.ts'
import { continuePage } from '../../pages/index.ts'
import { fieldsOf, frameOf, type Portal, page, seeOther, sendPage, visitor } from '../../portal.ts'
import { returnPathOf, withReturnPath } from '../../return-path.ts'
import { enterSession, openingOf } from '../../signed-in.ts'
import { signInAgain, withReason } from '../../typed-form.ts'
import { askForSecondFactor } from '../factors/second-factor.ts'

const COOKIE = 'muster_provider'
const PROVEN_COOKIE = 'muster_proven'
const securityPath = '/account/security'
export const linkPath = '/account/link-provider'
export const signUpPath = '/sign-up/with'

/** @throws Problem provider_not_found */
export function providerOf({ providers }: Pick<Portal, 'providers'>, id: string): Provider {
  const provider = providers.find((one) => one.id === id)
  if (!provider) throw new Problem('provider_not_found')
  return provider
}

/** Sends the browser to the provider, by a page: a form may not lead to another origin (`form-action 'self'`). Its cookie ties the answer to this browser. */
export function goToProvider(
  options: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  { name }: Pick<Provider, 'name'>,
  { token, to }: Begun,
): FastifyReply {
  reply.setCookie(cookieName(options.config, COOKIE), token, cookieOptions(options.config, PROVIDER_SIGN_IN_SECONDS))
  return sendPage(reply, continuePage({ frame: frameOf(options, request), to, name }))
}

/** The value of the cookie of the person whom a provider has named. */
export const provenTokenOf = ({ config }: Pick<Portal, 'config'>, request: FastifyRequest): string => request.cookies[cookieName(config, PROVEN_COOKIE)] ?? ''

export const forgetProven = ({ config }: Pick<Portal, 'config'>, reply: FastifyReply): void =>
  void reply.clearCookie(cookieName(config, PROVEN_COOKIE), cookieOptions(config, 0))

/** The person leaves for a provider and comes back (F19). */
export async function providerRoutes(app: FastifyInstance, options: Portal): Promise<void> {
  const { config, sessions, execute } = options
  const name = cookieName(config, COOKIE)

  /** The provider is slow, down or unwilling: the other ways stay. Why is in the log. */
  const orToSignIn = async (
    request: FastifyRequest,
    reply: FastifyReply,
    returnPath: string | null,
    work: () => Promise<FastifyReply>,
  ): Promise<FastifyReply> => {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Problem) || (error.code !== 'provider_unavailable' && error.code !== 'provider_refused')) throw error
      request.log.warn({ err: error.cause ?? error }, 'a sign-in with a provider failed')
      return seeOther(reply, signInAgain(error.code, returnPath))
    }
  }

  app.get('/sign-in/with', page, async (_request, reply) => seeOther(reply, '/sign-in')) // the address of a page that was left, opened again
  app.post('/sign-in/with', page, async (request, reply) => {
    const { provider: id = '', continue: to } = fieldsOf(request.body)
    const returnPath = returnPathOf(to)
    const provider = providerOf(options, id)
    return orToSignIn(request, reply, returnPath, async () =>
      goToProvider(options, request, reply, provider, await beginAtProvider(options, visitor(request), { provider, returnPath })),
    )
  })

  app.get('/sign-in/with/:provider/callback', page, async (request, reply) => {
    const provider = providerOf(options, (request.params as { provider: string }).provider)
    const token = request.cookies[name] ?? ''
    const query = request.url.slice(request.url.indexOf('?') + 1)
    const { state = '' } = fieldsOf(request.query)
    const taken = await execute(takeProviderSignIn, visitor(request), { token, state, provider: provider.id })
    if (!taken) return seeOther(reply, signInAgain('provider_ended', null))
    reply.clearCookie(name, cookieOptions(config, 0))
    return orToSignIn(request, reply, taken.returnPath, async () => {
      const person = await personAt(options, visitor(request), { provider, query, token })
      return taken.link === null ? enter(request, reply, provider, person, taken.returnPath) : link(request, reply, provider, person, taken.link)
    })
  })

  const keepProven = (reply: FastifyReply, proven: string): void =>
    void reply.setCookie(cookieName(config, PROVEN_COOKIE), proven, cookieOptions(config, PROVEN_PERSON_SECONDS))

  const enter = async (request: FastifyRequest, reply: FastifyReply, provider: Provider, person: ProviderPerson, returnPath: string | null) => {
    const before = await sessions.signedIn(request)
    const outcome = await signInWithProvider(options, visitor(request), {
      provider,
      person,
      returnPath,
      ...openingOf(options, request, before, returnPath),
    })
    if ('proven' in outcome) {
      keepProven(reply, outcome.proven)
      if (!outcome.hasAccount) return seeOther(reply, withReturnPath(signUpPath, returnPath))
      return seeOther(reply, withReason(withReturnPath('/sign-in', linkPath), 'account_exists'))
    }
    noteWay(options, reply, provider.id)
    if ('pending' in outcome) return askForSecondFactor(options, reply, outcome.pending, returnPath)
    return enterSession(options, request, reply, outcome, returnPath)
  }

  /** Only the session that began may go on, so that nobody's identity is linked to the account of somebody else. */
  const link = async (request: FastifyRequest, reply: FastifyReply, provider: Provider, person: ProviderPerson, by: NonNullable<ProviderSignIn['link']>) => {
    const signedIn = await sessions.signedIn(request)
    if (signedIn?.principal.sessionId !== by.sessionId) return seeOther(reply, withReturnPath('/sign-in', securityPath))
    const linked = await options.store.reading.identities.find({ issuer: provider.issuer, subject: person.subject })
    if (linked?.userId === by.userId) return seeOther(reply, `${securityPath}?done=linked`)
    if (linked) throw new Problem('identity_taken')
    const { id, issuer } = provider
    keepProven(
      reply,
      await execute(keepProvenPerson, signedIn.principal, { person, provider: id, issuer, returnPath: null, sessionId: signedIn.principal.sessionId }),
    )
    return seeOther(reply, linkPath)
  }
}
