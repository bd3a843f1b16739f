import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Claims } from './claims.ts'
import { authenticate, type Requirements, refusalOf } from './http.ts'
import type { Verifier } from './verifier.ts'

declare global {
  namespace Express {
    interface Request {
      /** Who asks, on routes that are protected. */
      muster: Claims
    }
  }
}

/** `app.use(protect(verifier))`, or for one route `app.get('/admin', protect(verifier, { role: 'admin' }), …)`. Express 4 and 5. */
export function protect(verifier: Verifier, requirements: Requirements = {}) {
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    authenticate(verifier, request.headers.authorization, requirements).then(
      (claims) => {
        ;(request as IncomingMessage & { muster: Claims }).muster = claims
        next()
      },
      (error: unknown) => {
        const refusal = refusalOf(error)
        if (refusal) response.writeHead(refusal.status, refusal.headers).end(JSON.stringify(refusal.body))
        else next(error)
      },
    )
  }
}
