import type { Bench, Server } from './bench.ts'
import type { Load } from './load.ts'

/** In the order of the table's columns. */
export const subjects = ['before', 'after', 'floor', 'better-auth', 'oidc-provider'] as const
export const peers = ['better-auth', 'oidc-provider'] as const
export type SubjectName = (typeof subjects)[number]

/** In the unit of the row. */
type Sample = number | { value: number /** Processor time of the server for one request, in µs. */; cpu: number | null }

export interface Subject {
  name: SubjectName
  measure(seconds: number): Promise<Sample>
}

export interface Must {
  /** Of the floor: at least this share of its rate, or at most this many times its time. */
  ofFloor?: number
  /** At least this many times the rate of better-auth. */
  ofBetterAuth?: number
  /** In the unit of the row: at most. */
  atMost?: number
}

type Asked = Pick<Load, 'steps'> & Partial<Pick<Load, 'lists'>>

export interface Row {
  id: string
  title: string
  /** Rows of one group share their servers. */
  group: string
  unit: '/s' | 'ms' | 'MiB' | 'KiB' | ''
  must?: Must
  /** Fewer rounds for what takes long. */
  rounds?: number
  /** Rounds that are not counted, while code and caches warm up. */
  warmUps?: number
  /** What the row asks of Muster, to count its statements. */
  operation?: (server: Server, bench: Bench) => Asked | Promise<Asked>
  /** Whether the operation only makes sense with large data. */
  isLarge?: boolean
  subjects(bench: Bench): Promise<Subject[]>
}

export interface Result {
  row: Pick<Row, 'id' | 'title' | 'unit' | 'must'>
  samples: Partial<Record<SubjectName, number[]>>
  cpu: Partial<Record<SubjectName, number[]>>
  failure: string | null
}

export const isRate = ({ unit }: Pick<Row, 'unit'>): boolean => unit === '/s'

/**
 * The order of the subjects in a round. A subject leaves work behind (emails, vacuum, pages to flush), so every other round goes backwards: no subject always follows
 * the same one.
 */
function orderIn<T>(round: number, measured: readonly T[]): T[] {
  const turn = Math.floor(Math.abs(round) / 2) % measured.length
  const rotated = [...measured.slice(turn), ...measured.slice(0, turn)]
  return round % 2 === 0 ? rotated : rotated.reverse()
}

/** Measures the subjects of a row one after another, round by round, so that a busy moment of the machine affects all of them. */
export async function measure(bench: Bench, row: Row): Promise<Result> {
  const { id, title, unit, must } = row
  const result: Result = { row: { id, title, unit, ...(must && { must }) }, samples: {}, cpu: {}, failure: null }
  const { rounds, seconds } = bench.options.scale
  try {
    const measured = await row.subjects(bench)
    for (let round = -(row.warmUps ?? 1); round < Math.min(row.rounds ?? rounds, rounds); round++) {
      for (const { name, measure: once } of orderIn(round, measured)) {
        const sample = await once(seconds)
        if (round < 0) continue
        const { value, cpu } = typeof sample === 'number' ? { value: sample, cpu: null } : sample
        result.samples[name] = [...(result.samples[name] ?? []), value]
        if (cpu !== null) result.cpu[name] = [...(result.cpu[name] ?? []), cpu]
      }
    }
  } catch (error) {
    result.failure = (error as Error).message
  }
  return result
}

export const median = (values: number[]): number => {
  const sorted = values.toSorted((one, other) => one - other)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[half] ?? Number.NaN) : ((sorted[half - 1] ?? Number.NaN) + (sorted[half] ?? Number.NaN)) / 2
}

/** The median of the ratios of single rounds, which a slow round does not distort. */
export function ratio(result: Result, one: SubjectName, other: SubjectName): number | null {
  const [ours, theirs] = [result.samples[one], result.samples[other]]
  if (!ours || !theirs) return null
  return median(ours.map((value, round) => value / (theirs[round] ?? Number.NaN)))
}

/** Whether a version reaches what the row must reach. Null when the row asks nothing or a part was not measured. */
export function isMet(result: Result, version: 'before' | 'after' = 'after'): boolean | null {
  const { must } = result.row
  const ours = result.samples[version]
  if (!must || !ours) return null
  const answers: boolean[] = []
  const compare = (share: number | null, wanted: number): void => {
    if (share !== null) answers.push(isRate(result.row) ? share >= wanted : share <= wanted)
  }
  if (must.ofFloor !== undefined) compare(ratio(result, version, 'floor'), must.ofFloor)
  if (must.ofBetterAuth !== undefined) compare(ratio(result, version, 'better-auth'), must.ofBetterAuth)
  if (must.atMost !== undefined) answers.push(median(ours) <= must.atMost)
  return answers.length === 0 ? null : answers.every(Boolean)
}
