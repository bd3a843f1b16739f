import { hostname } from 'node:os'
import type { RefreshToken } from '../api/types.ts'
import { command, flag, perhaps, value } from '../command.ts'
import { type Context, normalUrl } from '../context.ts'
import { Failure, usage } from '../errors.ts'
import { secretFrom } from '../input/read-secret.ts'
import type { Credentials, CredentialsFile } from '../login/credentials.ts'
import { deviceLogin } from '../login/device-login.ts'
import { hasKey, refreshTokenFromEnvironment } from '../login/environment.ts'
import { credentialsFrom, type Login } from '../login/login.ts'
import { endLogin, type LoginEnd } from '../login/logout.ts'
import { offerRegistration } from '../login/registration.ts'
import { exchange, storeLogin } from '../login/sign-in.ts'
import { sayRevocation } from '../output/revocation.ts'
import { loginEnds, when } from '../output/time.ts'

const loginCommand = command(
  'login',
  {
    summary: 'log in with your browser',
    options: {
      getRefreshToken: flag('also create a refresh token for CI; it expires after a year, or after 30 days without use'),
      name: value('NAME', 'name of the refresh token (default: the name of this machine)'),
      withRefreshToken: perhaps('TOKEN', 'log in with a refresh token (default: MUSTER_REFRESH_TOKEN); - reads it from standard input'),
      qr: flag('show the address as a QR code'),
      noBrowser: flag('do not open a browser'),
    },
    examples: [
      'muster login',
      'muster login --qr --no-browser',
      'muster login --get-refresh-token --name ci-main',
      'muster login --with-refresh-token - < token.txt',
      'MUSTER_URL=https://accounts.example.com MUSTER_REFRESH_TOKEN=… muster login',
    ],
    notes:
      'A login expires after 24 hours. It is stored in .muster/credentials in the current folder (--global: in your home folder; MUSTER_CREDENTIALS: elsewhere).\nA token from MUSTER_REFRESH_TOKEN is used and never stored; it needs MUSTER_URL or --url.',
  },
  async (context, input) => {
    const { say, place, ask } = context
    if (input.name !== undefined && !input.getRefreshToken) throw usage('--name needs --get-refresh-token.')
    if (input.getRefreshToken && input.withRefreshToken) throw usage('--get-refresh-token and --with-refresh-token cannot be used together.')
    const before = place.fresh.read()
    const credentials = await newLogin(context, input)
    const login = await storeLogin(context, place.fresh, credentials)
    const end = before && before.access_token !== credentials.access_token ? await endFormer(context, before) : null
    const me = await login.whoAmI()
    if (end && before?.refresh_token !== credentials.refresh_token) sayFormer(context, end, login)
    if (!me.username && ask.possible) await offerRegistration(context, login)
    if (say.json) return say.data({ ...login.me, refresh_token: input.getRefreshToken ? credentials.refresh_token : undefined }, () => '')
    sayLoggedIn(context, login)
    if (credentials.refresh_token && input.getRefreshToken) {
      say.note(`\nThe refresh token for CI. It logs in as you: treat it like a password.\n`)
      say.data(null, () => credentials.refresh_token ?? '')
      say.hint(
        `\nTo run commands in CI: MUSTER_URL=${context.api.url} MUSTER_REFRESH_TOKEN=… muster profile\nThis login keeps a copy of it in ${place.fresh.path}.\nTo list your refresh tokens: muster token list`,
      )
    }
  },
)

async function newLogin(
  context: Context,
  input: { withRefreshToken: string | true | undefined; getRefreshToken: boolean; name: string | undefined; qr: boolean; noBrowser: boolean },
): Promise<Credentials> {
  if (typeof input.withRefreshToken === 'string') {
    const refreshToken = await secretFrom(context, input.withRefreshToken, 'refresh token')
    return credentialsFrom(context, { ...(await exchange(context, refreshToken)), refresh_token: refreshToken })
  }
  const fromEnvironment = refreshTokenFromEnvironment(context)
  if (input.withRefreshToken && !fromEnvironment)
    throw usage('--with-refresh-token needs a token.', 'Pass it, or - to read it from standard input, or set MUSTER_REFRESH_TOKEN.')
  if (fromEnvironment && !input.getRefreshToken) return credentialsFrom(context, await exchange(context, fromEnvironment))
  const refreshTokenName = input.getRefreshToken ? (input.name ?? hostname().slice(0, 60)) : undefined
  return credentialsFrom(context, await deviceLogin(context, { refreshTokenName, qr: input.qr, browser: !input.noBrowser }))
}

/** Ends the login that was stored here before. A login at another server is left alone, because its token must not be sent to this one (S50). */
async function endFormer({ api, say }: Context, before: Credentials): Promise<LoginEnd | null> {
  if (normalUrl(before.issuer) !== api.url) {
    if (before.refresh_token) say.warn(`The refresh token that was stored here is still valid at ${before.issuer}.`)
    return null
  }
  const end = await endLogin(api, before)
  if ('why' in end) say.debug(`the previous login could not be ended: ${end.why.message}`)
  return end.state === 'open' && !before.refresh_token ? null : end
}

