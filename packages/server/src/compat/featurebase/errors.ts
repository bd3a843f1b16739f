import { nextStepOf, problems } from '@muster/contract/problems.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { beginRefusal, sendJson } from '../../http/problem.ts'

/** Scripts read `message`. The other members are for debugging. */
export function sendError(request: FastifyRequest, reply: FastifyReply, error: Error): FastifyReply {
  const problem = beginRefusal(request, reply, error)
  const { title } = problems[problem.code]
  const { next, command } = nextStepOf(problem.code)
  // A step that takes a `muster` command does not help a script.
  const step = command === undefined ? ` ${next}` : ''
  return sendJson(reply, { message: `${problem.detail ?? title}${step}`, code: problem.code, request_id: request.id, ...problem.extensions })
}
