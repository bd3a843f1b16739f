import { html, type Markup } from './html.ts'

const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']

const units: readonly [name: string, seconds: number][] = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
]

/** "10 minutes", "1 hour": a duration in its largest unit, rounded down so that it never promises too much time. */
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

/** "18:42 UTC" on the same day, otherwise "20 November 2026, 18:42 UTC". In UTC, because the server does not know the reader's time zone. */
export function exact(date: Date, now?: Date): string {
  const time = `${date.toISOString().slice(11, 16)} UTC`
  const near = now !== undefined && date.toISOString().slice(0, 10) === now.toISOString().slice(0, 10)
  return near ? time : `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}, ${time}`
}

/** A moment in both forms: "3 minutes ago (18:39 UTC)". */
export const moment = (date: Date, now: Date): Markup =>
  html`<time datetime="${date.toISOString()}">${relative(date, now)} <span class="exact">(${exact(date, now)})</span></time>`

/** A moment in the future. It counts down with JavaScript. */
export const deadline = (date: Date, now: Date): Markup =>
  html`<time datetime="${date.toISOString()}"><span data-until="${date.toISOString()}">${relative(date, now)}</span> <span class="exact">(${exact(date, now)})</span></time>`
