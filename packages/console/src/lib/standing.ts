import type { ProblemBody, ProblemCode } from '@muster/contract/problems.ts'
import { useSyncExternalStore } from 'react'
import { ApiProblem, type Me } from './api.ts'
import { endsSession } from './problem.ts'

/**
 * Whether the person can go on, as the server's last answer said. `ended`: the session is over. `barred`: the account is deactivated or the
 * organization suspended.
 */
export type Standing = { is: 'valid' } | { is: 'ended'; reason: ProblemCode } | { is: 'barred'; problem: ProblemBody }

const valid: Standing = { is: 'valid' }
let standing: Standing = valid
/** Whose page this is: the person and, since dialogs act in it, the organization. */
let owner: { person: string; organization: string | null } | null = null
const listeners = new Set<() => void>()

const change = (to: Standing): void => {
  if (to.is === standing.is && JSON.stringify(to) === JSON.stringify(standing)) return
  standing = to
  for (const listener of listeners) listener()
}

export const standingNow = (): Standing => standing

export function onStanding(listener: () => void): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}

export const useStanding = (): Standing => useSyncExternalStore(onStanding, standingNow)

/** What a refusal means for the whole console. True when the person cannot go on. */
export function refused(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false
  if (error.code === 'user_deactivated' || error.code === 'organization_suspended') change({ is: 'barred', problem: error.body })
  else if (endsSession(error)) change({ is: 'ended', reason: error.code })
  else return false
  return true
}

/**
 * The server has said who is signed in. False for somebody other than the person this page was loaded for, and for the same person in another
 * organization after an interruption: what is on the page was typed for the first.
 */
export function recognize(me: Me): boolean {
  const organization = me.organization?.id ?? null
  if (owner && (owner.person !== me.id || (standing.is !== 'valid' && owner.organization !== organization))) return false
  owner = { person: me.id, organization }
  change(valid)
  return true
}
