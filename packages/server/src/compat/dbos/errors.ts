import { nextStepOf, type ProblemCode, problems } from '@muster/contract/problems.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Problem } from '../../domain/model/problem.ts'
import { beginRefusal, sendJson } from '../../http/problem.ts'

/** `dbos-cloud` recognizes an unregistered user by this text, and registers them. */
const NOT_REGISTERED = 'user not found in DBOS Cloud'

/** The next step as a `dbos-cloud` command. */
const nextSteps: Partial<Record<ProblemCode, string>> = {
  user_not_registered: 'Register: dbos-cloud register -u NAME',
  token_expired: 'Log in again: dbos-cloud login',
  token_revoked: 'Log in again: dbos-cloud login',
  invalid_token: 'Log in again: dbos-cloud login',
  authentication_required: 'Log in: dbos-cloud login',
  membership_left: 'Log in again: dbos-cloud login',
  already_registered: 'To join an organization: dbos-cloud org join ORG SECRET',
  member_not_found: 'List the members: dbos-cloud org list',
  organization_not_found: 'See your organization: dbos-cloud profile --json',
  already_member: '',
}

/** Several sentences without a final full stop, because `dbos-cloud` adds one. */
export function messageOf({ code, detail, extensions }: Pick<Problem, 'code' | 'detail' | 'extensions'>): string {
  const { title } = problems[code]
  const blockers = ((extensions?.blockers ?? []) as { detail: string }[]).map((blocker) => blocker.detail)
  const reason = code === 'user_not_registered' ? NOT_REGISTERED : (detail ?? title)
  const step = nextSteps[code] ?? ownStep(code)
  return [reason, ...blockers, step]
    .map((sentence) => sentence.trim().replace(/\.$/, ''))
    .filter((sentence) => sentence !== '')
    .join('. ')
}

/** A step that takes a `muster` command does not help a user of `dbos-cloud`. */
function ownStep(code: ProblemCode): string {
  const { next, command } = nextStepOf(code)
  return command === undefined ? next : ''
}

/** Exactly the form that `dbos-cloud` expects. It prints anything else as "Request failed with status code …". */
export function sendCloudError(request: FastifyRequest, reply: FastifyReply, error: Error): FastifyReply {
  const problem = beginRefusal(request, reply, error)
  return sendJson(reply, { message: messageOf(problem), statusCode: problem.status, requestID: request.id, code: problem.code })
}
