import type { Me } from '../api/types.ts'
import { usage } from '../errors.ts'
import type { Facts } from './table.ts'

/** The server's clock (S54), computed from the `Date` header of its responses, so that a wrong local clock has no effect. */
export class ServerClock {
  offsetMs: number
  constructor(offsetMs = 0) {
    this.offsetMs = offsetMs
  }

  now(): number {
    return Date.now() + this.offsetMs
  }

  /** `Date` has whole seconds and was set at some time between sending and receiving. Within that error, the local clock counts as right. */
  learn(date: string | undefined, sentAt: number, receivedAt: number): void {
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

/** "in 24 hours", "3 days ago". The unit is the largest with a value of about two or more. */
export function relative(date: string, now: number): string {
  const seconds = (Date.parse(date) - now) / 1000
  const size = Math.abs(seconds)
  const [unit, length] = units.find(([, length]) => size / length >= 1.9) ?? ['second', 1]
  const count = Math.round(size / length)
  if (unit === 'second' && count < 10) return seconds < 0 ? 'just now' : 'in a moment'
  const text = `${count} ${unit}${count === 1 ? '' : 's'}`
  return seconds < 0 ? `${text} ago` : `in ${text}`
}

/** "2026-11-21 18:12 UTC", the same in every time zone and locale. */
export const exact = (date: string): string => `${new Date(date).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** For a table: "3 days ago", or the exact time when piped. `none` is shown if there is no date. */
export const moment = (date: string | null | undefined, now: number, none = ''): Facts => ({
  shown: date ? relative(date, now) : none,
  piped: [date ?? null],
})

/** For details: "in 24 hours (2026-11-21 18:12 UTC)", or the exact time when piped. */
export const momentInFull = (date: string | null | undefined, now: number): Facts => ({ shown: date ? when(date, now) : '', piped: [date ?? null] })

/** "in 24 hours (2026-11-21 18:12 UTC)" */
export const when = (date: string, now: number): string => `${relative(date, now)} (${exact(date)})`

/**
 * The expiry of a login. A login with a refresh token has two: after its access token expires, the next command gets another one.
 */
export function loginEnds({ token, session }: Pick<Me, 'token' | 'session'>, { renews }: { renews: boolean }, now: number): [string, Facts][] {
  const accessEnds = momentInFull(token?.expires_at ?? session.expires_at, now)
  return renews
    ? [
        ['Access token expires', accessEnds],
        ['Refresh token expires', momentInFull(session.expires_at, now)],
      ]
    : [['Login expires', accessEnds]]
}

const lengths = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 } as const

/** Parses a day (from midnight UTC), an instant, or a duration before now (`90m`, `7d`). Returns an ISO 8601 instant. @throws a usage error */
export function momentFrom(text: string, option: string, now: number): string {
  const back = /^(\d{1,6})([smhdw])$/.exec(text.trim())
  if (back) return new Date(now - Number(back[1]) * lengths[back[2] as keyof typeof lengths] * 1000).toISOString()
  const day = /^\d{4}-\d\d-\d\d$/.test(text)
  const instant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC)|[+-]\d\d:?\d\d)$/i.test(text)
  const time = day || instant ? Date.parse(text.replace(/ ?UTC$/i, 'Z').replace(/^(\S+) (\d)/, '$1T$2')) : Number.NaN
  if (Number.isNaN(time)) throw usage(`${option} "${text}" is not a time.`, 'Use a time such as 2026-11-20, 2026-11-20T18:00Z, or 7d for seven days ago.')
  return new Date(time).toISOString()
}
