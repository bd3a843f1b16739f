import type { ProblemCode } from '@muster/contract/problems.ts'
import { Problem } from '../model/problem.ts'
import type { LimitName } from './limits.ts'

export type SignInResult = 'success' | 'error' | ProblemCode

/** Counts of this process since its start, for metrics. The keys are names in the code, and never what a user typed. */
export const signInsByResult = new Map<SignInResult, number>()
export const refusalsByLimit = new Map<LimitName, number>()

export const countOne = <Key>(counts: Map<Key, number>, key: Key): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

export async function countSignIn<T>(signIn: () => Promise<T>): Promise<T> {
  try {
    const signedIn = await signIn()
    countOne(signInsByResult, 'success')
    return signedIn
  } catch (error) {
    countOne(signInsByResult, error instanceof Problem ? error.code : 'error')
    throw error
  }
}
