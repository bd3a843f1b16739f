import { randomBytes } from 'node:crypto'
import type { UserId } from '@muster/contract/ids.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type ChallengeFor, newChallenge } from '../domain/factors/challenge.ts'
import type { PasskeyRequest } from '../domain/factors/passkey.ts'
import type { Passkey } from '../domain/factors/store.ts'
import { ALGORITHMS, type WebAuthn } from '../domain/factors/webauthn.ts'
import { cookieName, cookieOptions, type SignedIn } from '../http/browser-session.ts'
import type { PasskeyRequestView } from './pages/factors/passkey-form.ts'
import type { FormTarget } from './parts.ts'
import type { Portal } from './portal.ts'
import { hiddenReturnPath } from './return-path.ts'
import { typedBy } from './typed-form.ts'

// What a page asks the browser for. Each request is for one browser: the one that this page is sent to.

const COOKIE = 'muster_browser'
/** People look for their security key. */
const TIMEOUT_MILLISECONDS = 300_000

/** Longer than a challenge is valid, so that a late response is told that it is late. */
const COOKIE_SECONDS = 86_400
const BROWSER = /^[\w-]{32}$/

/** The random value of this browser, which its challenges belong to before anybody is signed in. Null if it has none. */
export function browserOf({ config }: Pick<Portal, 'config'>, request: FastifyRequest): string | null {
  const value = request.cookies[cookieName(config, COOKIE)] ?? ''
  return BROWSER.test(value) ? value : null
}

/** Passkeys belong to the issuer's host, so a page on another host offers none (F4). */
export const webauthnOn = ({ webauthn, config }: Pick<Portal, 'webauthn' | 'config'>, request: FastifyRequest): WebAuthn | null =>
  request.host === new URL(config.issuer).host ? webauthn : null

const reference = ({ credentialId, transports }: Pick<Passkey, 'credentialId' | 'transports'>) => ({
  type: 'public-key',
  id: Buffer.from(credentialId).toString('base64url'),
  transports,
})

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
    options: { challenge, rpId: webauthn.relyingParty, userVerification: 'required', timeout: TIMEOUT_MILLISECONDS },
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
  const { keys, store } = portal
  const webauthn = webauthnOn(portal, request)
  const passkeys = webauthn ? await store.reading.passkeys.list(userId) : []
  if (!webauthn || passkeys.length === 0) return null
  const challenge = newChallenge(keys, about, await store.reading.now())
  const options = {
    challenge,
    rpId: webauthn.relyingParty,
    userVerification: 'preferred',
    allowCredentials: passkeys.map(reference),
    timeout: TIMEOUT_MILLISECONDS,
  }
  return { options, target }
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
    excludeCredentials: existing.map(reference),
    // Otherwise the sign-in page could not find it, or it would not be enough (F1).
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    timeout: TIMEOUT_MILLISECONDS,
  }
}
