import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Claims } from './claims.ts'
import { authenticate, type Requirements, refusalOf } from './http.ts'
import type { Verifier } from './verifier.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks, on routes that are protected. */
    muster: Claims
  }
}

/** `app.addHook('onRequest', protect(verifier))`, or for one route `{ onRequest: protect(verifier, { role: 'admin' }) }`. */
export function protect(verifier: Verifier, requirements: Requirements = {}) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    try {
      request.muster = await authenticate(verifier, request.headers.authorization, requirements)
      return undefined
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      if (refusal.status >= 500) request.log.error({ err: error }, 'whether a credential is good could not be found out')
      return reply.code(refusal.status).headers(refusal.headers).serializer(JSON.stringify).send(refusal.body)
    }
  }
}
