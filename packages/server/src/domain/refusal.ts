import type { Attempt } from '@muster/contract/events.ts'
import type { OrganizationId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import type { Limits } from './limits.ts'
import { type Principal, principalId } from './principal.ts'
import { Problem } from './problem.ts'
import { record } from './record.ts'
import type { Store } from './store.ts'

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
