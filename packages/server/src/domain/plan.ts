import type { Organization } from './organization.ts'
import { Problem } from './problem.ts'

/** What a plan allows (S7). Names and limits are configuration later; a fresh installation gives everyone `pro`. */
interface Plan {
  multiUser: boolean
  seats: number | null
}

export const plans: Record<string, Plan> = {
  free: { multiUser: false, seats: 1 },
  pro: { multiUser: true, seats: null },
  enterprise: { multiUser: true, seats: null },
}

/** Inviting and joining need the entitlement of that organization, and a free seat when someone takes one (S7). */
export function requireMultiUser(organization: Organization, activeMembers = 0): void {
  const plan = plans[organization.plan]
  if (!plan?.multiUser)
    throw new Problem('plan_required', `${organization.name} is on the plan "${organization.plan}"; this needs "pro".`, {
      extensions: { plan: organization.plan, needed: 'pro' },
    })
  if (plan.seats !== null && activeMembers >= plan.seats)
    throw new Problem('seat_limit', undefined, { extensions: { plan: organization.plan, seats: plan.seats } })
}
