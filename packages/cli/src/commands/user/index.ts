import { isBelowMember } from '@muster/contract/permissions.ts'
import { readPages } from '../../api/pages.ts'
import type { Member } from '../../api/types.ts'
import { command, flag, skipPrompt, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { ProblemError, usage } from '../../errors.ts'
import type { Login } from '../../login/login.ts'
import { signedIn } from '../../login/sign-in.ts'
import { defaultListSize, printList } from '../../output/list.ts'
import { sayRevocation } from '../../output/revocation.ts'
import { inRole, roleName } from '../../output/role.ts'
import { momentInFull, when } from '../../output/time.ts'
import { fullName, memberTable } from '../shared/member-table.ts'
import factors from './factors.ts'
import invite from './invite.ts'
import standing from './status.ts'

const list = command(
  'user list [text]',
  {
    summary: 'list members, or search them by username or email address',
    options: {
      status: value('STATUS', 'only members with this status', { choices: ['active', 'deactivated', 'left'] }),
      role: value('ROLE', 'only members with this role'),
      all: flag(`list all members, not only the first ${defaultListSize}`),
    },
    examples: ['muster user list', 'muster user list ada', 'muster user list --status deactivated', 'muster user list --role admin --json'],
    notes: 'A text of fewer than three letters matches the beginning of a name. Only admins see and search email addresses.',
  },
  async (context, { text, status, role, all }) => {
    const login = await signedIn(context)
    const page = await readPages(
      login,
      '/v1/organizations/{org}/members',
      { params: { path: { org: login.organizationId }, query: { q: text, status, role } } },
      all ? Number.POSITIVE_INFINITY : defaultListSize,
    )
    printList(context, page, {
      none: text || status || role ? 'No matches.' : 'No members.',
      more: 'Search by a part of the name, or pass --all.',
      ...memberTable(context, page.items),
    })
  },
)

const show = command(
  'user show <user>',
  { summary: 'show a member: role, status, and dates', examples: ['muster user show bob'] },
  async (context, { user }) => {
    const { say, now } = context
    const login = await signedIn(context)
    const member = await login.GET('/v1/organizations/{org}/members/{user}', { params: { path: { org: login.organizationId, user } } })
    const isAdmin = login.me.organization?.role === 'admin'
    const resets = isAdmin ? (await login.GET('/v1/organizations/{org}/factor-resets', { params: { path: { org: login.organizationId } } })).items : []
    const reset = resets.find(({ user: one }) => one.id === member.id)
    say.data(member, () =>
      say.details([
        ['Username', member.username],
        ['Id', member.id],
        ['Name', fullName(member)],
        ['Email', member.email],
        ['Role', roleName(member)],
        ['Status', member.status],
        ['Since', momentInFull(member.status_since, now)],
        ['Suspended', momentInFull(member.suspended_at, now)],
        ['By', member.status_by],
        ['Reason', member.status_reason],
        ['Joined', momentInFull(member.joined_at, now)],
        ['Reset', reset && `of their factors, requested by ${reset.requested_by.username}, takes force ${when(reset.in_force_at, now)}`],
      ]),
    )
    if (member.status === 'deactivated') say.hint(`\nTo reactivate: muster user reactivate ${member.username}`)
  },
)

const role = command(
  'user role <user> <role>',
  {
    summary: 'change the role of a member; takes effect at once',
    options: { yes: skipPrompt },
    examples: ['muster user role bob admin', 'muster user role bob Deployer', 'muster user role bob viewer --yes'],
    notes:
      'A role is admin, member, viewer, or one of your organization: muster role list\nRemoving the admin role asks first, because it revokes the open invitations of that admin. From admin or member to any other role, access tokens end: browser sessions, keys and refresh tokens stay valid, and a command-line login without a refresh token ends.',
  },
  async (context, { user, role, yes }) => {
    const { say } = context
    const login = await signedIn(context)
    const path = { org: login.organizationId, user }
    const read = () => login.GET('/v1/organizations/{org}/members/{user}', { params: { path } })
    const before = role === 'admin' ? null : await (yes ? read().catch(nullIfForbidden) : read())
    if (before && !yes) await confirmDemotion(context, login, before)
    const member = await login.PATCH('/v1/organizations/{org}/members/{user}', {
      params: { path },
      body: { role },
      repeatable: true,
      ends: true,
    })
    if (say.json) return say.data(member, () => '')
    say.done(`${member.username} is ${inRole(member)} of ${login.me.organization?.name}.`)
    if (before?.status === 'active' && !before.suspended_at && !isBelowMember(before) && isBelowMember(member))
      say.note(
        `Access tokens of ${member.username} have ended. Browser sessions, keys and refresh tokens stay valid. On the command line, ${member.username} has to log in again, unless the login has a refresh token.`,
      )
    for (const { kind, name } of member.handed_over ?? []) say.note(`You now own: ${kind}/${name}  →  muster resource transfer ${kind}/${name} USER`)
    sayRevocation(context, member, 'changed')
  },
)

/** A key can allow changing roles and not reading members. Without `--yes` the command needs both. */
function nullIfForbidden(error: unknown): null {
  if (error instanceof ProblemError && error.status === 403) return null
  throw error
}

/** Asks only if the member would lose the admin role. If nothing would change, or the server would refuse, there is no prompt. */
async function confirmDemotion({ ask }: Context, login: Login, member: Member): Promise<void> {
  const { username, organization } = login.me
  if (member.role === 'admin' && organization?.role === 'admin' && member.username !== username)
    await ask.confirm(`Remove the admin role from ${member.username}? This takes effect at once and revokes their open invitations.`)
}

const names = command(
  'user names <user>',
  {
    summary: 'correct the name of a member',
    options: { givenName: value('NAME', 'their given name'), familyName: value('NAME', 'their family name') },
    examples: ['muster user names bob --given-name Robert --family-name Stone'],
    notes: 'A username cannot be changed.',
  },
  async (context, { user, givenName, familyName }) => {
    const { say } = context
    if (givenName === undefined && familyName === undefined) throw usage('Pass --given-name, --family-name, or both.')
    const login = await signedIn(context)
    const json = { ...(givenName === undefined ? {} : { given_name: givenName }), ...(familyName === undefined ? {} : { family_name: familyName }) }
    const member = await login.PATCH('/v1/organizations/{org}/members/{user}', {
      params: { path: { org: login.organizationId, user } },
      body: json,
      repeatable: true,
    })
    if (say.json) return say.data(member, () => '')
    say.done(`${member.username} is now called ${fullName(member)}.`)
  },
)

export default [list, show, ...invite, role, names, ...factors, ...standing]
