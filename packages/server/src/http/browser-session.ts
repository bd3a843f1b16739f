import type { CookieSerializeOptions } from '@fastify/cookie'
import { isBarred } from '@muster/contract/problems.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../config.ts'
import { type DeviceAccount, KNOWN_DEVICE_SECONDS, withKnownDevice } from '../domain/accounts/known-device.ts'
import { refusalOf, refuse } from '../domain/command/refused-credential.ts'
import { isWorthNoting, sessionLifetimes } from '../domain/credentials/session.ts'
import type { LiveState } from '../domain/model/live.ts'
import type { UserPrincipal } from '../domain/model/principal.ts'
import { digest, type SecretKeys } from '../domain/model/secret-keys.ts'
import type { Store } from '../domain/store.ts'

/** The person who is signed in with a browser, with their current state. */
export interface SignedIn {
  principal: UserPrincipal
  live: LiveState
}

export interface BrowserSessions {
  /** Whether the browser sends a session cookie, valid or not. */
  presented(request: FastifyRequest): boolean
  /** The session of the cookie in any state. Null if the cookie is not genuine. Read once per request. */
  genuine(request: FastifyRequest): Promise<LiveState | null>
  /** Null if nobody is signed in, or the session has ended. */
  signedIn(request: FastifyRequest): Promise<SignedIn | null>
  browserPrincipal(request: FastifyRequest): Promise<UserPrincipal | null>
  /**
   * Refuses a genuine session of a suspended person, a deactivated member or a suspended organization with the reason (S35), because a sign-in page would not help.
   * @throws Problem account_suspended, user_deactivated or organization_suspended
   */
  refuseBarred(request: FastifyRequest): Promise<void>
  /** After a sign-in. The value is always new. */
  setCookie(reply: FastifyReply, value: string): void
  clearCookie(reply: FastifyReply): void
  /** The known-device cookie. */
  devices(request: FastifyRequest): string | undefined
  /** Makes this browser a known device, after the person has proved that the account is theirs. */
  rememberDevice(request: FastifyRequest, reply: FastifyReply, account: DeviceAccount): void
}

/** `__Host-` binds a cookie to this host and to https; the browser refuses it otherwise, so http://localhost goes without. */
export const cookieName = ({ secureCookies }: Pick<Config, 'secureCookies'>, name: string): string => (secureCookies ? `__Host-${name}` : name)

export const cookieOptions = ({ secureCookies }: Pick<Config, 'secureCookies'>, maxAge: number): CookieSerializeOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  secure: secureCookies,
  path: '/',
  maxAge,
})

/** The browser session of portal and console: the cookie names a row, and the row decides. */
export function browserSessions({ config, store, keys }: { config: Pick<Config, 'secureCookies'>; store: Store; keys: SecretKeys }): BrowserSessions {
  const name = cookieName(config, 'muster_session')
  const devicesName = cookieName(config, 'muster_devices')
  const devices = (request: FastifyRequest): string | undefined => request.cookies[devicesName]
  const states = new WeakMap<FastifyRequest, Promise<LiveState | null>>()

  const look = async (request: FastifyRequest): Promise<LiveState | null> => {
    const value = request.cookies[name]
    if (!value?.startsWith('muster_bs_')) return null
    const session = await store.reading.sessions.findByTokenHash(digest(value))
    if (session?.kind !== 'browser') return null
    const live = await store.reading.sessions.liveState(session.id, null)
    request.origin.userId = live?.account.id ?? null
    if (live && !refusalOf(live, session) && isWorthNoting({ now: live.now, lastUsedAt: session.lastUsedAt }))
      await store.reading.sessions.touch(session.id, request.origin.address)
    return live
  }

  const lookOnce = (request: FastifyRequest): Promise<LiveState | null> => {
    let state = states.get(request)
    if (!state) {
      state = look(request)
      states.set(request, state)
    }
    return state
  }

  const signedIn = async (request: FastifyRequest): Promise<SignedIn | null> => {
    const live = await lookOnce(request)
    if (!live || refusalOf(live, live.session)) return null
    const { id: sessionId, userId, epoch, organizationId } = live.session
    return { live, principal: { kind: 'user', userId, sessionId, epoch, organizationId, token: null, origin: request.origin } }
  }

  return {
    presented: (request) => request.cookies[name] !== undefined,
    genuine: lookOnce,
    signedIn,
    browserPrincipal: async (request) => (await signedIn(request))?.principal ?? null,
    async refuseBarred(request) {
      const live = await lookOnce(request)
      const refusal = live && refusalOf(live, live.session)
      if (live && refusal && isBarred(refusal)) await refuse(store.reading, live, live.session)
    },
    setCookie: (reply, value) => void reply.setCookie(name, value, cookieOptions(config, sessionLifetimes.browser)),
    clearCookie(reply) {
      reply.clearCookie(name, cookieOptions(config, 0))
      // Clears the previous person's pages. Not `"cookies"`, so that a known device stays known; not `"storage"`, which contains only the theme.
      reply.header('clear-site-data', '"cache"')
    },
    devices,
    rememberDevice: (request, reply, account) =>
      void reply.setCookie(devicesName, withKnownDevice(keys, account, devices(request)), cookieOptions(config, KNOWN_DEVICE_SECONDS)),
  }
}
