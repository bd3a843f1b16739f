import { factorPolicyWords } from '@muster/contract/authentication.ts'
import { isReadyFor, requirementAhead, requirerOf } from '../command/factor-policy.ts'
import type { LiveState } from '../model/live.ts'
import { Problem } from '../model/problem.ts'
import type { Tx } from '../store.ts'

/**
 * For a command that has removed a factor: the rest must satisfy the policy of the organization, also before it takes force (F9). The refusal rolls the removal back.
 * @throws Problem factor_demanded
 */
export async function requireReady(tx: Pick<Tx, 'authenticators'>, { account, organization }: Pick<LiveState, 'account' | 'organization'>): Promise<void> {
  if (!organization) return
  const ahead = requirementAhead(organization.factorPolicy)
  if (!isReadyFor(await tx.authenticators.held(account.id), ahead.policy))
    throw new Problem('factor_demanded', `${requirerOf(ahead, organization)} requires ${factorPolicyWords[ahead.policy]}.`)
}
