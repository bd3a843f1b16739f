import type { MiddlewareHandler } from 'hono'
import type { Claims, MemberClaims } from './claims.ts'
import { authenticate, type Requirements, refusalOf } from './http.ts'
import type { Verifier } from './verifier.ts'

/** `new Hono<MusterEnv>()`: then `c.get('muster')` is the caller. `MusterEnv<Claims>` for a verifier with `clients: true`. */
export interface MusterEnv<Caller extends Claims = MemberClaims> {
  Variables: { muster: Caller }
}

/** `app.use(protect(verifier))`, or for some routes `app.use('/admin/*', protect(verifier, { role: 'admin' }))`. */
export function protect<Caller extends Claims>(verifier: Verifier<Caller>, requirements: Requirements = {}): MiddlewareHandler<MusterEnv<Caller>> {
  return async (c, next) => {
    try {
      c.set('muster', await authenticate(verifier, c.req.header('authorization'), requirements))
    } catch (error) {
      const refusal = refusalOf(error, verifier)
      if (!refusal) throw error
      return new Response(JSON.stringify(refusal.body), { status: refusal.status, headers: refusal.headers })
    }
    return next()
  }
}
