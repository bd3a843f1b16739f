import { problems } from '@muster/contract/problems.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { asProblem, challengeOf } from '../../http/problem.ts'

/** Scripts read `message`. The other members are for debugging. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: Error): FastifyReply {
  const problem = asProblem(error)
  if (problem.status >= 500) request.log.error({ err: problem.cause ?? problem }, problem.code)
  const { retry_after: retryAfter } = problem.extensions
  if (typeof retryAfter === 'number') reply.header('retry-after', retryAfter)
  const challenge = challengeOf(problem)
  if (challenge !== null) reply.header('www-authenticate', challenge)
  const { title, next } = problems[problem.code]
  // The detail already names the contact. A `muster` command does not help a script.
  const step = problem.code === 'user_deactivated' || next.includes('muster ') ? '' : ` ${next}`
  return reply
    .code(problem.status)
    .header('content-type', 'application/json; charset=utf-8')
    .header('cache-control', 'no-store')
    .serializer(JSON.stringify)
    .send({ message: `${problem.detail ?? title}${step}`, code: problem.code, request_id: request.id, ...problem.extensions })
}
