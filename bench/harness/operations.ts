import pg from 'pg'
import { type Bench, launch, type Server, seeded } from './bench.ts'
import { type Counts, startCounter } from './count.ts'
import { loadLarge } from './data.ts'
import type { Row } from './measure.ts'
import { largeTables, type Plan, readPlan, withPlans } from './plans.ts'
import type { Version } from './versions.ts'

/** What one request costs the database. */
export interface Operation {
  title: string
  /** By version, and null when the request failed. */
  costs: Partial<Record<Version['name'], Cost | null>>
}

interface Cost {
  statements: number
  roundTrips: number
  commits: number
  texts: string[]
  /** Of the last request, after the statements were prepared. Empty unless they were asked for. */
  plans: Plan[]
}

const TIMES = 9

/** Asks for each operation alone, many times, and takes the median: jobs and timers of the server fall into some of the requests. */
export async function countOperations(bench: Bench, rows: Row[]): Promise<Operation[]> {
  const operations: Operation[] = rows.map(({ title }) => ({ title, costs: {} }))
  for (const version of bench.versions) {
    const made = await seeded(bench, version, 'postgres', 'statements')
    const url = new URL(made.databaseUrl ?? '')
    const counter = await startCounter(url)
    const counted = new URL(url)
    counted.port = String(counter.port)
    const pool = new pg.Pool({ connectionString: url.href, max: 1 })
    const { plans, scale } = bench.options
    if (plans) counted.searchParams.set('options', withPlans)
    const process = await launch(bench, version, `statements-${version.name}`, { ...made, databaseUrl: counted.href })
    try {
      if (plans) await loadLarge(pool, made.seed, scale)
      const large = await largeTables(pool)
      const server: Server = { version, origin: process.origin, seed: made.seed, pool, databaseUrl: url.href, process }
      for (const [place, row] of rows.entries()) {
        const operation = operations[place] as Operation
        await pool.query('delete from attempt').catch(() => {})
        operation.costs[version.name] = await costOf(bench, server, row, counter, large).catch((error: Error) => {
          bench.say(`  ${row.id}, ${version.name}: not counted: ${error.message}`)
          return null
        })
      }
    } finally {
      await process.stop()
      await pool.end()
      counter.close()
    }
  }
  return operations
}

async function costOf(bench: Bench, server: Server, row: Row, counter: Awaited<ReturnType<typeof startCounter>>, large: string[]): Promise<Cost> {
  if (!row.operation) throw new Error('The row names no operation.')
  const { steps, lists = {} } = await row.operation(server, bench)
  const values: Record<string, string> = { c: '0' }
  for (const [name, list] of Object.entries(lists)) values[name] = list[0] ?? ''
  const fill = (text: string): string => text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
  const costs: Counts[] = []
  for (let time = -2; time < TIMES; time++) {
    for (const step of steps) {
      // Numbers above those of the load, so that no address is invited twice.
      values['n'] = `${900_000 + time + 2}`
      values['ip'] = `100.64.${Math.abs(time)}.7`
      await quiet(counter)
      counter.reset()
      const answer = await fetch(server.origin + fill(step.path), {
        method: step.method ?? 'GET',
        redirect: 'manual',
        headers: Object.fromEntries(Object.entries({ 'x-forwarded-for': '{ip}', ...step.headers }).map(([name, value]) => [name, fill(value)])),
        ...(step.body !== undefined && { body: fill(step.body) }),
      })
      const text = await answer.text()
      if (answer.status !== (step.status ?? 200)) throw new Error(`${step.path} answered ${answer.status}: ${text.slice(0, 200)}`)
      for (const [name, field] of Object.entries(step.keep ?? {})) values[name] = String(JSON.parse(text)[field])
      await quiet(counter)
      if (time >= 0 && step.counted !== false) costs.push(counter.counts())
    }
  }
  const plans = (costs.at(-1)?.notices ?? []).flatMap((notice) => readPlan(notice, large) ?? [])
  const middle = costs.toSorted((one, other) => one.statements - other.statements)[Math.floor(costs.length / 2)] as Counts
  return { ...middle, plans }
}

/** Waits until the server has asked nothing for a moment, so that work after the answer is counted too. */
async function quiet(counter: Awaited<ReturnType<typeof startCounter>>): Promise<void> {
  for (let last = -1, waited = 0; waited < 2_000; waited += 40) {
    await new Promise((resolve) => setTimeout(resolve, 40))
    const { roundTrips } = counter.counts()
    if (roundTrips === last) return
    last = roundTrips
  }
}
