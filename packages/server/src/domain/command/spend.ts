import type { ProblemCode } from '@muster/contract/problems.ts'
import { Problem } from '../model/problem.ts'
import type { LimitName, Limits } from './limits.ts'

export type Spending = readonly [name: LimitName, key: string]

/** Points that were spent on one attempt. */
export interface Spent {
  giveBack(): Promise<void>
}

/** Spends one point of each. If one limit refuses, nothing stays spent. @throws Problem too_many_attempts */
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

/** Does what was spent for, and keeps the points only if it fails in one of these ways. Many attempts at once are all counted before the first one is judged. */
export async function keepingFor<T>(failures: readonly ProblemCode[], spent: Spent, work: () => Promise<T>): Promise<T> {
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
 * For what many strangers can do to one person or thing. Each is counted by its own key first. Then all are counted together; once nothing is left of
 * that, nobody is refused for what others did: each goes by `beyond`, which is narrower.
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

/** Spends a point; the refusal if there was none left. */
export async function trySpend(limits: Pick<Limits, 'spend'>, name: LimitName, key: string): Promise<Problem | null> {
  try {
    await limits.spend(name, key)
    return null
  } catch (error) {
    if (error instanceof Problem && error.code === 'too_many_attempts') return error
    throw error
  }
}
