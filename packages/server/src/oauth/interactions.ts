import { acrOf, provesPresence } from '@muster/contract/authentication.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type Provider from 'oidc-provider'
import { meetsPolicy, requiredAcr } from '../domain/command/factor-policy.ts'
import { Problem } from '../domain/model/problem.ts'
import { digest } from '../domain/model/secret-keys.ts'
import { authenticationsOf, lastAuthentication } from '../domain/model/session.ts'
import type { Store } from '../domain/store.ts'
import type { BrowserSessions, SignedIn } from '../http/browser-session.ts'
import { isStrongEnough, wantedAcr } from './wanted-acr.ts'

/** An application's request while the user signs in and agrees. */
export interface Interaction {
  uid: string
  prompt: 'login' | 'consent'
  client: { id: string; name: string; native: boolean; firstParty: boolean }
  redirectUri: string
  scopes: string[]
  /** The `resource` parameters of the request. */
  resource: unknown
  signedIn: SignedIn | null
  /** True when the user must sign in again: `prompt=login`, or an exceeded `max_age`. */
  needsFreshLogin: boolean
  /** What the application (`acr_values`) or the policy of the organization (F13) requires beyond what the user has proved. Null: nothing. */
  needsProof: { byPasskey: boolean; isPossible: boolean; byPolicy: boolean } | null
}

export interface WaitingApplication {
  name: string
  /** The user that the application expects (OpenID Connect Core section 3.1.2.1). */
  loginHint: string | null
}

export interface Interactions {
  /** @throws Problem not_found when it has expired or belongs to another browser */
  interactionOf(request: FastifyRequest, reply: FastifyReply): Promise<Interaction>
  /** Each returns the URL to continue at. The login is the session of this browser. */
  finishLogin(request: FastifyRequest, reply: FastifyReply): Promise<string>
  finishConsent(request: FastifyRequest, reply: FastifyReply): Promise<string>
  abort(request: FastifyRequest, reply: FastifyReply): Promise<string>
  /** The user cannot prove what the application wants (RFC 9470 section 5). */
  refuseUnmet(request: FastifyRequest, reply: FastifyReply): Promise<string>
  /** The application behind `/interaction/<uid>`, for the pages that lead there. */
  applicationOf(path: string): Promise<WaitingApplication | null>
}

interface Options {
  store: Store
  library(): Promise<Provider>
  sessions: Pick<BrowserSessions, 'signedIn'>
}

interface Details {
  uid: string
  iat: number
  prompt: { name: string; reasons: string[] }
  params: Record<string, unknown>
}

/** Goes into a form field, so anything but an email address or a username is dropped. */
const loginHintOf = (value: unknown): string | null => (typeof value === 'string' && /^[\p{L}\p{N}\p{P}\p{S}]{1,254}$/u.test(value) ? value : null)

/** These reasons need a new sign-in. For all others, the existing session is enough. */
const fresh = new Set(['login_prompt', 'max_age', 'id_token_hint', 'claims_id_token_sub_value'])

