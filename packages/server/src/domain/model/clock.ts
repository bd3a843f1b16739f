/** A moment by both clocks. A suspended machine stops the monotonic clock; a person can set the wall clock. */
export interface Moment {
  wall: number
  steady: number
}

export const currentMoment = (): Moment => ({ wall: Date.now(), steady: performance.now() })

/** Milliseconds, by the clock that shows more. As in the SDK, a clock that stands still cannot lengthen a lease (decision 0028). */
export const millisecondsSince = ({ wall, steady }: Moment): number => Math.max(performance.now() - steady, Date.now() - wall)
