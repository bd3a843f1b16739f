import { html, type Markup } from './html.ts'

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

const units: readonly [name: string, seconds: number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** "10 minutes", "1 hour": a length of time in its largest fitting unit, which is never rounded up past what is left. */
export function lengthOfTime(seconds: number): string {
  const [name, size] = units.find(([, size]) => seconds >= size) ?? ['second', 1]
  const count = Math.max(1, Math.floor(seconds / size))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** "in 10 minutes", "3 hours ago", "just now". */
export function relative(date: Date, now: Date): string {
  const seconds = (date.getTime() - now.getTime()) / 1000
  if (Math.abs(seconds) < 5) return 'just now'
  return seconds > 0 ? `in ${lengthOfTime(seconds + 0.5)}` : `${lengthOfTime(-seconds)} ago`
}

/** "18:42 UTC" within a day of now, "20 November 2026, 18:42 UTC" beyond. UTC, because the server does not know the reader's zone. */
export function exact(date: Date, now?: Date): string {
  const time = `${date.toISOString().slice(11, 16)} UTC`
  const near = now !== undefined && date.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
  return near ? time : `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${time}`
}

/** A moment told both ways: "3 minutes ago, at 18:39 UTC". */
export const moment = (date: Date, now: Date): Markup =>
  html`<time datetime="${date.toISOString()}">${relative(date, now)} <span class="exact">(${exact(date, now)})</span></time>`

/** The end of something. It counts down where there is JavaScript and tells the time of day where there is none. */
export const deadline = (date: Date, now: Date): Markup =>
  html`<time datetime="${date.toISOString()}"><span data-until="${date.toISOString()}">${relative(date, now)}</span> <span class="exact">(${exact(date, now)})</span></time>`
