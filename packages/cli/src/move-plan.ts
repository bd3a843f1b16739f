import type { Login } from './access.ts'
import type { MovePlan, Preview } from './api-types.ts'
import type { Context } from './context.ts'
import { queryOf } from './organization.ts'

/** What accepting an invitation would mean; without one, what leaving would (S24). Nothing changes by asking. */
export const planFor = (login: Login, preview: Pick<Preview, 'id'> | null): Promise<MovePlan> =>
  login.request('GET', `/v1/me/move${queryOf({ invitation: preview?.id })}`)

/** The plan, for a person: from where to where, what it costs, and what is in the way with the command that clears it. */
export function sayPlan({ say }: Context, plan: MovePlan): void {
  for (const line of planLines(plan)) say.note(line)
}

export function planLines({ from, to, loses, blockers, problem }: MovePlan): string[] {
  const lines = [`${from ? `${from.name} (${from.role})` : 'No organization'}  →  ${to ? `${to.name} (${to.role})` : 'an organization of your own'}`]
  if (loses.length > 0) lines.push('', 'What that means:', ...loses.map(({ detail }) => `  - ${detail}`))
  if (blockers.length > 0) {
    lines.push('', `In the way${blockers.length > 1 ? ` (${blockers.length})` : ''}:`)
    for (const { detail, command } of blockers) lines.push(`  - ${detail}`, ...(command ? [`      →  ${command}`] : []))
  }
  if (problem) lines.push('', problem.detail)
  return [...lines, '']
}
