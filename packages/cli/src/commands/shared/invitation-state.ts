import type { Context } from '../../context.ts'
import { type Cell, facts } from '../../output/table.ts'

interface Listed {
  id: string
  state: string
  /** Why it does not count now. Undefined: a server of an earlier version. */
  invalid_reason?: string | null
}

/** An open invitation that does not count now stays `open` for scripts (P8). */
export const invitationState = ({ state, invalid_reason: reason }: Listed): Cell => facts(reason ? 'not valid' : state, state)

/** Below a list of invitations. */
export function sayInvalid({ say }: Context, items: readonly Listed[]): void {
  if (say.json) return
  for (const { id, invalid_reason: reason } of items) if (reason) say.hint(`Not valid now: ${id}. ${reason}`)
}
