import { type Acr, acrOf, provesPresence, RECENT_SECONDS, type RecentAction, satisfiesAcr } from '@muster/contract/authentication.ts'
import type { LiveState } from '../model/live.ts'
import type { Principal } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import { type Authentication, authenticationsOf } from '../model/session.ts'
import type { Tx } from '../store.ts'
import { neededAcr, requiredAcr } from './factor-policy.ts'

// A session may be stolen, or its browser left alone. So a change that gives lasting access needs a session whose person has proved who they are a moment ago
// (F15): at sign-in, or by a confirmation. Keys cannot confirm anything, and are not asked.

type Factors = Pick<Tx, 'authenticators'>
type Asking = Pick<LiveState, 'now' | 'session' | 'organization'>

/** The weakest class of proof that counts for this person. */
export const neededFor = async (tx: Factors, { session, organization, now }: Asking): Promise<Acr> =>
  neededAcr(await tx.authenticators.held(session.userId), requiredAcr(organization, now))

/** The latest proof since this time that is strong enough for this person, or null. */
export async function authenticationSince(tx: Factors, asking: Asking, since: Date): Promise<Authentication | null> {
  const proofs = authenticationsOf(asking.session).filter(({ at, methods }) => at >= since && provesPresence(methods))
  if (proofs.length === 0) return null
  const needed = await neededFor(tx, asking)
  return proofs.findLast(({ methods }) => satisfiesAcr(acrOf(methods), needed)) ?? null
}

/** Whether the person has a password, and it is proof enough for them. */
export async function isPasswordEnough(tx: Factors & Pick<Tx, 'accounts'>, asking: Asking): Promise<boolean> {
  const [needed, account] = await Promise.all([neededFor(tx, asking), tx.accounts.find(asking.session.userId)])
  return account?.passwordHash != null && needed === acrOf(['pwd'])
}

/** The client of a compatibility folder cannot confirm, so its sessions always count. */
export async function isRecent(tx: Factors & Pick<Tx, 'clients'>, asking: Asking): Promise<boolean> {
  if (await authenticationSince(tx, asking, new Date(asking.now.getTime() - RECENT_SECONDS * 1_000))) return true
  const { clientId } = asking.session
  return clientId !== null && (await tx.clients.find(clientId))?.builtIn === true
}

/** For an account without a password: a session of the client of a compatibility folder does not count here. @throws Problem insufficient_user_authentication */
export async function requireOwnProof(tx: Factors & Pick<Tx, 'clients'>, asking: Asking, action: RecentAction): Promise<void> {
  await requireRecent(tx, { ...asking, session: { ...asking.session, clientId: null } }, action)
}

/**
 * Revoking the access of a third-party client ends its sessions. So it creates nothing that outlives them, such as a key, a factor or a membership, and changes
 * nothing about the account (P16). @throws Problem session_required
 */
export async function requireFirstParty({ clients }: Pick<Tx, 'clients'>, { session }: Pick<LiveState, 'session'>): Promise<void> {
  if (session.kind !== 'application' || session.clientId === null) return
  if ((await clients.find(session.clientId))?.firstParty === false)
    throw new Problem('session_required', 'An application that is not part of this platform cannot do this for you. Sign in and do it yourself.')
}

/** @throws Problem session_required, or insufficient_user_authentication with `max_age` in seconds, `acr_values` if a password is not enough (RFC 9470), and the action to confirm */
export async function requireRecent(tx: Factors & Pick<Tx, 'clients'>, asking: Asking, action: RecentAction): Promise<void> {
  await requireFirstParty(tx, asking)
  if (await isRecent(tx, asking)) return
  const needed = await neededFor(tx, asking)
  const stronger = needed === acrOf(['pwd']) ? {} : { acr_values: needed }
  throw new Problem('insufficient_user_authentication', undefined, { extensions: { max_age: RECENT_SECONDS, ...stronger, action } })
}

/** For a caller who has been checked, by session or by key. @returns the session, or null for another caller */
export async function requireRecentCaller(
  { tx, principal }: { tx: Factors & Pick<Tx, 'clients' | 'sessions'>; principal: Principal },
  action: RecentAction,
): Promise<LiveState | null> {
  if (principal.kind !== 'user') return null
  const live = await tx.sessions.liveState(principal.sessionId, null)
  if (!live) throw new Problem('token_revoked')
  await requireRecent(tx, live, action)
  return live
}
