import type { ProblemCode } from '@muster/contract/problems.ts'
import { Problem } from '../model/problem.ts'
import type { LimitName, Limits } from './limits.ts'

export type Spending = readonly [name: LimitName, key: string]

/** The points that one attempt has spent. */
export interface Spent {
  giveBack(): Promise<void>
}

/** Spends one point of each limit. If one limit refuses, all points are returned. @throws Problem too_many_attempts */
export async function spendEach(limits: Pick<Limits, 'spend' | 'giveBack'>, spendings: readonly Spending[]): Promise<Spent> {
  const spent: Spending[] = []
  const giveBack = async (): Promise<void> => {
    for (const [name, key] of spent) await limits.giveBack(name, key)
  }
  for (const [name, key] of spendings) {
    try {
      await limits.spend(name, key)
    } catch (error) {
      await giveBack()
      throw error
    }
    spent.push([name, key])
  }
  return { giveBack }
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
  limits: Pick<Limits, 'spend' | 'giveBack'>,
  { own, together, beyond }: { own: readonly Spending[]; together: Spending; beyond: Spending },
): Promise<Spent & { crowded: boolean }> {
  const spent = await spendEach(limits, own)
  const crowded = (await trySpend(limits, ...together)) !== null
  const last = crowded ? beyond : together
  const giveBack = async (): Promise<void> => {
    await limits.giveBack(...last)
    await spent.giveBack()
  }
  if (!crowded) return { crowded, giveBack }
  try {
    await limits.spend(...beyond)
  } catch (error) {
    await spent.giveBack()
    throw error
  }
  return { crowded, giveBack }
}

/** Spends a point. Returns the refusal if no point was left. */
export async function trySpend(limits: Pick<Limits, 'spend'>, name: LimitName, key: string): Promise<Problem | null> {
  try {
    await limits.spend(name, key)
    return null
  } catch (error) {
    if (error instanceof Problem && error.code === 'too_many_attempts') return error
    throw error
  }
}
