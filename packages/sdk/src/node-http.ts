import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Claims } from './claims.ts'
import { authenticate, type Requirements, refusalOf } from './http.ts'
import type { Verifier } from './verifier.ts'

export type ProtectedListener = (request: IncomingMessage, response: ServerResponse, claims: Claims) => void | Promise<void>

/** `createServer(protect(verifier, (request, response, claims) => …))`. What the listener throws is an unhandled rejection, as without it. */
export function protect(verifier: Verifier, listener: ProtectedListener, requirements: Requirements = {}) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let claims: Claims
    try {
      claims = await authenticate(verifier, request.headers.authorization, requirements)
    } catch (error) {
      const refusal = refusalOf(error) ?? { status: 500, headers: {}, body: {} }
      response.writeHead(refusal.status, refusal.headers).end(JSON.stringify(refusal.body))
      return
    }
    await listener(request, response, claims)
  }
}
