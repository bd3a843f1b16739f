// Countdowns use the server's clock, because the clock of this machine may be minutes off (S54).
let offsetMilliseconds = 0

/** A `Date` header has a resolution of one second and is delayed by the network, so smaller differences are ignored. */
const TOLERANCE_MILLISECONDS = 3_000

/** Sets the offset to the server's clock from the `Date` header of a response. */
export function syncClock(date: string | null): void {
  const serverTime = Date.parse(date ?? '')
  if (Number.isNaN(serverTime)) return
  const difference = serverTime + 500 - Date.now()
  offsetMilliseconds = Math.abs(difference) > TOLERANCE_MILLISECONDS ? difference : 0
}

/** The current time by the server's clock. */
export const serverNow = (): Date => new Date(Date.now() + offsetMilliseconds)
