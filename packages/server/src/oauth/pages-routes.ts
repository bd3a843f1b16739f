import { Readable } from 'node:stream'
import { problems } from '@muster/contract/problems.ts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { ownAudiences } from '../domain/apis/api.ts'
import { namesOfApis, wordsOfPermissions } from '../domain/apis/words.ts'
import { audiencesAsked } from '../domain/credentials/granted-audience.ts'
import type { Store } from '../domain/store.ts'
import { acceptForms } from '../http/body.ts'
import { beginRefusal } from '../http/problem.ts'
import { refuseCrossSite } from '../http/same-site.ts'
import { consentPage, problemPage } from '../portal/pages/index.ts'
import type { Interaction, Interactions } from './interactions.ts'
import { accountView, frameOf, originsOf, pagePolicy } from './pages.ts'

export interface PageRouteOptions {
  config: Pick<Config, 'issuer' | 'audience' | 'localMailbox'>
  store: Pick<Store, 'reading'>
  interactions: Interactions
  /** Passes a request to the library with this body. */
  toLibrary(request: FastifyRequest, reply: FastifyReply, form: string, how: { signsOut: boolean }): Promise<void>
}

/** The pages that the library redirects to, and their forms: sign-in, consent, sign-out. */
export async function pageRoutes(app: FastifyInstance, { config, store, interactions, toLibrary }: PageRouteOptions): Promise<void> {
  const page = { schema: { hide: true }, bodyLimit: 16_384 } as const
  const frame = () => frameOf(config)
  const own = ownAudiences(config)
  /** None if the request is for Muster's own API alone, as most are. */
  const apisOf = async ({ resource }: Interaction): Promise<string[]> => {
    const audiences = audiencesAsked(resource, own)
    return audiences.every((audience) => audience === own[0]) ? [] : namesOfApis(store.reading, audiences)
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
    const allowed = fieldOf(request.body, 'decision') === 'allow'
    const to = allowed ? await interactions.finishConsent(request, reply) : await interactions.abort(request, reply)
    return reply.redirect(to, 303)
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
