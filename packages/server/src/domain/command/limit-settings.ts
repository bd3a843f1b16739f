import { type Limit, type LimitName, type LimitTable, limits } from './limits.ts'

// The settings of rate limits: MUSTER_LIMITS (O11).

/** A limit that protects a secret or an email may be loosened by this factor, in its points and in its rate. Tightening has no bound. */
export const LOOSEST = 2

const LONGEST_SECONDS = 7 * 86_400
const MOST_POINTS = 1_000_000_000
const units = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

/** Reads `sign-in by address=30/15m, token by address=off`. `faults` describes each item that cannot be used. */
export function limitTable(text: string): { table: LimitTable; faults: string[] } {
  const table: Record<LimitName, Limit | null> = { ...limits }
  const faults: string[] = []
  const named = new Set<string>()
  for (const item of text.split(',').map((one) => one.trim())) {
    const [name = '', value = ''] = item.split('=').map((part) => part.trim())
    if (!isLimitName(name)) {
      faults.push(`has "${item}"; an item is a limit of docs/configuration.md and its value: sign-in by address=30/15m.`)
      continue
    }
    if (named.has(name)) faults.push(`names "${name}" twice.`)
    named.add(name)
    const limit: Limit = limits[name]
    const wanted = readValue(value)
    if (wanted === undefined) faults.push(`has "${item}"; a value is points and a period of at most 7 days, or off: 30/15m, 1000/1h, off.`)
    else if (!limit.load && (wanted === null || isTooLoose(wanted, limit)))
      faults.push(`has "${item}"; this limit protects a secret or an email, so it is not switched off and allows at most ${inWords(loosest(limit))}.`)
    else table[name] = wanted && { ...limit, ...wanted }
  }
  return { table, faults }
}

const isLimitName = (name: string): name is LimitName => Object.hasOwn(limits, name)

type Rate = Pick<Limit, 'points' | 'seconds'>

/** Null: off. Undefined: not a value. */
function readValue(text: string): Rate | null | undefined {
  if (text === 'off') return null
  const [, points, count, unit] = /^([1-9]\d{0,9})\/([1-9]\d{0,6})([smhd])$/.exec(text) ?? []
  if (points === undefined || count === undefined) return undefined
  const seconds = Number(count) * units[unit as keyof typeof units]
  return Number(points) > MOST_POINTS || seconds > LONGEST_SECONDS ? undefined : { points: Number(points), seconds }
}

const isTooLoose = (wanted: Rate, { points, seconds }: Rate): boolean =>
  wanted.points > points * LOOSEST || wanted.points / wanted.seconds > (points / seconds) * LOOSEST

export const loosest = ({ points, seconds }: Rate): Rate => ({ points: points * LOOSEST, seconds })

/** `30/15m`, in the form of the setting. */
export function inWords({ points, seconds }: Rate): string {
  const unit = (['d', 'h', 'm'] as const).find((one) => seconds % units[one] === 0) ?? 's'
  return `${points}/${seconds / units[unit]}${unit}`
}