export function createInteractions({ store, library, sessions }: Options): Interactions {
  const detailsOf = async (request: FastifyRequest, reply: FastifyReply): Promise<Details> => {
    try {
      const provider = await library()
      return (await provider.interactionDetails(request.raw, reply.raw)) as unknown as Details
    } catch (error) {
      throw new Problem('not_found', 'This sign-in has expired. Go back to the application and start again.', { cause: error })
    }
  }
  const finish = async (request: FastifyRequest, reply: FastifyReply, result: Record<string, unknown>): Promise<string> => {
    const provider = await library()
    return provider.interactionResult(request.raw, reply.raw, result, { mergeWithLastSubmission: true })
  }

  /** A provider may sign in a browser that it knows without asking for anything. That is not the new sign-in that the application asks for. */
  const missingPresence = ({ live: { session } }: SignedIn, { iat, prompt }: Pick<Details, 'iat' | 'prompt'>): Interaction['needsProof'] =>
    !prompt.reasons.some((reason) => fresh.has(reason)) ||
    authenticationsOf(session).some(({ at, methods }) => Math.floor(at.getTime() / 1000) >= iat && provesPresence(methods))
      ? null
      : { byPasskey: false, isPossible: true, byPolicy: false }

  const missingProof = async ({ live }: SignedIn, params: Record<string, unknown>): Promise<Interaction['needsProof']> => {
    const { account, session } = live
    const required = meetsPolicy(live) ? null : requiredAcr(live.organization, live.now)
    const wanted = required === null ? wantedAcr(params) : [required]
    if (required === null && isStrongEnough(wanted, acrOf(lastAuthentication(session).methods))) return null
    const hasPasskey = (await store.reading.passkeys.list(account.id)).length > 0
    const hasApp = await store.reading.authenticators.has(account.id)
    const needsPasskey = wanted.every((one) => one === 'phr')
    return { byPasskey: needsPasskey || !hasApp, byPolicy: required !== null, isPossible: hasPasskey || (hasApp && !needsPasskey) }
  }

  const interactions: Interactions = {
    async interactionOf(request, reply) {
      const { uid, iat, prompt, params } = await detailsOf(request, reply)
      const client = await store.reading.clients.find(String(params.client_id))
      if (!client || client.removedAt) throw new Problem('client_not_found')
      const signedIn = await sessions.signedIn(request)
      const signedInBefore = signedIn !== null && Math.floor(signedIn.live.session.authenticatedAt.getTime() / 1000) < iat
      return {
        uid,
        prompt: prompt.name === 'consent' ? 'consent' : 'login',
        client: { id: client.id, name: client.name, native: client.native, firstParty: client.firstParty },
        redirectUri: String(params.redirect_uri ?? ''),
        scopes: String(params.scope ?? '')
          .split(' ')
          .filter(Boolean),
        resource: params.resource,
        signedIn,
        needsFreshLogin: signedInBefore && prompt.reasons.some((reason) => fresh.has(reason)),
        needsProof: signedIn && (missingPresence(signedIn, { iat, prompt }) ?? (await missingProof(signedIn, params))),
      }
    },
    async finishLogin(request, reply) {
      const { signedIn, needsFreshLogin, needsProof, prompt } = await interactions.interactionOf(request, reply)
      if (!signedIn || needsFreshLogin || needsProof || prompt !== 'login') throw new Problem('authentication_required')
      const { account, session } = signedIn.live
      const { at, methods } = lastAuthentication(session)
      return finish(request, reply, {
        login: { accountId: account.id, ts: Math.floor(at.getTime() / 1000), remember: true, amr: [...methods], acr: acrOf(methods) },
      })
    },
    async finishConsent(request, reply) {
      const { signedIn, prompt } = await interactions.interactionOf(request, reply)
      if (!signedIn || prompt !== 'consent') throw new Problem('authentication_required')
      return finish(request, reply, { consent: {} })
    },
    async refuseUnmet(request, reply) {
      await detailsOf(request, reply)
      return finish(request, reply, { error: 'unmet_authentication_requirements', error_description: 'The account has no factor of the requested class.' })
    },
    async abort(request, reply) {
      await detailsOf(request, reply)
      return finish(request, reply, { error: 'access_denied', error_description: 'The user denied the request.' })
    },
    async applicationOf(path) {
      const uid = /^\/interaction\/([\w-]{1,64})$/.exec(path)?.[1]
      const row = uid === undefined ? null : await store.reading.oauthModels.find('Interaction', digest(uid))
      const params = row && !row.expired ? (row.payload.params as Record<string, unknown>) : null
      const client = params && (await store.reading.clients.find(String(params.client_id)))
      return client ? { name: client.name, loginHint: loginHintOf(params.login_hint) } : null
    },
  }
  return interactions
}
