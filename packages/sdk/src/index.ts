export type { Claims, ClientClaims, MemberClaims } from './claims.ts'
export { type RefusalCode, refusals, TokenRefused, type UnavailableReason, VerifierUnavailable } from './errors.ts'
export { authenticate, type Refusal, type Requirements, refusalOf, requireCaller, requireMembership } from './http.ts'
export { createVerifier, type Verifier, type VerifierOptions } from './verifier.ts'
