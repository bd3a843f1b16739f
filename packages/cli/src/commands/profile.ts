import type { KeyIdentity } from '../api/types.ts'
import { command, flag, value } from '../command.ts'
import type { Context } from '../context.ts'
import { usage } from '../errors.ts'
import { standardInput } from '../input/standard-input.ts'
import { confirmServer } from '../login/chosen-server.ts'
import { signedIn } from '../login/sign-in.ts'
import { sayRevocation } from '../output/revocation.ts'
import { count } from '../output/text.ts'
import { loginEnds, momentInFull, when } from '../output/time.ts'

const profile = command(
  'profile',
  {
    summary: 'show who you are logged in as, and when the login expires',
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
        ['Role', me.organization?.role],
        ['Plan', me.organization?.plan],
        ...loginEnds(me, login, context.now),
        ['Server', context.api.url],
      ]),
    )
  },
)

/** Whom a key acts as: what somebody who set up a job looks for first. */
function sayKey({ say, api, now }: Context, me: KeyIdentity): void {
  say.data(me, () =>
    say.details([
      [me.kind === 'user' ? 'Username' : 'Service account', me.username],
      ['Organization', me.organization.name],
      ['Role', me.organization.role],
      ['Plan', me.organization.plan],
      ['Key', me.key.description],
      ['Key id', me.key.id],
      ['Created', momentInFull(me.key.created_at, now)],
      ['Server', api.url],
    ]),
  )
}

/** Typed without being shown, or from standard input, one on a line. On the command line it would stand in the history and in the list of processes. */
async function passwords(context: Context, source: string | undefined, ...needed: string[]): Promise<string[]> {
  if (source !== undefined && source !== '-')
    throw usage('A password does not belong on a command line.', 'Leave it out to be asked for it, or pass - to read it from standard input.')
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
      needed.length === 1 ? 'Standard input holds one line: the password.' : `Standard input holds ${needed.length} lines: ${needed.join(', ').toLowerCase()}.`,
    )
  return lines
}

const password = command(
  'profile password [source]',
  {
    summary: 'change your password; your other logins and refresh tokens are revoked',
    options: { endKeys: flag('end your keys too; without it they go on working') },
    examples: ['muster profile password', 'muster profile password --end-keys', 'muster profile password - < passwords.txt'],
    notes: 'It asks for the one you have and for the new one, and shows neither. With - both come from standard input, in this order, one on a line.',
  },
  async (context, { source, endKeys }) => {
    const { say } = context
    const [current_password = '', new_password = ''] = await passwords(context, source, 'The password you have', 'The new password')
    if (source === undefined && (await passwords(context, source, 'The new password once more'))[0] !== new_password)
      throw usage('The new password was not the same twice.', 'Nothing was changed. Run it again.')
    const login = await signedIn(context, { unregistered: true })
    const answer = await login.POST('/v1/me/password', { body: { current_password, new_password, end_keys: endKeys }, ends: true })
    if (say.json) return say.data(answer, () => '')
    const { ended, keys } = answer
    say.done('Your password is changed.')
    say.note(`Ended: ${count(ended.sessions, 'other login')}, ${count(ended.keys, 'key')}.`)
    sayRevocation(context, answer)
    if (keys.length > 0)
      say.warn(`${keys.length === 1 ? 'This key goes' : 'These keys go'} on working: ${keys.map(({ id, description }) => `${description} (${id})`).join(', ')}`)
    if (keys.length > 0) say.hint('To end one: muster key revoke ID')
  },
)

const email = command(
  'profile email <address> [source]',
  {
    summary: 'change your email address, with your password and a code sent to the new address',
    options: { code: value('CODE', 'the mailed code, where it was not asked for') },
    examples: [
      'muster profile email ada@example.org',
      'muster profile email ada@example.org - < password.txt',
      'muster profile email ada@example.org --code 123456',
    ],
    notes: 'Until the code is entered, in the login that asked for it, the address you have stays. With - the password comes from standard input.',
  },
  async (context, { address, source, code }) => {
    const { say, ask, now } = context
    const [password] = code === undefined ? await passwords(context, source, 'Your password') : []
    const login = await signedIn(context, { unregistered: true })
    if (password !== undefined) {
      const asked = await login.POST('/v1/me/email', { body: { password, email: address } })
      say.note(`A code is on its way to ${asked.email}. It ends ${when(asked.expires_at, now)}.`)
      if (!ask.possible) {
        say.hint(`Enter it: muster profile email ${asked.email} --code CODE`)
        return say.json ? say.data(asked, () => '') : undefined
      }
    }
    const entered = code ?? (await ask.text('The code from the mail', { flag: '--code CODE' }))
    const changed = await login.POST('/v1/me/email/verify', { body: { code: entered } })
    if (say.json) return say.data(changed, () => '')
    say.done(`Your email address is ${changed.email}.`)
  },
)

export default [profile, password, email]
