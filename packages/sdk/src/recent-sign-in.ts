import { provesPresence, RECENT_SECONDS, satisfiesAcr } from '@muster/contract/authentication.ts'
import type { TokenClaims } from './claims.ts'
import { type Clock, systemClock } from './clock.ts'
import { TokenRefused } from './errors.ts'

export interface RecentSignIn {
  /** The oldest proof that counts, in seconds: 600 by default, as in Muster itself. */
  maxAge?: number | undefined
  /** True to accept only a passkey. */
  phishingResistant?: boolean | undefined
  /** True to also accept API keys, which nobody can confirm. */
  keys?: boolean | undefined
  /** The wall clock; the process's own by default. Tests replace it. */
  clock?: Pick<Clock, 'wall'> | undefined
}

/**
 * Refuses a caller whose person has not proved who they are for a while: at sign-in, or by a confirmation, which `muster confirm` and the browser offer. For changes
 * that a stolen token must not be enough for.
 * @throws TokenRefused `insufficient_user_authentication` with `max_age` in seconds and `acr_values` (RFC 9470); `forbidden` for an API key or a client
 */
export function requireRecentSignIn(
  caller: Pick<TokenClaims, 'sessionId' | 'keyId' | 'authenticatedAt' | 'acr' | 'amr'>,
  { maxAge = RECENT_SECONDS, phishingResistant = false, keys = false, clock = systemClock }: RecentSignIn = {},
): void {
  if (!Number.isFinite(maxAge) || maxAge < 1) throw new RangeError('maxAge: seconds, at least 1.')
  if (caller.keyId !== null && keys) return
  if (caller.sessionId === null) throw new TokenRefused('forbidden', 'This requires a person who is logged in. A key is not enough.')
  const age = caller.authenticatedAt === null ? Number.POSITIVE_INFINITY : clock.wall() / 1_000 - caller.authenticatedAt
  if (age <= maxAge && provesPresence(caller.amr) && (!phishingResistant || satisfiesAcr(caller.acr, 'phr'))) return
  const detail = phishingResistant ? 'This requires a recent confirmation with a passkey.' : undefined
  throw new TokenRefused('insufficient_user_authentication', detail, { max_age: maxAge, ...(phishingResistant && { acr_values: 'phr' }) })
}
