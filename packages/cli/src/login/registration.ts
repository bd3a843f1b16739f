import { nameFault } from '@muster/contract/names.ts'
import { nextLine, problems } from '@muster/contract/problems.ts'
import type { Answer } from '../api/calls.ts'
import type { Context } from '../context.ts'
import { Failure, loginFirst } from '../errors.ts'
import { inRole } from '../output/role.ts'
import type { Login } from './login.ts'

type Preview = Answer<'post', '/v1/invitations/preview'>

export interface Names {
  givenName?: string | undefined
  familyName?: string | undefined
  company?: string | undefined
}

/** Checks the name locally, before any prompt or request (S39, S43). */
export function checkName(name: string): void {
  const fault = nameFault(name)
  if (fault) throw nameFailure(name, fault)
}

/** Checks the name locally, then asks the server whether it is available. */
export async function checkUsername(context: Context, name: string): Promise<void> {
  checkName(name)
  const answer = await context.api.GET('/v1/usernames/{name}', { params: { path: { name } } })
  if (!answer.available) throw nameFailure(name, answer.reason ?? 'name_taken')
}

const nameFailure = (name: string, code: 'name_invalid' | 'name_reserved' | 'name_taken'): Failure =>
  new Failure(`"${name}" cannot be used as a name.`, { code, why: problems[code].title, next: nextLine(problems[code]), body: { ...problems[code], code } })

/** Refuses an invalid secret before an account is created (S5). */
export const checkSecret = ({ api }: Context, secret: string): Promise<Preview> =>
  api.POST('/v1/invitations/preview', { body: { token: secret }, repeatable: true })

/** Gives the account its username and, with a secret, makes it a member of an organization. The server does both in one transaction (S5). */
export async function register(login: Login, { username, secret, names }: { username: string; secret?: string | undefined; names: Names }): Promise<void> {
  const { givenName, familyName, company } = names
  const body = {
    username,
    ...(secret ? { secret } : {}),
    ...(givenName ? { given_name: givenName } : {}),
    ...(familyName ? { family_name: familyName } : {}),
    ...(company ? { company } : {}),
  }
  try {
    const { me, ...token } = await login.POST('/v1/me/registration', { body, creates: true })
    await login.take(token, me)
  } catch (error) {
    if (!(error instanceof Failure) || (!['name_taken', 'name_reserved', 'name_invalid'].includes(error.code) && !error.code.startsWith('invitation_')))
      throw error
    throw new Failure(error.message, {
      code: error.code,
      why: [error.why, 'You are logged in, but the account has no username yet.'].filter(Boolean).join(' '),
      next: `${error.next ?? ''} Then run: muster register -u NAME`.trim(),
      requestId: error.requestId,
      body: error.body,
      cause: error,
    })
  }
}

/** Reports the username and the organization. */
export function sayRegistered({ say }: Context, { me }: Login): void {
  say.done(`Registered and logged in as ${me.username}.`)
  if (me.organization)
    say.note(
      me.organization.personal ? `Your personal organization is ${me.organization.name}.` : `You joined ${me.organization.name} as ${inRole(me.organization)}.`,
    )
}

/** Registers a user who is logged in without a username and runs another command (S51). */
export async function offerRegistration(context: Context, login: Login): Promise<void> {
  const { ask, say } = context
  if (!ask.possible)
    throw loginFirst('This account has no username yet.', {
      next: `Run: ${context.command('register -u NAME')}`,
      body: { ...problems.user_not_registered, code: 'user_not_registered' },
    })
  say.note(`You are logged in as ${login.person.email}, but the account has no username yet.`)
  if (!(await ask.yes('Register now?'))) throw loginFirst('Not registered.', { next: `To register later: ${context.command('register -u NAME')}` })
  for (;;) {
    const username = await ask.text('Username', {
      flag: '-u',
      fault: (name) => (nameFault(name) ? problems[nameFault(name) ?? 'name_invalid'].title : undefined),
    })
    try {
      await checkUsername(context, username)
      await register(login, { username, names: {} })
      sayRegistered(context, login)
      return say.note('')
    } catch (error) {
      if (!(error instanceof Failure) || !error.code.startsWith('name_')) throw error
      say.warn(`${error.why ?? error.message}`)
    }
  }
}
