import { readAllPages, readPages } from '../api/pages.ts'
import { command, flag, value } from '../command.ts'
import type { Context } from '../context.ts'
import { Failure } from '../errors.ts'
import type { Login } from '../login/login.ts'
import { signedIn } from '../login/sign-in.ts'
import { defaultListSize, printList } from '../output/list.ts'
import { facts } from '../output/table.ts'
import { moment, relative, when } from '../output/time.ts'
import answers from './invitation-answer.ts'

const list = command(
  'invitation list [text]',
  {
    summary: 'list invitations and their state',
    options: {
      state: value('STATE', 'only these', { choices: ['open', 'accepted', 'declined', 'revoked', 'expired'] }),
      kind: value('KIND', 'only these', { choices: ['email', 'link', 'secret'] }),
      all: flag(`all of them, not the first ${defaultListSize}`),
    },
    examples: ['muster invitation list', 'muster invitation list --state open', 'muster invitation list @example.com --json'],
  },
  async (context, { text, state, kind, all }) => {
    const { now } = context
    const login = await signedIn(context)
    const most = all ? Number.POSITIVE_INFINITY : defaultListSize
    printList(
      context,
      await readPages(login, '/v1/organizations/{org}/invitations', { params: { path: { org: login.organizationId }, query: { q: text, state, kind } } }, most),
      {
        none: text || state || kind ? 'There is none like that.' : 'Nobody is invited. Invite somebody: muster user invite ADDRESS',
        more: 'Narrow it down with --state or a part of the address, or take --all.',
        head: ['ID', 'TO', 'ROLE', 'STATE', 'EXPIRES?', 'CREATED?', 'BY?', 'ACCEPTED BY?'],
        row: (item) => [
          item.id,
          facts(item.email ?? (item.kind === 'link' ? '(a link)' : '(a secret)'), item.kind, item.email),
          item.role,
          item.state,
          moment(item.state === 'open' ? item.expires_at : null, now),
          moment(item.created_at, now),
          item.created_by,
          item.accepted_by,
        ],
      },
    )
  },
)

const byIdOrAddress = 'By its id, or by the address of one that is open.'

/** An address has one that is open at most; how it is written is not compared more closely than people do. */
async function idOf(login: Login, reference: string): Promise<string> {
  if (!reference.includes('@')) return reference
  const open = await readAllPages(login, '/v1/organizations/{org}/invitations', {
    params: { path: { org: login.organizationId }, query: { q: reference, state: 'open', kind: 'email' } },
  })
  const found = open.find(({ email }) => email?.toLowerCase() === reference.toLowerCase())
  if (!found) throw new Failure(`No invitation to ${reference} is open.`, { code: 'invitation_not_found', next: 'See them: muster invitation list' })
  return found.id
}

/** Names whom it is for. One that is not open the server answers for. */
export async function confirmRevocation({ ask, now }: Context, login: Login, id: string): Promise<void> {
  const found = (
    await readAllPages(login, '/v1/organizations/{org}/invitations', { params: { path: { org: login.organizationId }, query: { state: 'open' } } })
  ).find((one) => one.id === id)
  if (!found) return
  const what = found.email ? `invitation to ${found.email}` : found.kind === 'link' ? 'invite link' : 'organization secret'
  await ask.confirm(`Revoke the ${what}, as ${found.role}? ${found.created_by} made it ${relative(found.created_at, now)}.`)
}

const resend = command(
  'invitation resend <invitation>',
  {
    summary: 'send the email again with a new link, valid for seven days; the old link stops working',
    examples: ['muster invitation resend x@example.com', 'muster invitation resend inv_…'],
    notes: byIdOrAddress,
  },
  async (context, { invitation: reference }) => {
    const { say, now } = context
    const login = await signedIn(context)
    const id = await idOf(login, reference)
    const invitation = await login.POST('/v1/organizations/{org}/invitations/{id}/resend', {
      params: { path: { org: login.organizationId, id } },
      creates: true,
    })
    if (say.json) return say.data(invitation, () => '')
    say.done(`A new mail is on its way to ${invitation.email}; its link ends ${when(invitation.expires_at, now)}. The link of before is worth nothing now.`)
  },
)

const revoke = command(
  'invitation revoke <invitation>',
  {
    summary: 'revoke an invitation that nobody has accepted',
    options: { yes: flag('do not ask') },
    examples: ['muster invitation revoke x@example.com', 'muster invitation revoke inv_… --yes'],
    notes: byIdOrAddress,
  },
  async (context, { invitation: reference, yes }) => {
    const { say, ask } = context
    if (!yes) ask.mustBePossible()
    const login = await signedIn(context)
    const id = await idOf(login, reference)
    if (!yes) await confirmRevocation(context, login, id)
    const answer = await login.DELETE('/v1/organizations/{org}/invitations/{id}', { params: { path: { org: login.organizationId, id } } })
    if (say.json) return say.data(answer, () => '')
    say.done(`The invitation ${id} lets nobody in any more.`)
  },
)

const link = command(
  'invitation link <invitation>',
  {
    summary: 'print the link of an open invitation, to pass on yourself',
    examples: ['muster invitation link x@example.com', 'muster invitation link inv_… | pbcopy'],
    notes: `${byIdOrAddress} The audit log records that you copied it. A link from an email works for the invited address only; an invite link works for anyone who has it.`,
  },
  async (context, { invitation: reference }) => {
    const { say, now } = context
    const login = await signedIn(context)
    const id = await idOf(login, reference)
    const made = await login.POST('/v1/organizations/{org}/invitations/{id}/link', { params: { path: { org: login.organizationId, id } } })
    say.data(made, () => made.url)
    say.hint(`It ends ${when(made.expires_at, now)}.`)
  },
)

export default [list, resend, revoke, link, ...answers]
