/** The plans are configured (S7). */
export interface Plans {
  /** The plan of a new organization. */
  default: string
  /** The number of active members that each plan allows; null is unlimited. A plan with one seat is for one person, so nobody can be invited. */
  seats: Readonly<Record<string, number | null>>
}

/** The default: every organization gets `pro`. */
export const standardPlans: Plans = { default: 'pro', seats: { free: 1, pro: null, enterprise: null } }

/** An organization whose plan is no longer configured keeps its members and can add none. */
export const seatsOf = ({ seats }: Plans, plan: string): number | null => {
  const own = Object.hasOwn(seats, plan) ? seats[plan] : undefined
  return own === undefined ? 1 : own
}
