import type { Accounts } from '../command/services.ts'
import { trySpend } from '../command/spend.ts'
import type { Principal } from '../model/principal.ts'
import { principalId } from '../model/principal.ts'
import { type MemberReference, type RemovedMember, removeMember } from './membership.ts'

/**
 * Removes a member. After five removals in ten minutes, the admin must have signed in recently: a stolen session does not empty an organization (F15).
 * @throws Problem insufficient_user_authentication
 */
export async function removeMemberOf(
  { execute, limits }: Pick<Accounts, 'execute' | 'limits'>,
  principal: Principal,
  reference: MemberReference,
): Promise<RemovedMember> {
  const key = principalId(principal)
  const confirmed = (await trySpend(limits, 'removals by admin', key)) !== null
  try {
    return await execute(removeMember, principal, { ...reference, confirmed })
  } catch (error) {
    if (!confirmed) await limits.giveBack(['removals by admin', key])
    throw error
  }
}
