import type { ProblemCode } from '@muster/contract/problems.ts'
import { Problem } from '../model/problem.ts'
import type { LimitName, Limits, Spending } from './limits.ts'

type Counts = Pick<Limits, 'spendTogether' | 'giveBack'>

/** The points that one attempt has spent. */
export interface Spent {
  giveBack(): Promise<void>
}

/** Spends one point of each limit. If one limit refuses, all points are returned. @throws Problem too_many_attempts */
export async function spendEach(limits: Counts, spendings: readonly Spending[]): Promise<Spent> {
  await refuseIfAny(limits, spendings, await limits.spendTogether(spendings))
  return { giveBack: () => limits.giveBack(...spendings) }
}

/** The limits that refuse keep their points. */
async function refuseIfAny(limits: Counts, spendings: readonly Spending[], refusals: readonly (Problem | null)[]): Promise<void> {
  const refusal = spendings.map((_, at) => refusals[at]).find(Boolean)
  if (!refusal) return
  const others = spendings.filter((_, at) => !refusals[at])
  if (others.length > 0) await limits.giveBack(...others)
  throw refusal
}

/** Runs the work, and keeps the points spent only if it fails with one of these codes. Concurrent attempts are all counted before the first one is judged. */
export async function refundUnlessFailed<T>(failures: readonly ProblemCode[], spent: Spent, work: () => Promise<T>): Promise<T> {
  try {
    const done = await work()
    await spent.giveBack()
    return done
  } catch (error) {
    if (!(error instanceof Problem) || !failures.includes(error.code)) await spent.giveBack()
    throw error
  }
}

/**
 * For attempts that many strangers can make against one person or thing. Each stranger is counted by their own key first, then all are counted together. Once
 * the shared limit is used up, nobody is refused for attempts of others: each is then counted by `beyond`, which is stricter.
 * @throws Problem too_many_attempts
 */
export async function spendAmongStrangers(
  limits: Counts,
  { own, together, beyond }: { own: readonly Spending[]; together: Spending; beyond: Spending },
): Promise<Spent & { crowded: boolean }> {
  const refusals = await limits.spendTogether(own, together)
  await refuseIfAny(limits, own, refusals)
  const crowded = refusals[own.length] !== null
  if (!crowded) return { crowded, giveBack: () => limits.giveBack(...own, together) }
  const [refusal] = await limits.spendTogether([beyond])
  if (refusal) {
    await limits.giveBack(...own)
    throw refusal
  }
  return { crowded, giveBack: () => limits.giveBack(...own, beyond) }
}

/** Spends a point. Returns the refusal if no point was left. */
export async function trySpend(limits: Pick<Limits, 'spendTogether'>, name: LimitName, key: string): Promise<Problem | null> {
  return (await limits.spendTogether([[name, key]]))[0] ?? null
}
