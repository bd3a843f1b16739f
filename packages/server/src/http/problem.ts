import { nextStepOf, type ProblemBody, type ProblemCode, problems } from '@muster/contract/problems.ts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { Problem } from '../domain/model/problem.ts'

/** Converts an error to a Problem. Framework errors are translated. Any unexpected error is a 500, whose cause appears only in the log. */
export function asProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      field: instancePath.replace(/^\//, '').replaceAll('/', '.') || error.validationContext,
      message,
    }))
    return new Problem('invalid_request', errors.map(({ field, message }) => `${field}: ${message}`).join('; '), { extensions: { errors } })
  }
  const { code, statusCode } = error as FastifyError
  const translated = framework[code ?? '']
  if (translated) return new Problem(translated)
  if (statusCode === 400) return new Problem('malformed_body')
  if (unstorable.has((error as { code?: string }).code ?? ''))
    return new Problem('invalid_request', 'A value contains a character or a date that cannot be stored.')
  if (isDatabaseBusy(error)) return new Problem('unavailable', undefined, { extensions: { retry_after: 2 }, cause: error })
  return new Problem('internal_error', undefined, { cause: error })
}

const framework: Record<string, ProblemCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed_body',
  FST_ERR_CTP_INVALID_JSON_BODY: 'malformed_body',
}

/** A NUL character, or a date out of range. PostgreSQL cannot store either, so the request is invalid. */
const unstorable: ReadonlySet<string> = new Set(['22021', '22P05', '22007', '22008'])

const unreachable: ReadonlySet<string> = new Set('ECONNREFUSED ECONNRESET ECONNABORTED EPIPE ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH'.split(' '))

/**
 * True for a lost connection, a server that starts or shuts down, an exhausted pool, and a lock timeout or a deadlock, such as during a migration. These errors are temporary,
 * so the caller may retry.
 */
function isDatabaseBusy(error: Error): boolean {
  const { code = '' } = error as { code?: string }
  return (
    /^(08|57P0|53|55P03|57014|40001|40P01)/.test(code) ||
    unreachable.has(code) ||
    // Errors of `pg` and `pg-pool` that have no code. A rollback on a lost connection hides the original error.
    /timeout exceeded when trying to connect|Connection terminated|is not queryable|Cannot use a pool after calling end/.test(error.message)
  )
}

/** The body of a response that is not 2xx (RFC 9457). */
export function problemBody(problem: Problem, requestId: string): ProblemBody {
  const { title, status } = problems[problem.code]
  return {
    type: `urn:muster:problem:${problem.code}`,
    title,
    status,
    code: problem.code,
    ...(problem.detail !== undefined && { detail: problem.detail }),
    ...nextStepOf(problem.code),
    ...problem.extensions,
    request_id: requestId,
  }
}

/** The `WWW-Authenticate` header, or null if the credential is not the reason (RFC 6750 section 3). */
export function challengeOf({ code, status, extensions }: Problem): string | null {
  // Section 3.1: no error code if the request has no credential.
  if (code === 'authentication_required') return 'Bearer'
  if (code === 'insufficient_scope')
    return `Bearer error="insufficient_scope"${typeof extensions['scope'] === 'string' ? `, scope="${extensions['scope']}"` : ''}`
  if (code === 'insufficient_user_authentication') return recentChallenge(extensions)
  return status === 401 ? `Bearer error="invalid_token", error_description="${problems[code].title}"` : null
}

/** RFC 9470 section 3. */
const recentChallenge = ({ max_age: age, acr_values: acr }: Problem['extensions']): string =>
  `Bearer error="insufficient_user_authentication", error_description="${problems.insufficient_user_authentication.title}"${typeof acr === 'string' ? `, acr_values="${acr}"` : ''}${typeof age === 'number' ? `, max_age="${age}"` : ''}`

/**
 * Starts every error response: logs the problem and sets the status, the challenge and Retry-After. The body is left to the caller, because OAuth clients, clients
 * of other account systems and people need different formats. Pages send no challenge, or the browser would ask for a password.
 */
export function beginRefusal(request: FastifyRequest, reply: FastifyReply, error: FastifyError | Error, { challenge = true } = {}): Problem {
  const problem = asProblem(error)
  request.refusal = problem.code
  if (problem.code === 'overloaded') request.log.warn('a password was not checked: too many wait')
  else if (problem.status >= 500) request.log.error({ err: problem.cause ?? problem }, problem.code)
  else request.log.debug({ code: problem.code }, 'refused')
  const challenged = challenge ? challengeOf(problem) : null
  if (challenged !== null) reply.header('www-authenticate', challenged)
  const { retry_after: retryAfter } = problem.extensions
  if (typeof retryAfter === 'number') reply.header('retry-after', retryAfter)
  reply.code(problem.status).header('cache-control', 'no-store')
  return problem
}

/** Sends a body without filtering it by a response schema. */
export const sendJson = (reply: FastifyReply, body: Record<string, unknown>, contentType = 'application/json'): FastifyReply =>
  reply.header('content-type', `${contentType}; charset=utf-8`).serializer(JSON.stringify).send(body)

export function sendProblem(request: FastifyRequest, reply: FastifyReply, error: FastifyError | Error): FastifyReply {
  const problem = beginRefusal(request, reply, error)
  return sendJson(reply, { ...problemBody(problem, request.id) }, 'application/problem+json')
}
