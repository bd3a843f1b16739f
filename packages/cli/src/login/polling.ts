import { isPersonBarred } from '@muster/contract/problems.ts'
/** The result of one poll of a device login (RFC 8628 section 3.5). */
export type PollAnswer =
  | { kind: 'pending' }
  | { kind: 'slow_down' }
  | { kind: 'unreachable'; retryAfterMs: number }
  | { kind: 'refused'; error: string; reason?: string | undefined }

export interface PollState {
  startedAt: number
  intervalMs: number
  /** Consecutive polls without a response. */
  missed: number
}

export type PollStep = { wait: number; state: PollState } | { end: 'denied' | 'expired' | 'used' | 'barred' | 'refused' }

// A sign-up in progress extends the lifetime of the code, so polling does not stop after `expires_in`. This is the server's maximum, plus a margin (S52).
export const longestLoginMs = 31 * 60_000
const longestWaitMs = 30_000

export const startPolling = (now: number, intervalSeconds: number): PollState => ({
  startedAt: now,
  intervalMs: Math.max(1, intervalSeconds) * 1000,
  missed: 0,
})

/** The step after a poll: either the milliseconds to wait before the next one, or the reason to stop. `now` is monotonic. */
export function afterPoll(state: PollState, answer: PollAnswer, now: number): PollStep {
  if (answer.kind === 'refused') return { end: endOf(answer) }
  const next = { ...state, missed: 0 }
  // RFC 8628 section 3.5: five more seconds for this and all later polls.
  if (answer.kind === 'slow_down') next.intervalMs += 5000
  let wait = next.intervalMs
  if (answer.kind === 'unreachable') {
    next.missed = state.missed + 1
    wait = Math.max(answer.retryAfterMs, Math.min(longestWaitMs, state.intervalMs * 2 ** (next.missed - 1)), state.intervalMs)
  }
  if (now + wait - state.startedAt > longestLoginMs) return { end: 'expired' }
  return { wait, state: next }
}

function endOf({ error, reason }: { error: string; reason?: string | undefined }): 'denied' | 'expired' | 'used' | 'barred' | 'refused' {
  if (isPersonBarred(reason)) return 'barred'
  if (error === 'access_denied') return 'denied'
  if (error === 'expired_token') return 'expired'
  if (error === 'invalid_grant') return 'used'
  return 'refused'
}
