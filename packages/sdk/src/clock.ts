/** Milliseconds on two clocks: the steady clock stops while a machine sleeps, and the wall clock moves when a user sets the time. */
export interface Clock {
  wall(): number
  steady(): number
}

export const systemClock: Clock = { wall: () => Date.now(), steady: () => performance.now() }

/** Seconds by which a resource server's clock may differ from the issuer's (S54). A lease has no tolerance, because only one clock measures it. */
export const TOLERANCE_SECONDS = 5

/** A moment on both clocks. */
export interface Moment {
  wall: number
  steady: number
}

export const momentOf = (clock: Clock): Moment => ({ wall: clock.wall(), steady: clock.steady() })

/** The larger of the two differences, so that a clock that stood still cannot lengthen a lease. */
export const since = (clock: Clock, moment: Moment): number => Math.max(clock.steady() - moment.steady, clock.wall() - moment.wall)
