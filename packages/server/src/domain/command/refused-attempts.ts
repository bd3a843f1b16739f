import type { Attempt } from '@muster/contract/events.ts'
import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import { networkOf } from '../model/network.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Store } from '../store.ts'
import type { Limits } from './limits.ts'
import { record } from './record.ts'

/** What was under way when it was refused. */
export interface Attempted {
  attempted: Attempt
  organizationId: OrganizationId
  /** An id, of what it was about. */
  target: string
  /** The member it was about, by id or username: in the record by the id. */
  member: string
}

/** Refusals worth remembering: somebody who is known tried what they may not (S57). */
const ofConsequence: ReadonlySet<ProblemCode> = new Set([
  'forbidden',
  'self_action',
  'last_admin',
  'user_deactivated',
  'organization_suspended',
  'invitation_wrong_address',
])

/**
 * Writes a refusal of consequence into the record, after the rollback and in a transaction of its own (S57). Whoever is kept out is told of once an
 * hour and credential: their programs go on asking.
 */
export async function rememberRefusal(
  { store, limits }: { store: Pick<Store, 'transaction'>; limits: Pick<Limits, 'spend'> },
  principal: Principal,
  attempt: Partial<Attempted>,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Problem) || !ofConsequence.has(error.code)) return
  const { code, keptOut } = error
  if (principal.kind === 'anonymous' && !keptOut) return
  if (keptOut && !(await isFirst(limits, `${credentialOf(principal) ?? keptOut.id} ${code}`))) return
  await store.transaction(async (tx) => {
    // Who is kept out of one organization is told of there, whatever they wanted of another.
    const { organizationId = null } = keptOut ?? attempt
    const member = attempt.member && organizationId ? await tx.memberships.member(organizationId, attempt.member) : null
    const target = keptOut?.id ?? attempt.target ?? member?.userId ?? principalId(principal)
    await record(tx, principal, { type: 'refused', target, organizationId, attempted: attempt.attempted ?? 'credential:use', code })
  })
}

/** Wrong passwords of this process, for a figure: a name without an account can stand in no record. */
export const failedSignIns = { known: 0, unknown: 0 }

/**
 * A wrong password, in the record of the account it was tried on: once an hour for each network, since they come by the thousand. Not what was typed as the
 * name, which may be a password. The caller does not wait for this: the answer must take equally long for an unknown name (C06).
 */
export async function rememberFailedSignIn(
  { store, limits }: { store: Store; limits: Pick<Limits, 'spend'> },
  principal: Principal,
  userId: UserId | null,
): Promise<void> {
  failedSignIns[userId === null ? 'unknown' : 'known'] += 1
  if (userId === null) return
  if (!(await isFirst(limits, `${userId} ${networkOf(principal.origin.address)} wrong_credentials`))) return
  await store.transaction(async (tx) => {
    const membership = await tx.memberships.current(userId)
    const organizationId = membership?.organizationId ?? null
    await record(tx, principal, { type: 'refused', target: userId, organizationId, attempted: 'session:start', code: 'wrong_credentials' })
  })
}

const credentialOf = (principal: Principal): string | null =>
  principal.kind === 'user' ? principal.sessionId : principal.kind === 'key' ? principal.keyId : null

/** One statement of the database's, so that of many at once, in whichever process, one is. */
async function isFirst(limits: Pick<Limits, 'spend'>, key: string): Promise<boolean> {
  try {
    await limits.spend('refusal recorded by credential', key)
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}
