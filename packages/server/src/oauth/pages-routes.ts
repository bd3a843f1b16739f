import { Readable } from 'node:stream'
import { problems } from '@muster/contract/problems.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { type Api, EVERYTHING, OWN_API, ownAudiences } from '../domain/apis/api.ts'
import { isOptional, type Term, termOf, termsOf } from '../domain/apis/term.ts'
import { namesOfApis, wordsOfPermissions, wordsOfTerms } from '../domain/apis/words.ts'
import type { Execute } from '../domain/command/context.ts'
import { consentOf, giveConsent } from '../domain/credentials/consent.ts'
import { audiencesAsked } from '../domain/credentials/granted-audience.ts'
import { sessionLifetimes } from '../domain/credentials/session.ts'
import type { LiveState } from '../domain/model/live.ts'
import { Problem } from '../domain/model/problem.ts'
import type { Store } from '../domain/store.ts'
import { acceptForms } from '../http/body.ts'
import type { SignedIn } from '../http/browser-session.ts'
import { beginRefusal } from '../http/problem.ts'
import { refuseCrossSite } from '../http/same-site.ts'
import { consentPage, problemPage, thirdPartyConsentPage } from '../portal/pages/index.ts'
import type { Interaction, Interactions } from './interactions.ts'
import { accountView, frameOf, originsOf, pagePolicy } from './pages.ts'

export interface PageRouteOptions {
  config: Pick<Config, 'issuer' | 'audience' | 'localMailbox'>
  store: Pick<Store, 'reading'>
  execute: Execute
  interactions: Interactions
  /** Passes a request to the library with this body. */
  toLibrary(request: FastifyRequest, reply: FastifyReply, form: string, how: { signsOut: boolean }): Promise<void>
}

