import type { ProblemCode } from '@muster/contract/problems.ts'
import { ApiProblem, NoAnswer } from './api.ts'
import { ownCommands } from './own-commands.ts'
import { clockTime, timeLeft } from './time.ts'

/** What a person is told: what happened, why, what to do, and the id to pass on. */
export interface Told {
  title: string
  detail?: string | undefined
  next: string
  /** A page of the console where the next step is taken. */
  to?: '/users' | '/settings' | '/resources'
  requestId?: string | undefined
  /** Trying the same again may help. */
  again: boolean
}

/** The one next step where the console has another than the command line. */
const steps: Partial<Record<ProblemCode, Pick<Told, 'next' | 'to'>>> = {
  authentication_required: { next: 'Sign in again.' },
  invalid_token: { next: 'Sign in again.' },
  token_expired: { next: 'Sign in again.' },
  token_revoked: { next: 'Sign in again.' },
  membership_left: { next: 'Sign in again.' },
  cross_site_request: { next: 'Reload the page and try again.' },
  plan_required: { next: 'Ask the operator of this cloud for a larger plan.' },
  seat_limit: { next: 'Deactivate a member, or ask the operator of this cloud for a larger plan.' },
  last_admin: { next: 'Make another active member an admin first.', to: '/users' },
  self_action: { next: 'Ask another admin to do this. To leave the organization yourself, use its settings.', to: '/settings' },
  membership_ended: { next: 'They have left the organization. Invite them again.' },
  member_not_found: { next: 'Check the list of users.', to: '/users' },
  member_deactivated: { next: 'Reactivate them in the list of users.', to: '/users' },
  already_accepted: { next: 'They are already a member. You can remove them in the list of users.', to: '/users' },
  invitation_not_found: { next: 'Check the list of invitations.' },
  organization_renamed: { next: 'Reload the page to continue under the new name.' },
  organization_name_changed: { next: 'Someone else renamed the organization. Check its name and try again.' },
  move_blocked: { next: 'Resolve the listed blockers first.' },
  resource_not_found: { next: 'Check the list of resources.' },
  key_not_found: { next: 'Check the list of keys.' },
  service_account_not_found: { next: 'Check the list of service accounts.' },
  session_required: { next: 'Sign in again.' },
}

/** The thing a dialog asks about is gone, or was decided by somebody else: the question cannot be answered any more. */
const gone = [
  'membership_ended',
  'member_not_found',
  'already_accepted',
  'invitation_not_found',
  'invitation_used',
  'invitation_expired',
  'invitation_revoked',
  'invitation_declined',
  'resource_not_found',
  'key_not_found',
  'service_account_not_found',
  'session_not_found',
  'refresh_token_not_found',
] as const satisfies ProblemCode[]

/** What somebody else did while this page was open: what is shown is out of date. */
const overtaken = new Set<ProblemCode>([...gone, 'organization_renamed', 'organization_name_changed', 'last_admin', 'owner_not_active'])

/** The session is over: the console says so in one place, and the person signs in again. */
const sessionEnds = new Set<ProblemCode>(['authentication_required', 'invalid_token', 'token_expired', 'token_revoked', 'membership_left'])

export const endsSession = (error: unknown): boolean => error instanceof ApiProblem && sessionEnds.has(error.code)

export const wasOvertaken = (error: unknown): boolean => error instanceof ApiProblem && overtaken.has(error.code)

/** After such an answer a dialog says what happened and offers to close, instead of its question and its button. */
export const endsDialog = (error: unknown): boolean => error instanceof ApiProblem && (gone as readonly ProblemCode[]).includes(error.code)

/** A person is told a time, not the name of a header. */
const waitFor = (until: Date | null): Pick<Told, 'next'> => {
  const left = until && timeLeft(until, new Date())
  return { next: left ? `Try again in ${left}, at ${clockTime(until)}.` : 'Try again in a moment.' }
}

const unanswered = ({ offline }: NoAnswer, online: boolean): Pick<Told, 'title' | 'next'> => {
  if (!online) return { title: 'You are offline.', next: 'Nothing was lost. Try again when the connection is back.' }
  if (offline) return { title: 'You were offline.', next: 'The connection is back. Try again.' }
  return { title: 'The server did not answer.', next: 'Nothing was lost. Try again in a moment.' }
}

/** A problem as sentences, for whoever has a connection now or has none. */
export function tell(error: unknown, online: boolean = navigator.onLine): Told {
  if (error instanceof NoAnswer) return { ...unanswered(error, online), again: true }
  if (error instanceof ApiProblem) {
    const { title, detail, next, request_id: requestId, code, status } = error.body
    const wait = code === 'too_many_attempts' ? waitFor(error.notBefore) : undefined
    return { title, detail, next: ownCommands(next), ...steps[code], ...wait, requestId, again: status >= 500 || status === 429 }
  }
  return {
    title: 'Something went wrong on this page.',
    detail: error instanceof Error ? error.message : undefined,
    next: 'Reload the page.',
    again: true,
  }
}

/** In one line, for where there is no room for more. */
export const tellShortly = (error: unknown): string => {
  const { title, detail } = tell(error)
  return detail ?? title
}
