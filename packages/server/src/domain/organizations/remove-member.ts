import type { Command } from '../command/context.ts'
import type { Accounts } from '../command/services.ts'
import { trySpend } from '../command/spend.ts'
import { type Principal, principalId } from '../model/principal.ts'
import { deactivateMember } from './deactivation.ts'
import { type MemberReference, removeMember } from './membership.ts'

type Counted = Pick<Accounts, 'execute' | 'limits'>

/**
 * Removing and deactivating members. After five in ten minutes, the admin must have signed in recently: a stolen session does not empty an organization (F15).
 * @throws Problem insufficient_user_authentication
 */
async function countingRemovals<I extends MemberReference, O>(
  { execute, limits }: Counted,
  command: Command<I & { askRecent: boolean }, O>,
  principal: Principal,
  input: I,
): Promise<O> {
  const key = principalId(principal)
  const askRecent = (await trySpend(limits, 'removals by admin', key)) !== null
  try {
    return await execute(command, principal, { ...input, askRecent })
  } catch (error) {
    if (!askRecent) await limits.giveBack(['removals by admin', key])
    throw error
  }
}

export const removeMemberOf = (counted: Counted, principal: Principal, input: MemberReference) => countingRemovals(counted, removeMember, principal, input)

export const deactivateMemberOf = (counted: Counted, principal: Principal, input: MemberReference & { reason?: string | undefined }) =>
  countingRemovals(counted, deactivateMember, principal, input)
