import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Claims, MemberClaims } from './claims.ts'
import { authenticate, type Requirements, refusalOf, requireCaller } from './http.ts'
import type { Verifier } from './verifier.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The caller. Absent on routes without `protect`; on protected ones, `callerOf(request)` is never null. */
    muster?: Claims
  }
}

/** `app.addHook('onRequest', protect(verifier))`, or for one route `{ onRequest: protect(verifier, { role: 'admin' }) }`. */
export function protect(verifier: Verifier<Claims>, requirements: Requirements = {}) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    try {
      request.muster = await authenticate(verifier, request.headers.authorization, requirements)
      return undefined
    } catch (error) {
      const refusal = refusalOf(error, verifier)
      if (!refusal) throw error
      if (refusal.status >= 500) request.log.error({ err: error }, 'a credential could not be checked')
      return reply.code(refusal.status).headers(refusal.headers).serializer(JSON.stringify).send(refusal.body)
    }
  }
}

/** The member who calls a protected route. @throws Error when the route is not protected */
export const callerOf = (request: FastifyRequest): MemberClaims => requireCaller(request.muster)
