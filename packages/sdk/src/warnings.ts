import { type Clock, type Moment, momentOf, since } from './clock.ts'
import { messageOf } from './receiver.ts'

const AGAIN_MILLISECONDS = 60_000
const DIFFERENT_MOST = 100

/** Prints faults with `console.warn`: the same one at most once a minute, so that an outage does not fill the log. */
export function createWarnings(clock: Clock): (error: unknown) => void {
  const printed = new Map<string, Moment>()
  return (error) => {
    const message = messageOf(error)
    const before = printed.get(message)
    if (before && since(clock, before) < AGAIN_MILLISECONDS) return
    if (printed.size >= DIFFERENT_MOST) printed.clear()
    printed.set(message, momentOf(clock))
    console.warn(`muster: ${message}`)
  }
}
