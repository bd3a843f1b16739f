import { problems } from '@muster/contract/problems.ts'
import { Calls, type FetchOptions } from '../api/calls.ts'
import { refreshLogin, type Tokens } from '../api/oauth.ts'
import type { KeyIdentity, Me } from '../api/types.ts'
import type { Context } from '../context.ts'
import { Failure, loginFirst, OAuthError, ProblemError } from '../errors.ts'
import { rememberServer } from './chosen-server.ts'
import type { Credentials, CredentialsFile } from './credentials.ts'
import { deactivated, deviceLogin } from './device-login.ts'
import { refreshTokenFromEnvironment } from './environment.ts'

/** The part of a response that carries the next access token. */
interface NewToken {
  access_token?: string
  expires_at: string
}

/** Someone who is logged in, and the API as they may call it. Keeps the login alive and stored while the command runs. */
export class Login extends Calls {
  readonly #context: Context
  /** Where the login is stored; null when it came from MUSTER_REFRESH_TOKEN, which is never stored (S47). */
  #file: CredentialsFile | null
  #credentials: Credentials
  #me: Me | KeyIdentity | undefined

  /** A key is what somebody decided to act with: nothing takes its place, and it learns nothing about them to store. */
  readonly byKey: boolean

  constructor(context: Context, file: CredentialsFile | null, credentials: Credentials, { byKey = false } = {}) {
    super(context.api.url)
    this.#context = context
    this.#file = file
    this.#credentials = credentials
    this.byKey = byKey
  }

  get accessToken(): string {
    return this.#credentials.access_token
  }

  get refreshToken(): string | undefined {
    return this.#credentials.refresh_token
  }

