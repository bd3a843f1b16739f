import { transferAllCommand } from '@muster/contract/command-line.ts'
import { type NextStep, nextLine, problems } from '@muster/contract/problems.ts'
import { remedyCommand } from '@muster/contract/remedies.ts'
import type { Answer } from '../../api/calls.ts'
import type { MovePlan } from '../../api/types.ts'
import type { Context } from '../../context.ts'
import { Failure, ProblemError } from '../../errors.ts'
import type { Login } from '../../login/login.ts'

type Preview = Answer<'post', '/v1/invitations/preview'>

/** Where an invitation or a secret leads, without taking it. */
export const preview = ({ api }: Context, token: string): Promise<Preview> => api.POST('/v1/invitations/preview', { body: { token }, repeatable: true })

/**
 * What accepting an invitation would mean; without one, what leaving would (S24). Nothing changes by asking. By its id alone the server knows no
 * invitation that is for another address; after a preview, which the token allowed, the answer is the one that accepting would get (S8).
 */
export async function planFor(login: Login, invitation: Pick<Preview, 'id'> | Preview | null): Promise<MovePlan> {
  try {
    return await login.GET('/v1/me/move', { params: { query: { invitation: invitation?.id } } })
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'invitation_not_found' || !invitation || !('kind' in invitation)) throw error
    const code = 'invitation_wrong_address'
    throw new Failure(problems[code].title, { code, next: nextLine(problems[code]), body: { code, ...problems[code] }, cause: error })
  }
}

/** Shows what the move means, and asks. One that cannot be ends here, as the server would end it: nobody is asked for a yes that is refused. */
export async function confirmMove({ say, ask }: Context, plan: MovePlan, question: string): Promise<void> {
  const { possible, loses } = plan
  for (const line of planLines({ ...plan, loses: possible ? loses : [], problem: null })) say.note(line)
  if (!possible) throw impossible(plan)
  await ask.confirm(question)
}

/** The blockers stand in the plan above it, each with its command. */
function impossible({ problem }: MovePlan): Failure {
  if (!problem) return new Failure(problems.move_blocked.title, { code: 'move_blocked', next: nextLine(problems.move_blocked) })
  const known: ({ title: string } & NextStep) | undefined = problems[problem.code as keyof typeof problems]
  const title = known?.title ?? problem.detail
  return new Failure(title, { code: problem.code, why: problem.detail === title ? undefined : problem.detail, next: known && nextLine(known) })
}

/** Something is lost that does not come back: a place in a shared organization, or what one holds in one's own. A personal organization only sleeps. */
export const costs = ({ me }: Login, { loses }: MovePlan): boolean => !me.organization?.personal || loses.some(({ kind }) => kind !== 'organization')

/** A server from before remedies names one command. */
const commandsOf = ({ remedies, command }: MovePlan['blockers'][number]): string[] => remedies?.map(remedyCommand) ?? [command]

/** The plan, for a person: from where to where, what it changes, and what blocks it with the command that clears it. */
export function planLines({ from, to, loses, blockers, problem }: MovePlan): string[] {
  const lines = [`${from ? `${from.name} (${from.role})` : 'No organization'}  →  ${to ? `${to.name} (${to.role})` : 'an organization of your own'}`]
  if (loses.length > 0) lines.push('', 'Changes:', ...loses.map(({ detail }) => `  - ${detail}`))
  if (blockers.length > 0) {
    lines.push('', `Blocked by${blockers.length > 1 ? ` (${blockers.length})` : ''}:`)
    for (const blocker of blockers) lines.push(`  - ${blocker.detail}`, ...commandsOf(blocker).map((command) => `      →  ${command}`))
    const transfers = blockers.flatMap(({ transfer }) => transfer ?? [])
    if (transfers.length > 1) lines.push('', `To transfer all ${transfers.length} resources at once:`, `  ${transferAllCommand(transfers[0]?.to ?? null)}`)
  }
  if (problem) lines.push('', problem.detail)
  return [...lines, '']
}
