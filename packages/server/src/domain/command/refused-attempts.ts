import type { Attempt } from '@muster/contract/events.ts'
import type { OrganizationId, UserId } from '@muster/contract/ids.ts'
import type { ProblemCode } from '@muster/contract/problems.ts'
import { networkOf } from '../model/network.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { Problem } from '../model/problem.ts'
import type { Store, Tx } from '../store.ts'
import type { LimitName, Limits } from './limits.ts'
import { record } from './record.ts'
import type { AuditFilter } from './store.ts'

/** What was attempted when the request was refused. */
export interface Attempted {
  attempted: Attempt
  organizationId: OrganizationId
  /** The id of the target. */
  target: string
  /** The target member, by id or username. The event names the id. */
  member: string
}

/** The refusals that are recorded: a known actor attempted something they are not allowed to do (S57). */
const ofConsequence: ReadonlySet<ProblemCode> = new Set([
  'forbidden',
  'insufficient_scope',
  'role_exceeds_yours',
  'self_action',
  'last_admin',
  'account_suspended',
  'user_deactivated',
  'organization_suspended',
  'invitation_wrong_address',
])

/**
 * Records a refusal, after the rollback and in its own transaction (S57). Refusals of a suspended person or a deactivated member, and of requests outside the
 * scope of a credential, are recorded once an hour and credential, because programs keep trying.
 */
export async function recordRefusedAttempt(
  { store, limits }: { store: Pick<Store, 'transaction'>; limits: Pick<Limits, 'spend'> },
  principal: Principal,
  attempt: Partial<Attempted>,
  error: unknown,
): Promise<void> {
  if (!(error instanceof Problem) || !ofConsequence.has(error.code)) return
  const { code, keptOut } = error
  if (principal.kind === 'anonymous' && !keptOut) return
  const repeats = keptOut !== null || code === 'insufficient_scope'
  if (repeats && !(await isFirst(limits, `${credentialOf(principal) ?? keptOut?.id ?? principalId(principal)} ${code}`))) return
  await store.transaction(async (tx) => {
    // Such a refusal belongs to their own organization, whichever organization they asked for.
    const { organizationId = null } = keptOut ?? attempt
    const member = attempt.member && organizationId ? await tx.memberships.member(organizationId, attempt.member) : null
    const target = keptOut?.id ?? attempt.target ?? member?.userId ?? principalId(principal)
    await record(tx, principal, { type: 'refused', target, organizationId, attempted: attempt.attempted ?? 'credential:use', code })
  })
}

/** Counts wrong passwords for a metric: without an account there is no audit log to record them in. */
export const failedSignIns = { known: 0, unknown: 0 }

/**
 * Records a wrong password with the account, once an hour for each network, because guesses come by the thousand. The typed name is not recorded, because it
 * may be a password. The caller does not wait for this: the response must take equally long for an unknown name (C06).
 */
export async function recordFailedSignIn(recording: Recording, principal: Principal, userId: UserId | null): Promise<void> {
  failedSignIns[userId === null ? 'unknown' : 'known'] += 1
  if (userId === null) return
  await recordWrong(recording, principal, userId, 'wrong_credentials', async (tx) => (await tx.memberships.current(userId))?.organizationId ?? null)
}

/** Records a wrong second factor in the same way, for the owner (F24). As every event about the factors, it is in no organization's audit log. */
export const recordWrongFactor = (recording: Recording, principal: Principal, userId: UserId): Promise<void> =>
  recordWrong(recording, principal, userId, 'factor_wrong', async () => null)

/** The failed attempts to sign in to an account, as its owner sees them (F24). */
export const failedSignInsOf = (userId: UserId): AuditFilter => ({ target: [userId], action: 'refused', attempted: 'session:start' })

interface Recording {
  store: Pick<Store, 'transaction'>
  limits: Pick<Limits, 'spend'>
}

async function recordWrong(
  { store, limits }: Recording,
  principal: Principal,
  userId: UserId,
  code: 'wrong_credentials' | 'factor_wrong',
  organizationOf: (tx: Tx) => Promise<OrganizationId | null>,
): Promise<void> {
  if (!(await isFirst(limits, `${userId} ${networkOf(principal.origin.address)} ${code}`))) return
  await store.transaction(async (tx) => {
    await record(tx, principal, { type: 'refused', target: userId, organizationId: await organizationOf(tx), attempted: 'session:start', code })
  })
}

const credentialOf = (principal: Principal): string | null =>
  principal.kind === 'user' ? principal.sessionId : principal.kind === 'key' ? principal.keyId : null

const isFirst = (limits: Pick<Limits, 'spend'>, key: string): Promise<boolean> => isFirstOf(limits, 'refusal recorded by credential', key)

/** One SQL statement, so that of many concurrent attempts, in any process, exactly one is first. */
export async function isFirstOf(limits: Pick<Limits, 'spend'>, name: LimitName, key: string): Promise<boolean> {
  try {
    await limits.spend(name, key)
    return true
  } catch (error) {
    if (error instanceof Problem) return false
    throw error
  }
}
