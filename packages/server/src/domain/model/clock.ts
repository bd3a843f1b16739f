/** A moment by both clocks: a machine that was suspended stops the steady one, and somebody who sets the time moves the other. */
export interface Moment {
  wall: number
  steady: number
}

export const byBothClocks = (): Moment => ({ wall: Date.now(), steady: performance.now() })

/** Milliseconds. The longer of the two counts, as in the SDK, so that whichever clock stood still cannot lengthen a lease (decision 0028). */
export const since = ({ wall, steady }: Moment): number => Math.max(performance.now() - steady, Date.now() - wall)