/** The pages that the library redirects to, and their forms: sign-in, consent, sign-out. */
export async function pageRoutes(app: FastifyInstance, { config, store, execute, interactions, toLibrary }: PageRouteOptions): Promise<void> {
  const page = { schema: { hide: true }, bodyLimit: 16_384 } as const
  const frame = () => frameOf(config)
  const own = ownAudiences(config)
  /** None if the request is for Muster's own API alone, as most are. */
  const apisOf = async ({ resource }: Interaction): Promise<string[]> => {
    const audiences = audiencesAsked(resource, own)
    return audiences.every((audience) => audience === own[0]) ? [] : namesOfApis(store.reading, audiences)
  }

  const termsOfRequest = ({ scopes, resource }: Interaction, apis: readonly Api[]): Term[] => termsOf(scopes, audiencesAsked(resource, own), apis)

  /** The page for a client that is not first-party. What the person declined before is not ticked. */
  const sendConsent = async (reply: FastifyReply, interaction: Interaction, { live }: SignedIn, fault?: string): Promise<FastifyReply> => {
    const { uid, client, redirectUri } = interaction
    const apis = await store.reading.apis.list()
    const asked = termsOfRequest(interaction, apis)
    const before = await consentOf(store.reading, live, client.id)
    const body = thirdPartyConsentPage({
      frame: frame(),
      target: { action: `/interaction/${uid}`, hidden: shownTo(live) },
      account: accountView(live),
      useAnother: { action: '/sign-out', hidden: { another: 'yes', continue: `/interaction/${uid}` } },
      application: { name: client.name, host: URL.parse(redirectUri)?.host ?? '' },
      permissions: wordsOfTerms(apis, asked).map(({ scope, audience, text }) => {
        const term = termOf(scope, audience ?? OWN_API)
        return { text, field: isOptional(term) ? fieldOfTerm(term) : null, checked: !before?.declined.includes(term) }
      }),
      keepsAccess: asked.includes('offline_access'),
      actsAsPerson: interaction.scopes.includes(EVERYTHING),
      days: sessionLifetimes.application / 86_400,
      ...(fault !== undefined && { faults: [{ text: fault }] }),
    })
    reply.header('content-security-policy', pagePolicy(...originsOf(redirectUri)))
    return reply.type('text/html; charset=utf-8').send(body)
  }

  app.removeAllContentTypeParsers()
  acceptForms(app)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'content-security-policy': pagePolicy(), 'referrer-policy': 'same-origin', 'cache-control': 'no-store' })
    refuseCrossSite(request, config.issuer)
  })
  app.setErrorHandler((error: Error, request, reply) => {
    const problem = beginRefusal(request, reply, error, { challenge: false })
    const { title, next } = problems[problem.code]
    const body = problemPage({
      frame: frame(),
      title,
      detail: problem.detail,
      next,
      code: problem.code,
      requestId: request.id,
      back: { href: '/', text: 'Back to home' },
    })
    return reply.type('text/html; charset=utf-8').send(body)
  })

  app.get<{ Params: { uid: string } }>('/interaction/:uid', page, async (request, reply) => {
    const interaction = await interactions.interactionOf(request, reply)
    const { signedIn, prompt, needsFreshLogin, needsProof, uid } = interaction
    const path = `/interaction/${uid}`
    if (!signedIn || needsFreshLogin) return reply.redirect(`/sign-in?continue=${encodeURIComponent(path)}${needsFreshLogin ? '&again=yes' : ''}`, 303)
    if (needsProof?.byPolicy && !needsProof.isPossible) return reply.redirect('/account/security', 303) // the factor is added there
    if (needsProof && !needsProof.isPossible) return reply.redirect(await interactions.refuseUnmet(request, reply), 303)
    if (needsProof) return reply.redirect(`/account/confirm?continue=${encodeURIComponent(path)}${needsProof.byPasskey ? '&with=passkey' : ''}`, 303)
    if (prompt === 'login') return reply.redirect(await interactions.finishLogin(request, reply), 303)
    if (!interaction.client.firstParty && !signedIn.live.organization) return reply.redirect(`/sign-up/username?continue=${encodeURIComponent(path)}`, 303)
    if (!interaction.client.firstParty) return sendConsent(reply, interaction, signedIn)
    const html = consentPage({
      frame: frame(),
      target: { action: path, hidden: {} },
      account: accountView(signedIn.live),
      useAnother: { action: '/sign-out', hidden: { another: 'yes', continue: path } },
      application: { name: interaction.client.name, host: URL.parse(interaction.redirectUri)?.host ?? '' },
      scopes: interaction.scopes,
      permissions: await wordsOfPermissions(store.reading, interaction.scopes),
      apis: await apisOf(interaction),
    })
    reply.header('content-security-policy', pagePolicy(...originsOf(interaction.redirectUri)))
    return reply.type('text/html; charset=utf-8').send(html)
  })

  app.post<{ Params: { uid: string } }>('/interaction/:uid', page, async (request, reply) => {
    if (fieldOf(request.body, 'decision') !== 'allow') return reply.redirect(await interactions.abort(request, reply), 303)
    const interaction = await interactions.interactionOf(request, reply)
    const { client, signedIn, prompt } = interaction
    if (!client.firstParty) {
      if (!signedIn || prompt !== 'consent') throw new Problem('authentication_required')
      if (Object.entries(shownTo(signedIn.live)).some(([name, value]) => fieldOf(request.body, name) !== value))
        return sendConsent(reply.code(409), interaction, signedIn, 'Check the account: another one was signed in when you opened this page.')
      const asked = termsOfRequest(interaction, await store.reading.apis.list())
      const declined = asked.filter((term) => isOptional(term) && fieldOf(request.body, fieldOfTerm(term)) !== 'yes')
      if (declined.length === asked.length) return sendConsent(reply.code(422), interaction, signedIn, 'Choose at least one permission, or cancel.')
      await execute(giveConsent, signedIn.principal, { clientId: client.id, asked, declined })
    }
    return reply.redirect(await interactions.finishConsent(request, reply), 303)
  })

  app.post('/oauth/logout/confirm', page, async (request, reply) => {
    const decision = fieldOf(request.body, 'decision')
    const xsrf = fieldOf(request.body, 'xsrf') ?? ''
    // The library itself posts `logout=yes` for a browser without a library session. Only the user's button ends Muster's session.
    const signsOut = decision === 'sign_out'
    const form = new URLSearchParams({ xsrf, ...((signsOut || fieldOf(request.body, 'logout') === 'yes') && { logout: 'yes' }) })
    await toLibrary(request, reply, form.toString(), { signsOut })
    return reply
  })
}

/** Fields of the page that name whose consent it asks for. In another tab, another account may sign in meanwhile, or the person may move. */
const shownTo = ({ account, organization }: Pick<LiveState, 'account' | 'organization'>) => ({ account: account.id, organization: organization?.id ?? '' })

/** A box on the page that allows a term. */
const fieldOfTerm = (term: Term): string => `allow ${term}`

function fieldOf(body: unknown, name: string): string | undefined {
  const value = (body as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}

/** The same request with this urlencoded body, as a stream, which the library reads. */
export function withForm(raw: FastifyRequest['raw'], form: string): FastifyRequest['raw'] {
  const bytes = Buffer.from(form)
  const { 'transfer-encoding': _, ...headers } = raw.headers
  return Object.assign(Readable.from([bytes], { objectMode: false }), {
    method: 'POST',
    url: raw.url,
    httpVersion: raw.httpVersion,
    httpVersionMajor: raw.httpVersionMajor,
    httpVersionMinor: raw.httpVersionMinor,
    socket: raw.socket,
    connection: raw.socket,
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(bytes.length) },
  }) as unknown as FastifyRequest['raw']
}
