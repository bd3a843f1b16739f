import type { LiveState } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

// A session may be stolen, or its browser left alone. So a change that gives lasting access needs a session whose person has proved who they are a moment ago
// (F15): at sign-in, or by a confirmation.

export const RECENT_SECONDS = 600

/** The session is read, because nearly no request needs to know when it was confirmed. */
export async function isRecent(
  { sessions }: Pick<Tx, 'sessions'>,
  { now, session: { id, authenticatedAt } }: Pick<LiveState, 'now' | 'session'>,
): Promise<boolean> {
  const confirmedAt = (await sessions.find(id))?.confirmedAt ?? authenticatedAt
  const provedAt = Math.max(authenticatedAt.getTime(), confirmedAt.getTime())
  return now.getTime() - provedAt <= RECENT_SECONDS * 1_000
}

/** @throws Problem insufficient_user_authentication with `max_age` in seconds (RFC 9470) */
export async function requireRecent(tx: Pick<Tx, 'sessions'>, live: Pick<LiveState, 'now' | 'session'>): Promise<void> {
  if (!(await isRecent(tx, live))) throw new Problem('insufficient_user_authentication', undefined, { extensions: { max_age: RECENT_SECONDS } })
}
