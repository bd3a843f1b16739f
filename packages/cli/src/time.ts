/** The server's clock as seen from here (S54): learnt from the `Date` of its answers, so that a wrong local clock changes nothing. */
export class ServerClock {
  offsetMs: number
  constructor(offsetMs = 0) {
    this.offsetMs = offsetMs
  }

  now(): number {
    return Date.now() + this.offsetMs
  }

  /** `Date` has whole seconds and was written somewhere between sending and receiving: within that slack the local clock is taken as right. */
  learn(date: string | null, sentAt: number, receivedAt: number): void {
    const server = Date.parse(date ?? '')
    if (Number.isNaN(server)) return
    const offset = server + 500 - (sentAt + receivedAt) / 2
    this.offsetMs = Math.abs(offset) < 2000 + (receivedAt - sentAt) / 2 ? 0 : Math.round(offset)
  }
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const

/** "in 24 hours", "3 days ago"; the unit is the largest of which there are about two or more. */
export function relative(date: string, now: number): string {
  const seconds = (Date.parse(date) - now) / 1000
  const size = Math.abs(seconds)
  const [unit, length] = units.find(([, length]) => size / length >= 1.9) ?? ['second', 1]
  const count = Math.round(size / length)
  if (unit === 'second' && count < 10) return seconds < 0 ? 'just now' : 'in a moment'
  const text = `${count} ${unit}${count === 1 ? '' : 's'}`
  return seconds < 0 ? `${text} ago` : `in ${text}`
}

/** "2026-11-21 18:12 UTC": the same for everyone who reads it. */
export const exact = (date: string): string => `${new Date(date).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** "in 24 hours (2026-11-21 18:12 UTC)" */
export const when = (date: string, now: number): string => `${relative(date, now)} (${exact(date)})`
