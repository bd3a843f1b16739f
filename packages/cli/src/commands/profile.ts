import type { KeyIdentity } from '../api/types.ts'
import { command, flag, value } from '../command.ts'
import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import { standardInput } from '../input/standard-input.ts'
import { confirmServer } from '../login/chosen-server.ts'
import { signedIn } from '../login/sign-in.ts'
import { sayRevocation } from '../output/revocation.ts'
import { roleName } from '../output/role.ts'
import { count } from '../output/text.ts'
import { loginEnds, momentInFull, when } from '../output/time.ts'
import { expiryInFull, scopeInFull } from './shared/key-terms.ts'

const profile = command(
  'profile',
  {
    summary: 'show who you are logged in as and when the login expires',
    options: {
      givenName: value('NAME', 'change your given name'),
      familyName: value('NAME', 'change your family name'),
      company: value('NAME', 'change your company'),
    },
    examples: ['muster profile', 'muster profile --json', 'muster profile --company "Acme Ltd"'],
  },
  async (context, { givenName, familyName, company }) => {
    const login = await signedIn(context)
    const changes = {
      ...(givenName === undefined ? {} : { given_name: givenName }),
      ...(familyName === undefined ? {} : { family_name: familyName }),
      ...(company === undefined ? {} : { company }),
    }
    const isChange = Object.keys(changes).length > 0
    if ('key' in login.me && !isChange) return sayKey(context, login.me)
    const me = isChange ? await login.PATCH('/v1/me', { body: changes, repeatable: true }) : login.person
    context.say.data(me, () =>
      context.say.details([
        ['Username', me.username],
        ['Name', [me.given_name, me.family_name].filter(Boolean).join(' ')],
        ['Email', me.email],
        ['Company', me.company],
        ['Organization', me.organization?.name],
        ['Role', me.organization && roleName(me.organization)],
        ['Plan', me.organization?.plan],
        ...loginEnds(me, login, context.now),
        ['Server', context.api.url],
      ]),
    )
  },
)

/** Shows the holder of the key first, because people use this to check how a job is set up. */
function sayKey({ say, api, now }: Context, me: KeyIdentity): void {
  say.data(me, () =>
    say.details([
      [me.kind === 'user' ? 'Username' : 'Service account', me.username],
      ['Organization', me.organization.name],
      ['Role', roleName(me.organization)],
      ['Plan', me.organization.plan],
      ['Key', me.key.description],
      ['Key id', me.key.id],
      ['Scope', scopeInFull(me.key)],
      ['Expires', expiryInFull(me.key, now)],
      ['Created', momentInFull(me.key.created_at, now)],
      ['Server', api.url],
    ]),
  )
}

/** Prompts for passwords without echo, or reads them from standard input, one per line. Arguments would be in the shell history and the process list. */
async function passwords(context: Context, source: string | undefined, ...needed: string[]): Promise<string[]> {
  if (source !== undefined && source !== '-')
    throw usage('A password cannot be passed on the command line.', 'Omit it to be prompted, or pass - to read it from standard input.')
  await confirmServer(context, 'password')
  if (source === undefined) {
    const typed: string[] = []
    for (const what of needed) typed.push(await context.ask.hidden(what, '- to read it from standard input'))
    return typed
  }
  const lines = standardInput()
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
  if (lines.length !== needed.length || lines.includes(''))
    throw usage(
      needed.length === 1
        ? 'Standard input must have one line: the password.'
        : `Standard input must have ${needed.length} lines: ${needed.join(', ').toLowerCase()}.`,
    )
  return lines
}

const password = command(
  'profile password [source]',
  {
    summary: 'change your password; your other logins and refresh tokens are revoked',
    options: { endKeys: flag('also revoke your keys, which otherwise stay valid') },
    examples: ['muster profile password', 'muster profile password --end-keys', 'muster profile password - < passwords.txt'],
    notes: 'Prompts for the current and the new password and shows neither. With - both are read from standard input, in this order, one per line.',
  },
  async (context, { source, endKeys }) => {
    const { say } = context
    const [current_password = '', new_password = ''] = await passwords(context, source, 'Current password', 'New password')
    if (source === undefined && (await passwords(context, source, 'New password again'))[0] !== new_password)
      throw usage('The new passwords do not match.', 'Nothing was changed. Run the command again.')
    const login = await signedIn(context, { unregistered: true })
    const answer = await login.POST('/v1/me/password', { body: { current_password, new_password, end_keys: endKeys }, ends: true })
    if (say.json) return say.data(answer, () => '')
    const { ended, keys } = answer
    say.done('Your password has been changed.')
    say.note(`Revoked: ${count(ended.sessions, 'other login')}, ${count(ended.keys, 'key')}.`)
    sayRevocation(context, answer)
    if (keys.length > 0)
      say.warn(`${keys.length === 1 ? 'This key stays' : 'These keys stay'} valid: ${keys.map(({ id, description }) => `${description} (${id})`).join(', ')}`)
    if (keys.length > 0) say.hint('To revoke one: muster key revoke ID')
  },
)

const email = command(
  'profile email <address> [source]',
  {
    summary: 'change your email address, with your password and a code sent to the new address',
    options: { code: value('CODE', 'the code from the email, if you are not prompted for it') },
    examples: [
      'muster profile email ada@example.org',
      'muster profile email ada@example.org - < password.txt',
      'muster profile email ada@example.org --code 123456',
    ],
    notes:
      'Your address changes once you enter the code, in the same login. With - the password is read from standard input. If you have no password, you confirm in a browser instead.',
  },
  async (context, { address, source, code }) => {
    const { say, ask, now } = context
    const given = code === undefined && source !== undefined ? await passwords(context, source, 'Password') : null
    if (code === undefined) await confirmServer(context, 'password')
    const login = await signedIn(context, { unregistered: true })
    if (code === undefined) {
      const hasPassword = given === null && (await login.GET('/v1/me/factors')).password
      const [password] = given ?? (hasPassword ? await passwords(context, undefined, 'Password') : [])
      const asked = await login.POST('/v1/me/email', { body: { password, email: address } })
      say.note(`A code is on its way to ${asked.email}. It expires ${when(asked.expires_at, now)}.`)
      if (!ask.possible) {
        say.hint(`To enter it: muster profile email ${asked.email} --code CODE`)
        return say.json ? say.data(asked, () => '') : undefined
      }
    }
    const entered = code ?? (await ask.text('Code from the email', { flag: '--code CODE' }))
    const changed = await login.POST('/v1/me/email/verify', { body: { code: entered } })
    if (say.json) return say.data(changed, () => '')
    say.done(`Your email address is now ${changed.email}.`)
  },
)

export default [profile, password, email]
