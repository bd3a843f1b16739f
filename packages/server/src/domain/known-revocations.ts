import type { Role } from '@muster/contract/permissions.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { VerifiedToken } from './access-token.ts'
import type { RevocationKind } from './revocation.ts'

/** What a process knows to have ended, in memory. */
export interface KnownRevocations {
  /** Of one subject the revocation that says most. */
  strongest(kind: RevocationKind, subject: string): { value: Record<string, unknown> } | undefined
}

/**
 * Why a genuine token is refused by what is known, or null: the order of S36 without asking the database. For whoever lives by a lease; Muster's own API
 * asks the database instead.
 */
export function refusalByRevocations(known: KnownRevocations, token: VerifiedToken): ProblemCode | null {
  if (known.strongest('signing_key', token.kid)) return 'invalid_token'
  if (known.strongest('token', token.jti) || (token.sid !== null && known.strongest('session', token.sid))) return 'token_revoked'
  if (isClientRevoked(known, token)) return 'token_revoked'
  const user = known.strongest('user', token.sub)?.value
  const belowEpoch = Number(user?.belowEpoch ?? 0)
  const dead = token.epoch < belowEpoch
  // Reactivation makes nothing alive again (S33), but the reason is another one then.
  const reactivated = Number(known.strongest('enabled', token.sub)?.value.epoch ?? -1) >= belowEpoch
  if (dead && user?.reason === 'user_deactivated' && !reactivated) return 'user_deactivated'
  if (token.organizationId !== null && known.strongest('organization', token.organizationId)?.value.suspended === true) return 'organization_suspended'
  if (dead) return user?.reason === 'membership_left' && token.organizationId !== null ? 'membership_left' : 'token_revoked'
  return null
}

/** The client of this token was removed after the token was issued. */
export const isClientRevoked = (known: KnownRevocations, { clientId, issuedAt }: Pick<VerifiedToken, 'clientId' | 'issuedAt'>): boolean =>
  issuedAt <= Number(known.strongest('client', clientId)?.value.until ?? -1)

/** The role that counts now: a change of it counts at once, though the token says another (S32). */
export function roleByRevocations(known: KnownRevocations, token: VerifiedToken): Role | null {
  const change = known.strongest('role', token.sub)?.value
  return change && change.epoch === token.epoch && token.role !== null ? (change.role as Role) : token.role
}
