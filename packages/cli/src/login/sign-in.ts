import { refreshLogin, type Tokens } from '../api/oauth.ts'
import type { Context } from '../context.ts'
import { exits, Failure, loginFirst, OAuthError } from '../errors.ts'
import { rememberServer } from './chosen-server.ts'
import type { Credentials, CredentialsFile } from './credentials.ts'
import { deactivated, deviceLogin } from './device-login.ts'
import { keyOf, refreshTokenFromEnvironment } from './environment.ts'
import { credentialsFrom, keptIdentity, Login } from './login.ts'
import { offerRegistration } from './registration.ts'

/** A key has no end that is known before the server says it. */
const never = '9999-12-31T23:59:59Z'

/** The login that is here, if any: the key one acts with, else the one that MUSTER_REFRESH_TOKEN gives, else the file's. A job says whom it runs as, whoever logged in on its machine. */
export async function storedLogin(context: Context): Promise<Login | null> {
  const { api } = context
  const key = keyOf(context)
  if (key) {
    const credentials: Credentials = { version: 1, issuer: api.url, access_token: key, expires_at: never, clock_offset_seconds: 0 }
    return new Login(context, null, credentials, { byKey: true })
  }
  const fromEnvironment = refreshTokenFromEnvironment(context)
  if (fromEnvironment) return new Login(context, null, credentialsFrom(context, await exchange(context, fromEnvironment, { exit: exits.loginFirst })))
  const credentials = context.credentials()
  if (!credentials) return null
  const login = new Login(context, context.place.found, credentials)
  if (login.hasRunOut && credentials.refresh_token) await login.refresh()
  return login
}

/** An access token for a refresh token somebody handed us. A command that only needs a login ends as without one (`exit`); to `login` it is a refusal. */
export async function exchange(context: Context, refreshToken: string, { exit = exits.failed }: { exit?: number } = {}): Promise<Tokens> {
  try {
    const { access_token, expires_in } = await refreshLogin(context.api, refreshToken)
    return { access_token, expires_in }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    if (error.reason === 'user_deactivated') throw deactivated(error)
    if (error.error !== 'invalid_grant') throw error
    throw new Failure('The refresh token was not accepted.', {
      code: error.code,
      exit,
      why: error.message,
      next: `Get a new one: ${context.command('login --get-refresh-token')}`,
      requestId: error.requestId,
      body: error.body,
      cause: error,
    })
  }
}

/** Stores a login that was just made. What was last seen of the person is kept, so that a change of organization can be told. */
export async function storeLogin(context: Context, file: CredentialsFile, credentials: Credentials): Promise<Login> {
  const stored = await file.update((found) => {
    if (found && found.issuer !== credentials.issuer) context.say.warn(`This replaces the stored login for ${found.issuer}.`)
    return { ...credentials, ...(found?.issuer === credentials.issuer ? keptIdentity(found) : {}) }
  })
  context.forgetPlace()
  await rememberServer(context, file.path)
  return new Login(context, file, stored ?? credentials)
}

/**
 * Every command that needs someone begins here (S51): logs in, and offers to register, where there is a terminal; else says what to run.
 * `unregistered`: an account without a username will do (S55).
 */
export async function signedIn(context: Context, { unregistered = false } = {}): Promise<Login> {
  const { ask, say, api } = context
  let login = await storedLogin(context)
  const isNew = login === null
  if (!login) {
    if (!ask.possible) throw loginFirst(`You are not logged in to ${api.url}.`, { next: `Run: ${context.command('login')}` })
    say.note('You are not logged in yet.\n')
    login = await storeLogin(context, context.place.fresh, credentialsFrom(context, await deviceLogin(context)))
  }
  const me = await login.whoAmI()
  if (!me.username && unregistered) return login
  if (!me.username) {
    await offerRegistration(context, login)
  } else if (isNew) say.done(`Logged in as ${me.username}${me.organization ? `, in ${me.organization.name}` : ''}.\n`)
  return login
}
