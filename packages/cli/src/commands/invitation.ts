import { readAllPages, readPages } from '../api/pages.ts'
import { command, flag, skipPrompt, value } from '../command.ts'
import type { Context } from '../context.ts'
import { Failure } from '../errors.ts'
import type { Login } from '../login/login.ts'
import { signedIn } from '../login/sign-in.ts'
import { defaultListSize, printList } from '../output/list.ts'
import { inRole, roleName } from '../output/role.ts'
import { facts } from '../output/table.ts'
import { moment, relative, when } from '../output/time.ts'
import answers from './invitation-answer.ts'
import { invitationState, sayInvalid } from './shared/invitation-state.ts'

const list = command(
  'invitation list [text]',
  {
    summary: 'list invitations and their state',
    options: {
      state: value('STATE', 'only invitations in this state', { choices: ['open', 'accepted', 'declined', 'revoked', 'expired'] }),
      kind: value('KIND', 'only invitations of this kind', { choices: ['email', 'link', 'secret'] }),
      all: flag(`list all invitations, not only the first ${defaultListSize}`),
    },
    examples: ['muster invitation list', 'muster invitation list --state open', 'muster invitation list @example.com --json'],
  },
  async (context, { text, state, kind, all }) => {
    const { now } = context
    const login = await signedIn(context)
    const most = all ? Number.POSITIVE_INFINITY : defaultListSize
    const page = await readPages(
      login,
      '/v1/organizations/{org}/invitations',
      { params: { path: { org: login.organizationId }, query: { q: text, state, kind } } },
      most,
    )
    printList(context, page, {
      none: text || state || kind ? 'No matching invitations.' : 'No invitations. To invite someone: muster user invite ADDRESS',
      more: 'Filter with --state or a part of the address, or pass --all.',
      head: ['ID', 'TO', 'ROLE', 'STATE', 'EXPIRES?', 'CREATED?', 'BY?', 'ACCEPTED BY?'],
      row: (item) => [
        item.id,
        facts(item.email ?? (item.kind === 'link' ? '(a link)' : '(a secret)'), item.kind, item.email),
        roleName(item),
        invitationState(item),
        moment(item.state === 'open' ? item.expires_at : null, now),
        moment(item.created_at, now),
        item.created_by,
        item.accepted_by,
      ],
    })
    sayInvalid(context, page.items)
    if (!context.say.json && page.items.some((item) => item.invalid_reason))
      context.say.hint('To replace an invitation that is not valid, invite the person again.')
  },
)

const byIdOrAddress = 'Accepts the id of an invitation, or the address of an open one.'

/** The id of an invitation. An address has at most one open invitation and is compared without regard to case. */
async function idOf(login: Login, reference: string): Promise<string> {
  if (!reference.includes('@')) return reference
  const open = await readAllPages(login, '/v1/organizations/{org}/invitations', {
    params: { path: { org: login.organizationId }, query: { q: reference, state: 'open', kind: 'email' } },
  })
  const found = open.find(({ email }) => email?.toLowerCase() === reference.toLowerCase())
  if (!found)
    throw new Failure(`There is no open invitation to ${reference}.`, { code: 'invitation_not_found', next: 'To list invitations: muster invitation list' })
  return found.id
}

/** Describes the invitation in the prompt. If no open invitation has the id, the server responds without a prompt. */
export async function confirmRevocation({ ask, now }: Context, login: Login, id: string): Promise<void> {
  const found = (
    await readAllPages(login, '/v1/organizations/{org}/invitations', { params: { path: { org: login.organizationId }, query: { state: 'open' } } })
  ).find((one) => one.id === id)
  if (!found) return
  const what = found.email ? `invitation to ${found.email}` : found.kind === 'link' ? 'invite link' : 'organization secret'
  await ask.confirm(`Revoke the ${what} as ${inRole(found)}? ${found.created_by} created it ${relative(found.created_at, now)}.`)
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
    say.done(`A new email is on its way to ${invitation.email}. Its link expires ${when(invitation.expires_at, now)}. The old link no longer works.`)
  },
)

const revoke = command(
  'invitation revoke <invitation>',
  {
    summary: 'revoke an open invitation',
    options: { yes: skipPrompt },
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
    say.done(`The invitation ${id} has been revoked.`)
  },
)

const link = command(
  'invitation link <invitation>',
  {
    summary: 'print the link of an open invitation, to send it yourself',
    examples: ['muster invitation link x@example.com', 'muster invitation link inv_… | pbcopy'],
    notes: `${byIdOrAddress} The audit log records that you copied it. A link from an email works for the invited address only; an invite link works for anyone who has it.`,
  },
  async (context, { invitation: reference }) => {
    const { say, now } = context
    const login = await signedIn(context)
    const id = await idOf(login, reference)
    const made = await login.POST('/v1/organizations/{org}/invitations/{id}/link', { params: { path: { org: login.organizationId, id } } })
    say.data(made, () => made.url)
    say.hint(`It expires ${when(made.expires_at, now)}.`)
  },
)

export default [list, resend, revoke, link, ...answers]
