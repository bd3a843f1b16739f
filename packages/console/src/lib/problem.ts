import type { ProblemCode } from '@muster/contract/problems.ts'
import { ApiProblem, NoAnswer } from './api.ts'
import { clockTime, timeLeft } from './time.ts'

/** The text of a problem: what happened, why, what to do, and the request id for support. */
export interface ProblemText {
  title: string
  detail?: string | undefined
  next: string
  /** The page of the console for the next step. */
  to?: '/users' | '/settings' | '/resources'
  requestId?: string | undefined
  /** Whether a retry may help. */
  again: boolean
}

/** Next steps that have a page in the console, or the console's own wording. */
const nextSteps: Partial<Record<ProblemCode, Pick<ProblemText, 'next' | 'to'>>> = {
  authentication_required: { next: 'Sign in again.' },
  invalid_token: { next: 'Sign in again.' },
  token_expired: { next: 'Sign in again.' },
  token_revoked: { next: 'Sign in again.' },
  membership_left: { next: 'Sign in again.' },
  cross_site_request: { next: 'Reload the page and try again.' },
  plan_required: { next: 'Ask the operator of this cloud for a larger plan.' },
  seat_limit: { next: 'Deactivate a member, or ask the operator of this cloud for a larger plan.' },
  last_admin: { next: 'Make another active member an admin first.', to: '/users' },
  role_not_found: { next: 'Someone may have removed it. Check the list of roles.' },
  role_limit: { next: 'Remove a role that nobody has.' },
  role_outdated: { next: 'Someone else changed it meanwhile. Compare, then save again.' },
  self_action: { next: 'Ask another admin to do this. To leave the organization yourself, use its settings.', to: '/settings' },
  membership_ended: { next: 'They have left the organization. Invite them again.' },
  member_not_found: { next: 'Check the list of users.', to: '/users' },
  member_deactivated: { next: 'Reactivate them in the list of users.', to: '/users' },
  already_accepted: { next: 'They are already a member. You can remove them in the list of users.', to: '/users' },
  invitation_not_found: { next: 'Check the list of invitations.' },
  organization_renamed: { next: 'Reload the page to continue under the new name.' },
  organization_name_changed: { next: 'Someone else renamed the organization. Check its name and try again.' },
  resource_not_found: { next: 'Check the list of resources.' },
  key_not_found: { next: 'Check the list of keys.' },
  application_not_found: { next: 'Check the list of applications.' },
  service_account_not_found: { next: 'Check the list of service accounts.' },
  session_required: { next: 'Sign in again.' },
  factor_missing: { next: 'Add a passkey or an authenticator app on your page Security.' },
  insufficient_user_authentication: { next: 'Try again, and confirm that it is you.' },
}

/** The object of a dialog is gone or was changed by someone else, so the dialog cannot continue. */
const goneCodes = [
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
  'application_not_found',
  'session_not_found',
  'refresh_token_not_found',
] as const satisfies ProblemCode[]

/** Someone else made a change while this page was open, so the page is out of date. */
const conflictCodes = new Set<ProblemCode>([
  ...goneCodes,
  'organization_renamed',
  'organization_name_changed',
  'last_admin',
  'role_not_found',
  'role_in_use',
  'role_outdated',
  'permission_unknown',
  'owner_not_active',
])

/** The session has ended. The console shows this in one place, and the user signs in again. */
const sessionEndCodes = new Set<ProblemCode>(['authentication_required', 'invalid_token', 'token_expired', 'token_revoked', 'membership_left'])

export const endsSession = (error: unknown): boolean => error instanceof ApiProblem && sessionEndCodes.has(error.code)

export const isConflict = (error: unknown): boolean => error instanceof ApiProblem && conflictCodes.has(error.code)

/** After such a problem a dialog shows what happened and a close button, in place of its question. */
export const endsDialog = (error: unknown): boolean => error instanceof ApiProblem && (goneCodes as readonly ProblemCode[]).includes(error.code)

/** Names the time to try again, because the server's text refers to a header. */
const describeWait = (until: Date | null): Pick<ProblemText, 'next'> => {
  const left = until && timeLeft(until, new Date())
  return { next: left ? `Try again in ${left}, at ${clockTime(until)}.` : 'Try again in a moment.' }
}

const describeNoAnswer = ({ offline }: NoAnswer, online: boolean): Pick<ProblemText, 'title' | 'next'> => {
  if (!online) return { title: 'You are offline.', next: 'Nothing was lost. Try again when the connection is back.' }
  if (offline) return { title: 'You were offline.', next: 'The connection is back. Try again.' }
  return { title: 'The server did not answer.', next: 'Nothing was lost. Try again in a moment.' }
}

/** The text of any error. `online` is whether the browser has a connection now. */
export function describeProblem(error: unknown, online: boolean = navigator.onLine): ProblemText {
  if (error instanceof NoAnswer) return { ...describeNoAnswer(error, online), again: true }
  if (error instanceof ApiProblem) {
    const { title, detail, next, request_id: requestId, code, status } = error.body
    const wait = code === 'too_many_attempts' ? describeWait(error.notBefore) : undefined
    return { title, detail, next, ...nextSteps[code], ...wait, requestId, again: status >= 500 || status === 429 }
  }
  return {
    title: 'Something went wrong on this page.',
    detail: error instanceof Error ? error.message : undefined,
    next: 'Reload the page.',
    again: true,
  }
}
