import { transferAllCommand } from '@muster/contract/command-line.ts'
import { type NextStep, nextLine, problems } from '@muster/contract/problems.ts'
import { blockerCommands } from '@muster/contract/remedies.ts'
import type { Answer } from '../../api/calls.ts'
import type { MovePlan } from '../../api/types.ts'
import type { Context } from '../../context.ts'
import { Failure, ProblemError } from '../../errors.ts'
import type { Login } from '../../login/login.ts'
import { roleName } from '../../output/role.ts'

type Preview = Answer<'post', '/v1/invitations/preview'>

/** Reads an invitation or a secret without using it up. */
export const preview = ({ api }: Context, token: string): Promise<Preview> => api.POST('/v1/invitations/preview', { body: { token }, repeatable: true })

/**
 * The plan for accepting an invitation or, without one, for leaving (S24). It changes nothing. The server does not find an invitation for another
 * address by its id. After a preview the invitation is known to exist, so the error is then the one that accepting would get (S8).
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

/** Shows the plan and asks for confirmation. An impossible move fails here with the server's reason, so that nobody confirms a move that is refused. */
export async function confirmMove({ say, ask }: Context, plan: MovePlan, question: string): Promise<void> {
  const { possible, loses } = plan
  for (const line of planLines({ ...plan, loses: possible ? loses : [], problem: null })) say.note(line)
  if (!possible) throw impossible(plan)
  await ask.confirm(question)
}

/** The failure for an impossible move. The plan, printed above it, lists the blockers with their commands. */
function impossible({ problem }: MovePlan): Failure {
  if (!problem) return new Failure(problems.move_blocked.title, { code: 'move_blocked', next: nextLine(problems.move_blocked) })
  const known: ({ title: string } & NextStep) | undefined = problems[problem.code as keyof typeof problems]
  const title = known?.title ?? problem.detail
  return new Failure(title, { code: problem.code, why: problem.detail === title ? undefined : problem.detail, next: known && nextLine(known) })
}

/** Whether the move has permanent effects. It has none if the user only leaves their personal organization, which becomes dormant. */
export const costs = ({ me }: Login, { loses }: MovePlan): boolean => !me.organization?.personal || loses.some(({ kind }) => kind !== 'organization')

/** The plan as text: both organizations, the changes, and the blockers with the commands that resolve them. */
export function planLines({ from, to, loses, blockers, problem }: MovePlan): string[] {
  const lines = [`${from ? `${from.name} (${roleName(from)})` : 'No organization'}  →  ${to ? `${to.name} (${roleName(to)})` : 'an organization of your own'}`]
  if (loses.length > 0) lines.push('', 'Changes:', ...loses.map(({ detail }) => `  - ${detail}`))
  if (blockers.length > 0) {
    lines.push('', `Blocked by${blockers.length > 1 ? ` (${blockers.length})` : ''}:`)
    for (const blocker of blockers) lines.push(`  - ${blocker.detail}`, ...blockerCommands(blocker).map((command) => `      →  ${command}`))
    const transfers = blockers.flatMap(({ transfer }) => transfer ?? [])
    if (transfers.length > 1) lines.push('', `To transfer all ${transfers.length} resources at once:`, `  ${transferAllCommand(transfers[0]?.to ?? null)}`)
  }
  if (problem) lines.push('', problem.detail)
  return [...lines, '']
}
