import { nameAndUsername } from '@muster/contract/names.ts'
import { command, skipPrompt, value } from '../command.ts'
import type { Context } from '../context.ts'
import { exits, Failure, ProblemError } from '../errors.ts'
import { readSecret } from '../input/read-secret.ts'
import { confirmAccount, confirmServer } from '../login/chosen-server.ts'
import type { Login } from '../login/login.ts'
import { signedIn } from '../login/sign-in.ts'
import { sayRevocation } from '../output/revocation.ts'
import { inRole, roleName } from '../output/role.ts'
import { facts } from '../output/table.ts'
import { momentInFull } from '../output/time.ts'
import { confirmMove, planFor, preview } from './shared/move-plan.ts'

// Commands for people who are invited. They take the token of the invitation, or the link that contains it.

/** Extracts the token from pasted text: a secret, or the link from the email, with the token after its `#` or in its query. */
export function tokenIn(text: string): string {
  if (!isLink(text)) return text
  const { hash, searchParams } = new URL(text)
  const fragment = hash.slice(1)
  return searchParams.get('token') ?? new URLSearchParams(fragment).get('token') ?? decodeURIComponent(fragment)
}

/** Returns the token after the user has confirmed the server that receives it. */
export async function tokenFrom(context: Context, given: string): Promise<string> {
  const text = await readSecret(context, given, 'invitation')
  if (isLink(text)) requireServerOfLink(context, new URL(text))
  else await confirmServer(context, 'invitation')
  return tokenIn(text)
}

const isLink = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text)

/** A link names its server. The token is sent to another server only if the user specified that one. */
function requireServerOfLink({ server }: Context, link: URL): void {
  if (server.source === 'named' || `${link.origin}${link.pathname}`.startsWith(`${server.url}/`)) return
  const issuer = `${link.origin}${link.pathname.replace(/\/[^/]*$/, '')}`
  throw new Failure(`This link is for ${issuer} and was not sent to ${server.url}.`, {
    code: 'server_not_chosen',
    exit: exits.usage,
    next: `To use it: run the command again with --url ${issuer}`,
  })
}

const notes = 'Accepts the link from the email, or a secret. With - it is read from standard input, which keeps it out of your shell history.'

/** A deactivated person can answer an invitation of another organization only in the browser, with their password (S26). */
async function signedInToAnswer(context: Context, link: string, options: { unregistered: boolean }): Promise<Login> {
  try {
    return await signedIn(context, options)
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'user_deactivated' || !link.startsWith('http')) throw error
    const { why, requestId, body, code } = error
    const next = 'You can still answer an invitation from another organization: open the link in a browser and sign in.'
    throw new Failure(error.message, { code, why, next, requestId, body, cause: error })
  }
}

const show = command(
  'invitation show <link>',
  {
    summary: 'show an invitation without accepting it; needs no login',
    examples: ['muster invitation show "https://accounts.example.com/join?token=…"', 'muster invitation show - < link.txt'],
    notes,
  },
  async (context, { link }) => {
    const { say, now } = context
    const found = await preview(context, await tokenFrom(context, link))
    say.data(found, () =>
      say.details([
        ['Organization', found.organization.name],
        ['Role', roleName(found)],
        ['For', found.email ?? (found.kind === 'email' ? null : 'anyone who has it')],
        ['From', facts(nameAndUsername(found.invited_by_name, found.invited_by), found.invited_by, found.invited_by_name)],
        ['Expires', momentInFull(found.expires_at, now)],
      ]),
    )
    say.hint('\nTo accept: muster invitation accept LINK\nTo preview the move: muster move plan LINK')
  },
)

const accept = command(
  'invitation accept <link>',
  {
    summary: 'accept an invitation; you leave your current organization',
    options: { yes: skipPrompt, username: value('NAME', 'username for an account that has none yet', { short: 'u' }) },
    examples: ['muster invitation accept "https://accounts.example.com/join?token=…"', 'muster invitation accept - --yes < link.txt'],
    notes,
  },
  async (context, { link, yes, username }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const token = await tokenFrom(context, link)
    const login = await signedInToAnswer(context, link, { unregistered: username !== undefined })
    await confirmAccount(context, login, 'invitation')
    if (!yes) {
      const found = await preview(context, token)
      const question = `Join ${found.organization.name} as ${inRole(found)}?`
      if (login.me.organization) await confirmMove(context, await planFor(login, found), question)
      else await ask.confirm(question)
    }
    const before = login.me.organization
    const { me, revocation, ...fresh } = await login.POST('/v1/invitations/accept', {
      body: { token, ...(username ? { username } : {}) },
      creates: true,
      ends: true,
    })
    await login.take(fresh, me)
    const left = before && before.id !== me.organization?.id ? { id: before.id, name: before.name } : null
    if (say.json) return say.data({ me, left, revocation }, () => '')
    say.done(`You joined ${me.organization?.name} as ${inRole(me.organization ?? { role: 'member' })}.`)
    if (left) say.note(`You left ${left.name}.`)
    sayRevocation(context, { revocation })
  },
)

const decline = command(
  'invitation decline <link>',
  {
    summary: 'decline an invitation',
    options: { yes: skipPrompt },
    examples: ['muster invitation decline "https://accounts.example.com/join?token=…"', 'muster invitation decline - --yes < link.txt'],
    notes,
  },
  async (context, { link, yes }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const token = await tokenFrom(context, link)
    const login = await signedInToAnswer(context, link, { unregistered: true })
    try {
      const { organization } = await preview(context, token)
      if (!yes) await ask.confirm(`Decline the invitation to ${organization.name}? To join later, you will need a new one.`)
      const answer = await login.POST('/v1/invitations/decline', { body: { token } })
      if (say.json) return say.data(answer, () => '')
      say.done(`You declined the invitation to ${organization.name}.`)
    } catch (error) {
      // Declining an invitation again is not an error.
      if (!(error instanceof ProblemError) || error.code !== 'invitation_declined') throw error
      if (say.json) return say.data({ state: 'declined' }, () => '')
      say.done('The invitation was already declined.')
    }
  },
)

export default [show, accept, decline]
