import { isRecentAction } from '@muster/contract/authentication.ts'
import { isPersonBarred, problems } from '@muster/contract/problems.ts'
import { Calls, type SendOptions } from '../api/calls.ts'
import { type HttpRequest, withToken } from '../api/http.ts'
import { refreshLogin, type Tokens } from '../api/oauth.ts'
import type { KeyIdentity, Me } from '../api/types.ts'
import type { Context } from '../context.ts'
import { Failure, loginFirst, OAuthError, ProblemError } from '../errors.ts'
import { rememberServer } from './chosen-server.ts'
import type { Credentials, CredentialsFile } from './credentials.ts'
import { barred, deviceLogin, whyNoPerson } from './device-login.ts'
import { refreshTokenFromEnvironment } from './environment.ts'

/** The part of a response that carries the next access token. */
interface NewToken {
  access_token?: string
  expires_at: string
}

/** A login, and the API called with it. Renews the login and stores it while the command runs. */
export class Login extends Calls {
  readonly #context: Context
  /** Where the login is stored; null when it came from MUSTER_REFRESH_TOKEN, which is never stored (S47). */
  #file: CredentialsFile | null
  #credentials: Credentials
  #me: Me | KeyIdentity | undefined
  #confirming: Promise<void> | undefined

  /** True when the caller uses a key. A key is never replaced by another credential, and nothing is stored for it. */
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

  /** Whether a refresh token, stored or in the environment, can get the next access token. */
  get renews(): boolean {
    return !this.byKey && (this.refreshToken ?? refreshTokenFromEnvironment(this.#context)) !== undefined
  }

  /** Whether the login came from a credentials file, and not from the environment. */
  get isStored(): boolean {
    return this.#file !== null
  }

  /** The same, if it was asked for. */
  get known(): Me | undefined {
    return this.#me && !('key' in this.#me) ? this.#me : undefined
  }

  /** The caller: a person, or the holder of the key. */
  get me(): Me | KeyIdentity {
    if (!this.#me) throw new Error('me was not asked for yet')
    return this.#me
  }

  /** The person who is logged in. @throws Failure session_required for a key */
  get person(): Me {
    if ('key' in this.me) throw new Failure(problems.session_required.title, { ...withoutKey(this.#context), code: 'session_required' })
    return this.me
  }

  /** The organization for paths of the API: its id, because its name may change while the command runs (S41). */
  get organizationId(): string {
    return String(this.me.organization?.id)
  }

  /** Sends a request with the access token. A login that has expired is renewed once, by refresh token or by the person, and the request is sent again. */
  override async send(request: HttpRequest, options: SendOptions): Promise<unknown> {
    try {
      return await this.#sendOnce(request, options)
    } catch (error) {
      if (error instanceof ProblemError && error.code === 'session_required' && this.byKey)
        throw new Failure(error.message, { ...withoutKey(this.#context), code: error.code, body: error.body })
      if (!(error instanceof ProblemError) || error.status !== 401) throw error
      if (error.code === 'insufficient_user_authentication') {
        await this.#confirm(error)
        return this.#sendOnce(request, options)
      }
      if (error.code === 'user_deactivated') throw barred(error)
      if (this.byKey) throw keyRefused(error, this.#context)
      await this.#renew(error)
      return this.#sendOnce(request, options)
    }
  }

  /** Asks the person to confirm that it is them, once, if there is one (F16). Requests that are refused at the same time share one code. */
  #confirm(refusal: ProblemError): Promise<void> {
    this.#confirming ??= this.#confirmOnce(refusal).finally(() => {
      this.#confirming = undefined
    })
    return this.#confirming
  }

  async #confirmOnce(refusal: ProblemError): Promise<void> {
    const { confirmInBrowser, refuseUnready, unconfirmed } = await import('./confirm.ts')
    const { action, acr_values: required } = refusal.body ?? {}
    if (required !== undefined) await refuseUnready(this.#context, this, refusal)
    if (whyNoPerson(this.#context) !== null) throw unconfirmed(this.#context, this, refusal)
    this.#context.say.warn(refusal.why ?? refusal.message)
    await confirmInBrowser(this.#context, this, { action: isRecentAction(action) ? action : null })
  }

  #sendOnce(request: HttpRequest, options: SendOptions): Promise<unknown> {
    return this.#context.api.send(withToken(request, this.accessToken), options)
  }

  /** Reads the caller, and reports a change of organization since the last command (S51). */
  async whoAmI(): Promise<Me | KeyIdentity> {
    const me = await this.GET('/v1/me')
    this.#me = me
    if (!('key' in me)) await this.#remember(me, { tell: true })
    return me
  }

  /** Takes the new token of the same session from the response to registering, joining or leaving (S56). */
  async take({ access_token, expires_at }: NewToken, me?: Me): Promise<void> {
    // Only a caller with a token gets a new one; a browser uses a cookie.
    if (access_token !== undefined) this.#credentials = { ...this.#credentials, access_token, expires_at }
    if (this.#file) {
      const mine = this.#credentials
      await this.#file.update((found) => (found ? { ...found, ...mine } : mine))
    }
    const now = me ?? (await this.GET('/v1/me'))
    this.#me = now
    if (!('key' in now)) await this.#remember(now, { tell: false })
  }

  /** Whether the access token has expired by the server's clock (S54), which saves a request that would be refused. */
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
    // Stored only if the file still has the same token, because a parallel command may have logged in as another user.
    await this.#file?.update((found) => (found?.access_token === mine.access_token ? { ...found, ...mine } : found))
  }

  /** Renews an expired login. `cause` is the server's refusal of the old token. */
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
   * Gets a new access token, under the lock of the file. Returns null on success, otherwise the reason.
   * A failure deletes nothing: the refresh token may be accepted later, or a parallel process may have stored a new login.
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
        if (isPersonBarred(error.reason)) throw barred(error)
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

/** The explanation for actions that need a person: creating keys, moving, ending logins. */
export const withoutKey = (context: Context) => ({
  why: `This command uses the key ${sourceOfKey(context)}.`,
  next: `To act as yourself, run it without ${context.settings.tokenFile === undefined ? 'MUSTER_TOKEN' : '--token-file'}.`,
})

/** Names the credential that was refused and explains how to get another one, for the person who maintains a job. */
function keyRefused(cause: ProblemError, context: Context): Failure {
  return loginFirst(`The key ${sourceOfKey(context)} was not accepted.`, {
    why: cause.why ?? cause.message,
    next: 'Create a new key (muster key create, or for a machine: muster service-account key create NAME), or run the command without a key.',
    body: cause.body && { ...cause.body },
  })
}

/** The fields that a new login keeps, so that a change of organization can be reported. */
export const keptIdentity = ({ user, organization }: Credentials): Partial<Credentials> => ({
  ...(user ? { user } : {}),
  ...(organization === undefined ? {} : { organization }),
})

/** Converts the lifetime of a token into a time on the server's clock (S54). */
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
