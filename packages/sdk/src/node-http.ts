import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Claims, MemberClaims } from './claims.ts'
import { authenticate, type Requirements, refusalOf } from './http.ts'
import type { Verifier } from './verifier.ts'

export type ProtectedListener<Caller extends Claims = MemberClaims> = (
  request: IncomingMessage,
  response: ServerResponse,
  caller: Caller,
) => void | Promise<void>

/** `createServer(protect(verifier, (request, response, caller) => …))`. A listener that throws causes an unhandled rejection, as it would without `protect`. */
export function protect<Caller extends Claims>(verifier: Verifier<Caller>, listener: ProtectedListener<Caller>, requirements: Requirements = {}) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let caller: Caller
    try {
      caller = await authenticate(verifier, request.headers.authorization, requirements)
    } catch (error) {
      const refusal = refusalOf(error, verifier) ?? { status: 500, headers: {}, body: {} }
      response.writeHead(refusal.status, refusal.headers).end(JSON.stringify(refusal.body))
      return
    }
    await listener(request, response, caller)
  }
}
