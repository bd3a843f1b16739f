/** Milliseconds, of two clocks: a machine that sleeps stops the one, and somebody who sets the time moves the other. */
export interface Clock {
  wall(): number
  steady(): number
}

export const systemClock: Clock = { wall: () => Date.now(), steady: () => performance.now() }

/** Seconds by which a resource server's clock may differ from the issuer's (S54). What a lease is counts here alone, and is not stretched. */
export const TOLERANCE_SECONDS = 5

/** A moment by both clocks. */
export interface Moment {
  wall: number
  steady: number
}

export const momentOf = (clock: Clock): Moment => ({ wall: clock.wall(), steady: clock.steady() })

/** The longer of the two says how long ago it was, so that whichever clock stood still cannot lengthen a lease. */
export const since = (clock: Clock, moment: Moment): number => Math.max(clock.steady() - moment.steady, clock.wall() - moment.wall)
