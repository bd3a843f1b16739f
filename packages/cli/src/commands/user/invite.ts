import { nextLine } from '@muster/contract/problems.ts'
import type { Answer } from '../../api/calls.ts'
import type { Invitation } from '../../api/types.ts'
import { command, value } from '../../command.ts'
import type { Context } from '../../context.ts'
import { Failure, usage } from '../../errors.ts'
import { standardInput } from '../../input/standard-input.ts'
import type { Login } from '../../login/login.ts'
import { signedIn } from '../../login/sign-in.ts'
import { inRole, roleName } from '../../output/role.ts'
import { facts } from '../../output/table.ts'
import { count } from '../../output/text.ts'
import { when } from '../../output/time.ts'

type InviteResult = Extract<Answer<'post', '/v1/organizations/{org}/invitations'>, { results: unknown }>['results'][number]

/** The most addresses that the server accepts in one call (S22). */
const atOnce = 100

const invite = command(
  'user invite <email...>',
  {
    summary: 'invite people by email; an invitation expires in seven days',
    options: { role: value('ROLE', 'the role of the people who join (default: member)') },
    examples: ['muster user invite ada@example.com', 'muster user invite ada@example.com bob@example.com --role admin', 'muster user invite - < addresses.txt'],
    notes:
      'With - the addresses are read from standard input, one per line or separated by commas. An address that cannot be invited does not affect the others.\nInviting an address again changes nothing while its invitation is open. To send the email again: muster invitation resend',
  },
  async (context, { email, role }) => {
    const { say } = context
    const emails = addressesFrom(email)
    const login = await signedIn(context)
    const results: InviteResult[] = []
    const brokeOff = await inviteAll(login, emails, role, results)
    if (brokeOff && results.length === 0) throw brokeOff
    warnOfOtherRoles(context, results, role ?? 'member')
    if (say.json) say.data({ results }, () => '')
    else if (results.length === 1 && results[0]?.invitation) sayOne(context, results[0].invitation, results[0].status)
    else if (results.length > 1) sayMany(context, results)
    const refused = results.filter(({ status }) => status === 'refused')
    if (brokeOff) throw unasked(brokeOff, emails.length - results.length)
    if (refused.length > 0) throw refusal(refused, results.length)
  },
)

/** Sends the addresses in batches. Returns the failure that stopped it, so that the results until then are still reported. */
async function inviteAll(login: Login, emails: string[], role: string | undefined, results: InviteResult[]): Promise<Failure | null> {
  for (let from = 0; from < emails.length; from += atOnce) {
    const body = { emails: emails.slice(from, from + atOnce), role }
    try {
      const answer = await login.POST('/v1/organizations/{org}/invitations', { params: { path: { org: login.organizationId } }, body, creates: true })
      if ('results' in answer) results.push(...answer.results)
    } catch (error) {
      if (error instanceof Failure) return error
      throw error
    }
  }
  return null
}

const unasked = (cause: Failure, number: number): Failure =>
  new Failure(cause.message, {
    code: cause.code,
    exit: cause.exit,
    why: [cause.why, `The last ${number === 1 ? 'address was' : `${number} addresses were`} not processed.`].filter(Boolean).join(' '),
    next: 'Run the command again with the same list. Open invitations stay as they are.',
    requestId: cause.requestId,
    body: cause.body,
    cause,
  })

/** The addresses on the command line or standard input, in any common format and without duplicates. */
export function addressesFrom(words: string[], read: () => string = standardInput): string[] {
  if (words.includes('-') && words.length > 1) throw usage('Pass addresses on the command line, or - alone to read them from standard input.')
  const text = words[0] === '-' ? read() : words.join('\n')
  const found = text.split(/[\s,;]+/).filter((one) => one !== '')
  if (found.length === 0) throw usage('There are no addresses.', 'Pass one per line, or separate them with commas.')
  return [...new Set(found)]
}

function sayOne({ say, now }: Context, invitation: Invitation, status: InviteResult['status']): void {
  if (status === 'open') say.done(`${invitation.email} already has an open invitation. It expires ${when(invitation.expires_at, now)}.`)
  else say.done(`${invitation.email} has been invited by email as ${inRole(invitation)}. The invitation expires ${when(invitation.expires_at, now)}.`)
  say.caught(invitation.id)
  say.hint(`\nTo send the email again: muster invitation resend ${invitation.id}\nTo copy the link: muster invitation link ${invitation.id}`)
}

function sayMany({ say, now }: Context, results: InviteResult[]): void {
  const words = { created: 'invited', open: 'already invited', refused: 'not invited' } as const
  say.data(null, () =>
    say.table(
      ['EMAIL', 'RESULT', 'ID', ''],
      results.map(({ email, status, invitation, problem }) => [
        email,
        words[status],
        invitation?.id ?? '',
        facts(
          problem ? (problem.detail ?? problem.title) : invitation ? `${roleName(invitation)}, expires ${when(invitation.expires_at, now)}` : '',
          invitation && roleName(invitation),
          invitation?.expires_at,
          problem?.code,
          problem && (problem.detail ?? problem.title),
        ),
      ]),
    ),
  )
  const number = (wanted: InviteResult['status']) => results.filter(({ status }) => status === wanted).length
  const parts = [
    `${count(number('created'), 'person').replace('persons', 'people')} invited`,
    number('open') > 0 ? `${number('open')} already invited` : '',
    number('refused') > 0 ? `${number('refused')} not invited` : '',
  ]
  say.note('')
  if (number('created') + number('open') > 0) say.done(`${parts.filter(Boolean).join(', ')}.`)
}

/** Warns that an open invitation keeps its role, if another one was requested now (S9). */
function warnOfOtherRoles({ say }: Context, results: InviteResult[], asked: string): void {
  for (const { email, status, invitation } of results) {
    if (status !== 'open' || !invitation || invitation.role_id === asked || roleName(invitation).toLowerCase() === asked.toLowerCase()) continue
    say.warn(
      `${email} already has an invitation as ${inRole(invitation)}, which stays as it is. To invite them with the role ${asked}, revoke it and invite again.`,
      [`muster invitation revoke ${invitation.id}`],
    )
  }
}

/** For a single address, its problem. For several, only their number, because the table already shows each reason. */
function refusal(refused: InviteResult[], all: number): Failure {
  const [{ email, problem } = { email: '', problem: undefined }] = refused
  if (all === 1 && problem)
    return new Failure(`${email} was not invited.`, { code: problem.code, why: problem.detail ?? problem.title, next: nextOf(problem), body: { ...problem } })
  return new Failure(`${refused.length} of ${all} were not invited.`, { code: 'not_all_invited', body: { refused: refused.map((one) => one.email) } })
}

const nextOf = ({ code, next, command }: NonNullable<InviteResult['problem']>): string =>
  code === 'member_deactivated'
    ? 'To reactivate the member instead: muster user reactivate USER'
    : nextLine({ next, ...(command !== undefined && { command }) })

export default [invite]
