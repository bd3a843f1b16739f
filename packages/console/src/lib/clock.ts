// What counts down is counted by the server's clock: that of this machine may be minutes off (S54).
let ahead = 0

/** `Date` says the second alone, and was on its way for a while: what is within that is no difference. */
const TOLERANCE = 3_000

/** Out of the `Date` of an answer. */
export function learnTime(date: string | null): void {
  const told = Date.parse(date ?? '')
  if (Number.isNaN(told)) return
  const difference = told + 500 - Date.now()
  ahead = Math.abs(difference) > TOLERANCE ? difference : 0
}

/** The time now, as the server sees it. */
export const serverNow = (): Date => new Date(Date.now() + ahead)
