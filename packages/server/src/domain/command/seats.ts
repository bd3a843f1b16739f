import type { Organization } from '../model/organization.ts'
import { type Plans, seatsOf } from '../model/plan.ts'
import { Problem } from '../model/problem.ts'
import type { Context } from './context.ts'

const isMultiUser = (plans: Plans, plan: string): boolean => seatsOf(plans, plan) !== 1

/** Inviting and joining require a plan with more than one seat (S7). @throws Problem plan_required, which says what plan would do */
export function requireMultiUser({ plans }: Pick<Context, 'plans'>, organization: Pick<Organization, 'name' | 'plan'>): void {
  if (isMultiUser(plans, organization.plan)) return
  const needed = Object.keys(plans.seats).find((plan) => isMultiUser(plans, plan)) ?? null
  throw new Problem('plan_required', `${organization.name} is on the plan "${organization.plan}"${needed === null ? '.' : `; this needs "${needed}".`}`, {
    extensions: { plan: organization.plan, needed },
  })
}

/** Only active members take seats. Checked before a member becomes active, under the lock on the organization (S7). @throws Problem seat_limit */
export async function requireSeat({ tx, plans }: Pick<Context, 'tx' | 'plans'>, organization: Pick<Organization, 'id' | 'name' | 'plan'>): Promise<void> {
  const seats = seatsOf(plans, organization.plan)
  if (seats === null || (await tx.memberships.countActive(organization.id)) < seats) return
  throw new Problem('seat_limit', `The plan "${organization.plan}" of ${organization.name} has ${seats} ${seats === 1 ? 'seat' : 'seats'}.`, {
    extensions: { plan: organization.plan, seats },
  })
}

/** @throws Problem plan_unknown with the configured plans */
export function refuseUnknownPlan({ plans }: Pick<Context, 'plans'>, plan: string): void {
  if (Object.hasOwn(plans.seats, plan)) return
  const known = Object.keys(plans.seats)
  throw new Problem('plan_unknown', `The plans are ${known.join(', ')}.`, { extensions: { plans: known } })
}
