import type { LiveState } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

// A session may be stolen, or its browser left alone. So a change that gives lasting access needs a session whose person has proved who they are a moment ago
// (F15): at sign-in, or by a confirmation.

type Proofs = Pick<Tx, 'sessions' | 'authenticators'>

export const RECENT_SECONDS = 600

/**
 * The session is read, because nearly no request needs to know when it was confirmed. For an account with an authenticator app, a password alone proves nothing,
 * nor does a proof from before the app was added.
 */
export async function isRecent({ sessions, authenticators }: Proofs, { now, session: { id, userId } }: Pick<LiveState, 'now' | 'session'>): Promise<boolean> {
  const [session, authenticator] = await Promise.all([sessions.find(id), authenticators.find(userId)])
  if (!session) return false
  const { authenticatedAt, confirmedAt, methods } = session
  const isFactor = (at: Date): boolean => authenticator === null || at >= authenticator.createdAt
  const proofs = [
    ...(authenticator === null || methods.some((method) => method !== 'pwd') ? [authenticatedAt] : []),
    ...(confirmedAt && isFactor(confirmedAt) ? [confirmedAt] : []),
  ]
  return proofs.some((at) => now.getTime() - at.getTime() <= RECENT_SECONDS * 1_000)
}

/** @throws Problem insufficient_user_authentication with `max_age` in seconds (RFC 9470) */
export async function requireRecent(tx: Proofs, live: Pick<LiveState, 'now' | 'session'>): Promise<void> {
  if (!(await isRecent(tx, live))) throw new Problem('insufficient_user_authentication', undefined, { extensions: { max_age: RECENT_SECONDS } })
}
