export type { Claims } from './claims.ts'
export { type RefusalCode, refusals, TokenRefused, VerifierUnavailable } from './errors.ts'
export { authenticate, type Refusal, type Requirements, refusalOf, requireMembership } from './http.ts'
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.ts'
