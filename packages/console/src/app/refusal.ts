import type { ProblemBody } from '@muster/contract/problems.ts'
import { useSyncExternalStore } from 'react'

// Whoever is kept out while a page is open learns it from whatever it asks next, and then everywhere.
let refusal: ProblemBody | null = null
const listeners = new Set<() => void>()

export function bar(problem: ProblemBody): void {
  refusal = problem
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Why this person is kept out, if they are. */
export const useRefusal = (): ProblemBody | null => useSyncExternalStore(subscribe, () => refusal)
