import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Claims, MemberClaims } from './claims.ts'
import { authenticate, type Requirements, refusalOf, requireCaller } from './http.ts'
import type { Verifier } from './verifier.ts'

declare global {
  namespace Express {
    interface Request {
      /** The caller. Absent on routes without `protect`; on protected ones, `callerOf(request)` is never null. */
      muster?: Claims
    }
  }
}

/** `app.use(protect(verifier))`, or for one route `app.get('/admin', protect(verifier, { role: 'admin' }), …)`. Express 4 and 5. */
export function protect(verifier: Verifier<Claims>, requirements: Requirements = {}) {
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    authenticate(verifier, request.headers.authorization, requirements).then(
      (claims) => {
        ;(request as IncomingMessage & { muster?: Claims }).muster = claims
        next()
      },
      (error: unknown) => {
        const refusal = refusalOf(error, verifier)
        if (refusal) response.writeHead(refusal.status, refusal.headers).end(JSON.stringify(refusal.body))
        else next(error)
      },
    )
  }
}

/** The member who calls a protected route. @throws Error when the route is not protected */
export const callerOf = (request: IncomingMessage): MemberClaims => requireCaller((request as IncomingMessage & { muster?: Claims }).muster)
