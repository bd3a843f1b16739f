import { command, flag, value } from '../command.ts'
import type { Context } from '../context.ts'
import { Failure, ProblemError } from '../errors.ts'
import { secretFrom } from '../input/read-secret.ts'
import { confirmAccount } from '../login/chosen-server.ts'
import { deviceLogin, requirePerson } from '../login/device-login.ts'
import { hasKey } from '../login/environment.ts'
import { credentialsFrom, type Login, withoutKey } from '../login/login.ts'
import { checkName, checkSecret, checkUsername, register, sayRegistered } from '../login/registration.ts'
import { storedLogin, storeLogin } from '../login/sign-in.ts'
import { inRole } from '../output/role.ts'

const registerCommand = command(
  'register',
  {
    summary: 'create an account and log in',
    options: {
      username: value('NAME', '3 to 30 lowercase letters, digits and underscores; cannot be changed later', { short: 'u' }),
      secret: value('SECRET', 'join the organization that gave you this secret; - prompts for it, or reads it from standard input', { short: 's' }),
      givenName: value('NAME', 'your given name'),
      familyName: value('NAME', 'your family name'),
      company: value('NAME', 'your company'),
      qr: flag('show the address as a QR code'),
      noBrowser: flag('do not open a browser'),
    },
    examples: ['muster register -u alice', 'muster register -u bob -s -', 'muster register -u ci_bot --given-name CI --family-name Bot --no-browser'],
    notes: 'The name and the secret are checked before the browser opens. If you are logged in to an account without a username, no browser is needed.',
  },
  async (context, input) => {
    const { ask, say } = context
    if (hasKey(context))
      throw new Failure('You cannot register with a key: it already belongs to an account.', { ...withoutKey(context), code: 'session_required' })
    const names = { givenName: input.givenName, familyName: input.familyName, company: input.company }
    const secret = input.secret === undefined ? undefined : await secretFrom(context, input.secret, 'organization secret')
    const username = input.username ?? (await ask.text('Username', { flag: '-u NAME' }))

    checkName(username)
    let login = await unregisteredLogin(context)
    if (!login) requirePerson(context)
    else if (secret) await confirmAccount(context, login, 'organization secret')
    await checkUsername(context, username)
    if (secret) {
      const found = await checkSecret(context, secret)
      say.note(`The secret is valid. You will join ${found.organization.name} as ${inRole(found)}.`)
    }

    if (!login) {
      const tokens = await deviceLogin(context, { registersAs: username, qr: input.qr, browser: !input.noBrowser })
      login = await storeLogin(context, context.place.fresh, credentialsFrom(context, tokens))
      const me = await login.whoAmI()
      if (me.username) throw alreadyRegistered(me.username, 'You are logged in as that account now.')
    }
    await register(login, { username, secret, names })
    if (say.json) return say.data(login.me, () => '')
    sayRegistered(context, login)
    say.hint(login.me.organization?.personal ? '\nTo invite someone: muster org invite' : '\nTo see the other members: muster org list')
  },
)

/** A login without a username, which can register without a second visit to the browser. @throws Failure if the account is registered (S5) */
async function unregisteredLogin(context: Context): Promise<Login | null> {
  const login = await storedLogin(context)
  if (!login) return null
  const me = await context.api.GET('/v1/me', { token: login.accessToken }).catch((error: unknown) => {
    // The stored login is invalid, so a new one is created.
    if (error instanceof ProblemError && error.status === 401 && error.code !== 'user_deactivated') return null
    throw error
  })
  if (!me) return null
  if (me.username) throw alreadyRegistered(me.username, `To register another account here, log out first: muster logout`)
  await login.whoAmI()
  return login
}

const alreadyRegistered = (username: string, next: string): Failure =>
  new Failure(`This account is already registered as ${username}.`, {
    code: 'already_registered',
    why: 'To join an organization with it: muster org join ORG -',
    next,
  })

export default [registerCommand]
