import { expect, test } from 'vitest'
import { afterPoll, type PollAnswer, type PollState, startPolling } from '../src/login/polling.ts'

const minute = 60_000

/** Polls with these answers, each at the moment the last step asked for, and tells every step. */
function poll(answers: PollAnswer[], interval = 5): { waits: number[]; end: string | null } {
  let state: PollState = startPolling(0, interval)
  let now = state.intervalMs
  const waits: number[] = []
  for (const answer of answers) {
    const step = afterPoll(state, answer, now)
    if ('end' in step) return { waits, end: step.end }
    waits.push(step.wait)
    state = step.state
    now += step.wait
  }
  return { waits, end: null }
}

const pending: PollAnswer = { kind: 'pending' }
const refused = (error: string, reason?: string): PollAnswer => ({ kind: 'refused', error, reason })

test('polling keeps the interval of the server', () => {
  expect(poll([pending, pending], 7).waits).toEqual([7000, 7000])
})

test('slow_down adds five seconds permanently (RFC 8628 section 3.5)', () => {
  expect(poll([{ kind: 'slow_down' }, pending, { kind: 'slow_down' }, pending]).waits).toEqual([10_000, 10_000, 15_000, 15_000])
})

test.each([
  ['denied', refused('access_denied')],
  ['expired', refused('expired_token')],
  ['used', refused('invalid_grant')],
  ['barred', refused('access_denied', 'user_deactivated')],
  ['barred', refused('access_denied', 'account_suspended')],
  ['refused', refused('invalid_client')],
])('%s stops polling at once', (end, answer) => {
  expect(poll([pending, answer, pending])).toEqual({ waits: [5000], end })
})

test('polling continues past expires_in, because a sign-up extends the code', () => {
  const thirtyMinutes = Array<PollAnswer>((30 * minute) / 5000).fill(pending)
  expect(poll(thirtyMinutes).end).toBeNull()
})

test('polling stops after 31 minutes regardless of the responses', () => {
  expect(poll(Array<PollAnswer>((40 * minute) / 5000).fill(pending)).end).toBe('expired')
})

test('network errors are polled with backoff until the next response', () => {
  const unreachable: PollAnswer = { kind: 'unreachable', retryAfterMs: 0 }
  expect(poll([unreachable, unreachable, unreachable, unreachable, pending]).waits).toEqual([5000, 10_000, 20_000, 30_000, 5000])
})

test('Retry-After of an overloaded server is respected', () => {
  expect(poll([{ kind: 'unreachable', retryAfterMs: 45_000 }]).waits).toEqual([45_000])
})

test('a laptop that slept too long polls once more and learns the end from the server', () => {
  const state = startPolling(0, 5)
  expect(afterPoll(state, refused('expired_token'), 60 * minute)).toEqual({ end: 'expired' })
})