  /** A stored refresh token, or the one in the environment, gets the next access token. */
  get renews(): boolean {
    return !this.byKey && (this.refreshToken ?? refreshTokenFromEnvironment(this.#context)) !== undefined
  }

  /** It came from a credentials file, and not from the environment. */
  get isStored(): boolean {
    return this.#file !== null
  }

  /** Who acts: a person, or whoever's key it is. */
  get me(): Me | KeyIdentity {
    if (!this.#me) throw new Error('me was not asked for yet')
    return this.#me
  }

  /** The person at hand; a key is none. */
  get person(): Me {
    if ('key' in this.me) throw new Failure(problems.session_required.title, { ...withoutKey(this.#context), code: 'session_required' })
    return this.me
  }

  /** The organization in a path, by its id as it was read a moment ago: its name may change meanwhile (S41). */
  get organizationId(): string {
    return String(this.me.organization?.id)
  }

  /** Sends a request with the access token. A login that has expired is renewed once, by refresh token or by the person, and the request is sent again. */
  override async fetch(request: Request, options: FetchOptions): Promise<Response> {
    try {
      return await this.#send(request, options)
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'session_required' && this.byKey)
        throw new Failure(error.message, { ...withoutKey(this.#context), code: error.code, body: error.body })
      if (!(error instanceof ProblemError) || error.status !== 401) throw error
      if (error.code === 'user_deactivated') throw deactivated(error)
      if (this.byKey) throw keyRefused(error, this.#context)
      await this.#renew(error)
      return this.#send(request, options)
    }
  }

  #send(request: Request, options: FetchOptions): Promise<Response> {
    request.headers.set('authorization', `Bearer ${this.accessToken}`)
    return this.#context.api.fetch(request, options)
  }

  /** Who this is now. Says so when the organization is another than last time (S51). */
  async whoAmI(): Promise<Me | KeyIdentity> {
    const me = await this.GET('/v1/me')
    this.#me = me
    if (!('key' in me)) await this.#remember(me, { tell: true })
    return me
  }

  /** The new token of the same session that registering, joining and leaving answer with (S56). */
  async take({ access_token, expires_at }: NewToken, me?: Me): Promise<void> {
    // A caller with a token is given one; a browser, which uses a cookie, is not.
    if (access_token !== undefined) this.#credentials = { ...this.#credentials, access_token, expires_at }
    if (this.#file) {
      const mine = this.#credentials
      await this.#file.update((found) => (found ? { ...found, ...mine } : mine))
    }
    const now = me ?? (await this.GET('/v1/me'))
    this.#me = now
    if (!('key' in now)) await this.#remember(now, { tell: false })
  }

  /** With a refresh token the file's end is known before the server says it; judged by the server's clock (S54). */
  get hasRunOut(): boolean {
    return Date.parse(this.#credentials.expires_at) <= Date.now() + this.#credentials.clock_offset_seconds * 1000
  }

  async #remember(me: Me, { tell }: { tell: boolean }): Promise<void> {
    const { user, organization: before } = this.#credentials
    const now = me.organization ? { id: me.organization.id, name: me.organization.name } : null
    if (tell && user?.id === me.id && before && now && before.id !== now.id) {
      this.#context.say.event('organization_changed', { from: before, to: now })
      this.#context.say.note(`You are no longer in ${before.name}; you are in ${now.name}.`)
    }
    const changed = user?.id !== me.id || user.username !== me.username || before?.id !== now?.id || before?.name !== now?.name
    if (!changed) return
    this.#credentials = { ...this.#credentials, user: { id: me.id, username: me.username }, organization: now }
    const mine = this.#credentials
    // Only beside the token it was asked with: a parallel command may have logged in as somebody else.
    await this.#file?.update((found) => (found?.access_token === mine.access_token ? { ...found, ...mine } : found))
  }

  /** Renews what has ended by itself. `cause` is what the server said of the old token. */
  async #renew(cause: ProblemError): Promise<void> {
    const { say, ask, place } = this.#context
    let why = cause.why ?? cause.message
    if (this.renews) {
      const refused = await this.refresh()
      if (!refused) return
      why = refused
    }
    if (!ask.possible)
      throw loginFirst(cause.message, {
        why: why === cause.message ? undefined : why,
        next: `Run: ${this.#context.command('login')}`,
        body: cause.body && { ...cause.body },
      })
    say.warn(why)
    const tokens = await deviceLogin(this.#context)
    this.#file ??= place.fresh
    const fresh = { ...credentialsFrom(this.#context, tokens), ...keptIdentity(this.#credentials) }
    this.#credentials = fresh
    await this.#file.update(() => fresh)
    await rememberServer(this.#context, this.#file.path)
  }

  /**
   * A new access token, with no other `muster` doing the same meanwhile. Null when it worked, else why not.
   * A failure deletes nothing: the refresh token may be good again, or a parallel process may have stored a new login.
   */
  async refresh(): Promise<string | null> {
    const stale = this.accessToken
    let refused: string | null = null
    const change = async (found: Credentials | null): Promise<Credentials | null> => {
      if (found && found.issuer === this.#credentials.issuer && found.access_token !== stale) {
        this.#credentials = found
        return found
      }
      const refreshToken = this.refreshToken ?? refreshTokenFromEnvironment(this.#context)
      if (!refreshToken) return found
      try {
        const { access_token, expires_at, clock_offset_seconds } = credentialsFrom(this.#context, await refreshLogin(this.#context.api, refreshToken))
        this.#credentials = { ...this.#credentials, access_token, expires_at, clock_offset_seconds }
        return found ? { ...found, access_token, expires_at, clock_offset_seconds } : found
      } catch (error) {
        if (!(error instanceof OAuthError)) throw error
        if (error.reason === 'user_deactivated') throw deactivated(error)
        if (error.error !== 'invalid_grant') throw error
        refused = error.message
        return found
      }
    }
    if (this.#file) await this.#file.update(change)
    else await change(null)
    return refused
  }
}

const sourceOfKey = ({ settings }: Context): string =>
  settings.tokenFile === undefined ? 'in MUSTER_TOKEN' : settings.tokenFile === '-' ? 'on standard input' : `in ${settings.tokenFile}`

/** Some things are for the person alone: making keys, moving, ending logins. */
export const withoutKey = (context: Context) => ({
  why: `This command uses the key ${sourceOfKey(context)}.`,
  next: `To act as yourself, run it without ${context.settings.tokenFile === undefined ? 'MUSTER_TOKEN' : '--token-file'}.`,
})

/** Whoever runs a job reads this: which credential it was, and where the next one comes from. */
function keyRefused(cause: ProblemError, context: Context): Failure {
  return loginFirst(`The key ${sourceOfKey(context)} was not accepted.`, {
    why: cause.why ?? cause.message,
    next: 'Create a new key (muster key create, or for a machine: muster service-account key create NAME), or run the command without a key.',
    body: cause.body && { ...cause.body },
  })
}

/** What is kept over a new login, so that a change of organization can be told. */
export const keptIdentity = ({ user, organization }: Credentials): Partial<Credentials> => ({
  ...(user ? { user } : {}),
  ...(organization === undefined ? {} : { organization }),
})

/** The end of a token is told as a duration, and counted on the server's clock (S54). */
export function credentialsFrom({ api }: Context, tokens: Tokens): Credentials {
  return {
    version: 1,
    issuer: api.url,
    access_token: tokens.access_token,
    expires_at: new Date(api.clock.now() + tokens.expires_in * 1000).toISOString(),
    clock_offset_seconds: Math.round(api.clock.offsetMs / 1000),
    ...(tokens.refresh_token ? { refresh_token: tokens.refresh_token } : {}),
  }
}
