/** What plans there are is configuration (S7). */
export interface Plans {
  /** What a new organization gets. */
  default: string
  /** How many active members each has room for; null is without limit. A plan with one seat is for one person: nobody is invited into it. */
  seats: Readonly<Record<string, number | null>>
}

/** A fresh installation gives everyone `pro`. */
export const standardPlans: Plans = { default: 'pro', seats: { free: 1, pro: null, enterprise: null } }

/** A plan that the settings no longer name leaves what is, and allows nothing new. */
export const seatsOf = ({ seats }: Plans, plan: string): number | null => {
  const own = Object.hasOwn(seats, plan) ? seats[plan] : undefined
  return own === undefined ? 1 : own
}
