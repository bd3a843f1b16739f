import type { MiddlewareHandler } from 'hono'
import type { Claims } from './claims.ts'
import { authenticate, type Requirements, refusalOf } from './http.ts'
import type { Verifier } from './verifier.ts'

/** `new Hono<MusterEnv>()`: then `c.get('muster')` says who asks. */
export interface MusterEnv {
  Variables: { muster: Claims }
}

/** `app.use(protect(verifier))`, or for some routes `app.use('/admin/*', protect(verifier, { role: 'admin' }))`. */
export function protect(verifier: Verifier, requirements: Requirements = {}): MiddlewareHandler<MusterEnv> {
  return async (c, next) => {
    try {
      c.set('muster', await authenticate(verifier, c.req.header('authorization'), requirements))
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return new Response(JSON.stringify(refusal.body), { status: refusal.status, headers: refusal.headers })
    }
    return next()
  }
}
