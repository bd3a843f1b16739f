import { isBarred, type ProblemBody, type ProblemCode } from '@muster/contract/problems.ts'
import { useSyncExternalStore } from 'react'
import { ApiProblem, type Me } from './api.ts'
import { endsSession } from './problem.ts'

/**
 * Whether the user can continue, according to the server's last response. `ended`: the session has ended. `barred`: the account is suspended or
 * deactivated, or the organization is suspended.
 */
export type Standing = { is: 'valid' } | { is: 'ended'; reason: ProblemCode } | { is: 'barred'; problem: ProblemBody }

const valid: Standing = { is: 'valid' }
let standing: Standing = valid
/** The user of this page, and the organization in which its dialogs act. */
let owner: { person: string; organization: string | null } | null = null
const listeners = new Set<() => void>()

const setStanding = (to: Standing): void => {
  if (to.is === standing.is && JSON.stringify(to) === JSON.stringify(standing)) return
  standing = to
  for (const listener of listeners) listener()
}

export const currentStanding = (): Standing => standing

export function onStanding(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useStanding = (): Standing => useSyncExternalStore(onStanding, currentStanding)

/** Updates the standing from a problem. True when the user cannot continue. */
export function recordRefusal(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false
  if (isBarred(error.code)) setStanding({ is: 'barred', problem: error.body })
  else if (endsSession(error)) setStanding({ is: 'ended', reason: error.code })
  else return false
  return true
}

/**
 * Updates the standing from `/v1/me`. False when another person has signed in, or the same person is in another organization after an interruption:
 * the input on this page belongs to the previous person or organization.
 */
export function confirmUser(me: Me): boolean {
  const organization = me.organization?.id ?? null
  if (owner && (owner.person !== me.id || (standing.is !== 'valid' && owner.organization !== organization))) return false
  owner = { person: me.id, organization }
  setStanding(valid)
  return true
}
