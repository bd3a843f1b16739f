import type { KeyPolicy } from '@muster/contract/permissions.ts'
import type { Context } from '../../command/context.ts'
import { requireRecentCaller } from '../../command/recent.ts'
import { finishKey } from '../../credentials/api-key.ts'
import { Problem } from '../../model/problem.ts'

export interface SetKeyPolicy {
  organization: string
  keys: KeyPolicy
  /** Keys that end in this call, so that none holds the lock of the organization for long. */
  atMost: number
  /** True for the first of several calls: it asks for a recent sign-in and sets the policy. The others only end keys. */
  isFirst: boolean
}

/**
 * Sets which keys the organization allows (F15). Keys without a scope that it no longer allows end, each with an event, so that verifiers learn of it. It may be called again
 * until all have ended: from the first call on, they are refused here and no other is created. A call after the first does nothing once another admin has decided otherwise.
 */
export async function setKeyPolicy(
  context: Context,
  { organization: reference, keys, atMost, isFirst }: SetKeyPolicy,
): Promise<{ ended: number; isLast: boolean }> {
  const { tx, principal, record } = context
  const { organization } = await context.enter(reference, 'organization:security')
  if (principal.kind !== 'user') throw new Problem('session_required')
  if (isFirst) await requireRecentCaller(context, 'key-policy:change')
  const { id } = organization
  const isChange = (await tx.organizations.keyPolicy(id)) !== keys
  if (isChange && !isFirst) return { ended: 0, isLast: true }
  if (isChange) {
    await tx.organizations.setKeyPolicy(id, keys)
    await record({ type: 'organization.key_policy_changed', target: id, organizationId: id, keys })
  }
  if (keys === 'any') return { ended: 0, isLast: true }
  const { items, nextCursor } = await tx.apiKeys.pageAlive({ organizationId: id, withoutScope: true }, { limit: atMost })
  for (const key of items) await finishKey(context, key.id, 'scope_required')
  return { ended: items.length, isLast: nextCursor === null }
}