/** A refresh token stays valid after its login is replaced here. The user may expect that it was revoked, so the command says so. */
function sayFormer({ say }: Context, end: LoginEnd, { person: me }: Login): void {
  if (end.state === 'ended' || (end.state === 'kept' && end.refreshToken?.session_id === me.session.id)) return
  if (end.state === 'kept' && end.refreshToken)
    say.warn(
      `The refresh token ${called(end.refreshToken)} of the previous login is still valid on the server. To revoke it: muster token revoke ${end.refreshToken.id}`,
    )
  else say.warn('The refresh token of the previous login may still be valid on the server. See: muster token list. To revoke it: muster token revoke ID')
}

function sayLoggedIn(context: Context, login: Login): void {
  const me = login.person
  const { say, now } = context
  if (!me.username) {
    say.done(`Logged in as ${me.email}.`)
    say.warn(`This account has no username yet. Run: ${context.command('register -u NAME')}`)
    return
  }
  say.done(`Logged in as ${me.username}${me.organization ? `, in ${me.organization.name}` : ''}.`)
  const [access, renewed] = loginEnds(me, { renews: login.refreshToken !== undefined }, now)
  if (renewed)
    say.hint(`The access token expires ${access?.[1].shown}. The stored refresh token renews it, and expires ${renewed[1].shown} or after 30 days without use.`)
  else say.hint(`This login expires ${access?.[1].shown}.`)
  if (hasKey(context)) say.warn('MUSTER_TOKEN is set: commands use that key instead of this login.')
}

const logout = command(
  'logout',
  {
    summary: 'log out',
    options: { revoke: flag('also revoke the refresh token that this login came from') },
    examples: ['muster logout', 'muster logout --revoke'],
    notes: 'If this login came from a refresh token, that token stays valid on the server unless you pass --revoke.',
  },
  async (context, { revoke }) => {
    const { say, place } = context
    const file = place.found
    if (!file) {
      say.note('You are not logged in here.')
      return say.json ? say.data({ logged_out: false }, () => '') : undefined
    }
    const credentials = await loginToEnd(context, file)
    const end = credentials ? await endLogin(context.api, credentials, { revoke, awaited: true }) : null
    await file.remove()
    context.forgetPlace()
    const kept = end?.state === 'kept' ? end.refreshToken : null
    if (end) sayWhatStays(context, end, credentials?.refresh_token !== undefined)
    const ended = end?.state === 'ended' ? end.ended : undefined
    if (say.json) return say.data({ logged_out: true, refresh_token: kept, ...ended }, () => '')
    say.done('Logged out.')
    sayRevocation(context, ended ?? {})
    if (kept)
      say.note(
        `The refresh token ${called(kept)} is for CI and stays valid; it expires ${when(earlier(kept), context.now)}.\nTo revoke it: muster revoke ${kept.id} (needs a login), or muster revoke - with the token itself.`,
      )
    const next = context.place.found
    if (next) say.warn(`Another login now applies here: ${next.path}`)
  },
)

/** The login to end. @throws Failure if the login is for another issuer, because its token must not be sent to this server (S50) */
async function loginToEnd({ say, settings, env }: Context, file: CredentialsFile): Promise<Credentials | null> {
  const credentials = await readOrDiscard(say, file)
  const asked = settings.url ?? env.MUSTER_URL
  if (credentials && asked && normalUrl(asked) !== normalUrl(credentials.issuer)) {
    throw new Failure(`The login stored here is for ${credentials.issuer}, not for ${asked}.`, {
      code: 'not_logged_in',
      next: `To log out there: muster logout --url ${credentials.issuer}`,
    })
  }
  say.debug(`ending the login in ${file.path}`)
  return credentials
}

/** Logging out also deletes a credentials file that no command would accept (S49, S50). */
async function readOrDiscard(say: Context['say'], file: CredentialsFile): Promise<Credentials | null> {
  try {
    return file.read()
  } catch (refusal) {
    if (!(refusal instanceof Failure) || refusal.code !== 'credentials_refused' || !(await file.discard())) throw refusal
    say.warn(`${refusal.message} The file was deleted, but its login could not be ended on the server. To list your sessions: muster session list`)
    return null
  }
}

/** Warns about credentials that may still be valid on the server. The file is deleted anyway (S49). */
function sayWhatStays({ say }: Context, end: LoginEnd, hasRefreshToken: boolean): void {
  if (end.state === 'open')
    say.warn(
      `${end.why.message} The login was deleted here but stays valid on the server until it expires${hasRefreshToken ? '; so does the refresh token, if it was valid' : ''}.`,
    )
  if (end.state === 'unknown')
    say.warn(`${end.why.message} The login was deleted here; it is unknown whether its refresh token is still valid. See: muster token list`)
  if (end.state === 'kept' && !end.refreshToken)
    say.warn('A refresh token stays valid on the server. To revoke it: muster token list, then muster token revoke ID')
}

const called = ({ id, name }: RefreshToken): string => (name === null ? id : `${name} (${id})`)

const earlier = ({ expires_at, idle_expires_at }: RefreshToken): string => (idle_expires_at < expires_at ? idle_expires_at : expires_at)

export default [loginCommand, logout]
