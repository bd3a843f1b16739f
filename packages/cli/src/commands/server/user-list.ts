import { readPages } from '../../api/pages.ts'
import type { OperatedUser } from '../../api/types.ts'
import { command, flag } from '../../command.ts'
import { usage } from '../../errors.ts'
import { asOperator, operatorTokenFile } from '../../login/operator.ts'
import { defaultListSize, printList } from '../../output/list.ts'
import { roleName } from '../../output/role.ts'
import { moment, momentInFull } from '../../output/time.ts'
import { referenceTo } from './user-reference.ts'

// The operator finds people (O13).

const list = command(
  'server user list [text]',
  {
    summary: 'list all accounts, newest first, or those whose username or email address begins with a text',
    options: {
      all: flag(`list all of them, not only the first ${defaultListSize}`),
      passwordOnly: flag('list active accounts that can sign in only with a password'),
      operatorTokenFile,
    },
    examples: [
      'muster server user list',
      'muster server user list ada',
      'muster server user list ada@example.com --json',
      'muster server user list --password-only --all',
    ],
    notes:
      'With a text, usernames come first, then email addresses, each in alphabetical order. With --password-only, the newest come first. An account without a username has not been registered yet.',
  },
  async (context, { text, all, passwordOnly, operatorTokenFile }) => {
    if (passwordOnly && text !== undefined) throw usage('Pass a text or --password-only, not both.')
    const { now } = context
    const operator = asOperator(context, operatorTokenFile)
    const most = all ? Number.POSITIVE_INFINITY : defaultListSize
    printList(
      context,
      await readPages(operator, '/v1/operator/users', { params: { query: { search: text, way_in: passwordOnly ? 'password' : undefined } } }, most),
      {
        none: passwordOnly
          ? 'No active account depends on a password.'
          : text === undefined
            ? 'No accounts.'
            : `No username, email address or id begins with ${text}.`,
        more: passwordOnly ? 'Pass --all for the rest.' : 'Type more of the name, or pass --all.',
        head: ['USERNAME', 'EMAIL', 'ORGANIZATION', 'ROLE?', 'STATUS?', 'LAST SEEN?', 'CREATED?'],
        row: (user) => [
          user.username ?? '(none)',
          user.email,
          user.organization?.name ?? '',
          user.organization ? roleName(user.organization) : '',
          user.suspended_at ? 'suspended' : (user.organization?.status ?? ''),
          moment(user.last_seen_at, now, 'never'),
          moment(user.created_at, now),
        ],
      },
    )
  },
)

const show = command(
  'server user show <user>',
  {
    summary: 'show an account: addresses, organization, sessions, keys',
    options: { operatorTokenFile },
    examples: ['muster server user show ada', 'muster server user show ada@example.com', 'muster server user show usr_…'],
    notes: 'Accepts a username, an email address or an id. The audit log records that you looked.',
  },
  async (context, { user, operatorTokenFile }) => {
    const { say, now } = context
    const operator = asOperator(context, operatorTokenFile)
    const found = await operator.GET('/v1/operator/users/{user}', { params: { path: { user: await referenceTo(operator, user) } } })
    say.data(found, () =>
      say.details([
        ['Username', found.username ?? 'none: not registered yet'],
        ['Id', found.id],
        ['Email', found.email],
        ['Name', [found.given_name, found.family_name].filter(Boolean).join(' ')],
        ['Company', found.company],
        ['Organization', placeOf(found)],
        ['Suspended', momentInFull(found.suspended_at, now)],
        ['Reason', found.suspended_reason],
        ['Last seen', momentInFull(found.last_seen_at, now)],
        ['Sessions', String(found.sessions)],
        ['Keys', String(found.keys)],
        ['Created', momentInFull(found.created_at, now)],
        ['Registered', momentInFull(found.registered_at, now)],
      ]),
    )
  },
)

const placeOf = ({ organization }: OperatedUser): string | null =>
  organization && `${organization.name} (${roleName(organization)}${organization.status === 'deactivated' ? ', deactivated' : ''})`

export default [list, show]
