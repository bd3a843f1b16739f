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

test('the interval of the server is kept', () => {
  expect(poll([pending, pending], 7).waits).toEqual([7000, 7000])
})

test('slow_down adds five seconds, for good (RFC 8628 section 3.5)', () => {
  expect(poll([{ kind: 'slow_down' }, pending, { kind: 'slow_down' }, pending]).waits).toEqual([10_000, 10_000, 15_000, 15_000])
})

test.each([
  ['denied', refused('access_denied')],
  ['expired', refused('expired_token')],
  ['used', refused('invalid_grant')],
  ['deactivated', refused('access_denied', 'user_deactivated')],
  ['refused', refused('invalid_client')],
])('%s ends the wait at once', (end, answer) => {
  expect(poll([pending, answer, pending])).toEqual({ waits: [5000], end })
})

test('the wait goes on past expires_in until the server tells, since a sign-up may hold the end back', () => {
  const thirtyMinutes = Array<PollAnswer>((30 * minute) / 5000).fill(pending)
  expect(poll(thirtyMinutes).end).toBeNull()
})

test('after 31 minutes it ends, whatever the server says', () => {
  expect(poll(Array<PollAnswer>((40 * minute) / 5000).fill(pending)).end).toBe('expired')
})

test('a network that fails is asked less and less often, and as before once it answers', () => {
  const unreachable: PollAnswer = { kind: 'unreachable', retryAfterMs: 0 }
  expect(poll([unreachable, unreachable, unreachable, unreachable, pending]).waits).toEqual([5000, 10_000, 20_000, 30_000, 5000])
})

test('a server that is overloaded is given the time it asks for', () => {
  expect(poll([{ kind: 'unreachable', retryAfterMs: 45_000 }]).waits).toEqual([45_000])
})

test('a laptop that slept past the end hears it from the server, not from its clock', () => {
  const state = startPolling(0, 5)
  expect(afterPoll(state, refused('expired_token'), 60 * minute)).toEqual({ end: 'expired' })
})
