import { randomBytes } from 'node:crypto'
import type { UserId } from '@muster/contract/ids.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ChallengeFor, newChallenge } from '../domain/factors/challenge.ts'
import type { PasskeyRequest } from '../domain/factors/passkey.ts'
import { PASSKEY_MILLISECONDS, passkeyReference, passkeyRequestOf } from '../domain/factors/use-passkey.ts'
import { ALGORITHMS } from '../domain/factors/webauthn.ts'
import { cookieName, cookieOptions, type SignedIn } from '../http/browser-session.ts'
import { webauthnOn } from '../http/request.ts'
import type { PasskeyRequestView } from './pages/factors/passkey-form.ts'
import type { FormTarget } from './parts.ts'
import type { Portal } from './portal.ts'
import { hiddenReturnPath } from './return-path.ts'
import { typedBy } from './typed-form.ts'

// What a page asks the browser for. Each request is for one browser: the one that this page is sent to.

const COOKIE = 'muster_browser'
/** Longer than a challenge is valid, so that a late response is told that it is late. */
const COOKIE_SECONDS = 86_400
const BROWSER = /^[\w-]{32}$/

/** The random value of this browser, which its challenges belong to before anybody is signed in. Null if it has none. */
export function browserOf({ config }: Pick<Portal, 'config'>, request: FastifyRequest): string | null {
  const value = request.cookies[cookieName(config, COOKIE)] ?? ''
  return BROWSER.test(value) ? value : null
}

/** For the sign-in page: any passkey of this server. It names no account, so it is the same for everybody (F3). Null where passkeys are not possible. */
export async function signInRequest(
  options: Portal,
  request: FastifyRequest,
  reply: FastifyReply,
  returnPath: string | null,
): Promise<PasskeyRequestView | null> {
  const { keys, store, config } = options
  const webauthn = webauthnOn(options, request)
  if (!webauthn) return null
  const browser = browserOf(options, request) ?? randomBytes(24).toString('base64url')
  reply.setCookie(cookieName(config, COOKIE), browser, cookieOptions(config, COOKIE_SECONDS))
  const challenge = newChallenge(keys, { purpose: 'sign-in', browser }, await store.reading.now())
  return {
    options: { challenge, rpId: webauthn.relyingParty, userVerification: 'required', timeout: PASSKEY_MILLISECONDS },
    target: { action: '/sign-in/passkey', hidden: hiddenReturnPath(returnPath) },
  }
}

/** To confirm who is signed in, by one of their passkeys. Null if they have none. */
export const confirmRequest = (
  options: Portal,
  request: FastifyRequest,
  { live, principal }: SignedIn,
  returnPath: string | null,
): Promise<PasskeyRequestView | null> =>
  requestOf(
    options,
    request,
    live.account.id,
    { purpose: 'confirm', browser: principal.sessionId },
    { action: '/account/confirm/passkey', hidden: { ...typedBy(live), ...hiddenReturnPath(returnPath) } },
  )

/** As the second factor of a sign-in, whose cookie has the value `token`. Null if the account has no passkey. */
export const factorRequest = (
  options: Portal,
  request: FastifyRequest,
  userId: UserId,
  token: string,
  returnPath: string | null,
): Promise<PasskeyRequestView | null> =>
  requestOf(options, request, userId, { purpose: 'factor', browser: token }, { action: '/sign-in/factor', hidden: hiddenReturnPath(returnPath) })

async function requestOf(portal: Portal, request: FastifyRequest, userId: UserId, about: ChallengeFor, target: FormTarget): Promise<PasskeyRequestView | null> {
  const options = await passkeyRequestOf({ ...portal, webauthn: webauthnOn(portal, request) }, userId, about)
  return options && { options, target }
}

/** To create a passkey. */
export function creationOptions(
  { keys, config }: Portal,
  { live, principal }: SignedIn,
  { handle, existing }: PasskeyRequest,
  relyingParty: string,
): Record<string, unknown> {
  const { email, givenName, familyName } = live.account
  return {
    challenge: newChallenge(keys, { purpose: 'add', browser: principal.sessionId }, live.now),
    rp: { id: relyingParty, name: new URL(config.issuer).host },
    user: { id: Buffer.from(handle).toString('base64url'), name: email, displayName: `${givenName} ${familyName}`.trim() },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: existing.map(passkeyReference),
    // Otherwise the sign-in page could not find it, or it would not be enough (F1).
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    timeout: PASSKEY_MILLISECONDS,
  }
}
