import { isPersonBarred } from '@muster/contract/problems.ts'
import { refreshLogin, type Tokens } from '../api/oauth.ts'
import type { Context } from '../context.ts'
import { exits, Failure, loginFirst, OAuthError } from '../errors.ts'
import { rememberServer } from './chosen-server.ts'
import type { Credentials, CredentialsFile } from './credentials.ts'
import { barred, deviceLogin } from './device-login.ts'
import { keyOf, refreshTokenFromEnvironment } from './environment.ts'
import { credentialsFrom, keptIdentity, Login } from './login.ts'
import { offerRegistration } from './registration.ts'

/** The server decides whether a key has expired. */
const never = '9999-12-31T23:59:59Z'

/**
 * The login to use, or null: a key, otherwise the login of MUSTER_REFRESH_TOKEN, otherwise the stored one. The credentials of a job thus take
 * precedence over a login that a person has stored on the same machine.
 */
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

/** Gets an access token for a refresh token. `exit` is the exit code if the refresh token is invalid: a command that needs a login passes `loginFirst`. */
export async function exchange(context: Context, refreshToken: string, { exit = exits.failed }: { exit?: number } = {}): Promise<Tokens> {
  try {
    const { access_token, expires_in } = await refreshLogin(context.api, refreshToken)
    return { access_token, expires_in }
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error
    if (isPersonBarred(error.reason)) throw barred(error)
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

/** Stores a new login. It keeps the user and organization of the previous login at this server, so that a change of organization can be reported. */
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
 * The login for a command that needs one (S51). At a terminal it starts a login and offers to register; otherwise it fails and names the command to
 * run. With `unregistered`, an account without a username is accepted (S55).
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
