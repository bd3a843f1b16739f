import type pg from 'pg'
import type { Operation } from './operations.ts'

// The plans of an operation's statements as PostgreSQL executed them: prepared, with their values, in their transaction. The extension auto_explain sends each plan as a
// notice, in the form of EXPLAIN (ANALYZE, BUFFERS).

export interface Plan {
  statement: string
  plan: string
  /** What would take longer with more data: a large table that is read in whole, or many rows that are all sorted. */
  faults: string[]
}

const MANY = 1_000

/** For the address of a database: lets PostgreSQL send the plans of this connection. */
export const withPlans = [
  'session_preload_libraries=auto_explain',
  'auto_explain.log_min_duration=0',
  'auto_explain.log_analyze=on',
  'auto_explain.log_buffers=on',
  'auto_explain.log_nested_statements=on',
  'auto_explain.log_level=notice',
]
  .map((setting) => `-c ${setting}`)
  .join(' ')

/** The names of the tables with many rows. */
export async function largeTables(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(`select relname as name from pg_class where relkind = 'r' and reltuples > $1 order by 1`, [MANY])
  return rows.map(({ name }) => name)
}

/** A notice of auto_explain. Null for another notice. */
export function readPlan(notice: string, large: readonly string[]): Plan | null {
  const [, statement, plan] = /Query Text: (.*?)\n((?:Query Parameters:[^\n]*\n)?[^\n]*\(cost=.*)$/s.exec(notice) ?? []
  return statement === undefined || plan === undefined ? null : { statement: statement.replaceAll(/\s+/g, ' ').trim(), plan, faults: faultsOf(plan, large) }
}

function faultsOf(plan: string, large: readonly string[]): string[] {
  const faults: string[] = []
  let sorted = 0
  for (const line of plan.split('\n')) {
    const [, node, rows, loops] = /^\s*(?:->\s+)?(\S.*?)\s+\(cost=.*\(actual .*?rows=([\d.]+) loops=(\d+)\)/.exec(line) ?? []
    if (node !== undefined) sorted = node.endsWith('Sort') ? Number(rows) * Number(loops) : 0
    const table = /^(?:Parallel )?Seq Scan on (\S+)/.exec(node ?? '')?.[1]
    if (table !== undefined && large.includes(table)) faults.push(`reads all of ${table}`)
    // A bounded sort keeps only the first rows, as a "top-N heapsort".
    if (sorted > MANY && /^\s*Sort Method: (?:quicksort|external)/.test(line)) faults.push(`sorts ${Math.round(sorted)} rows`)
  }
  return faults
}

/** Prints each plan once, below the operation that first needed it, and then all faults. */
export function printPlans(operations: readonly Operation[], print: (line: string) => void): void {
  const known = new Set<string>()
  const faulty: string[] = []
  for (const { title, costs } of operations) {
    print(`# ${title}\n`)
    for (const { statement, plan, faults } of costs.after?.plans ?? []) {
      if (known.has(statement)) continue
      known.add(statement)
      print(`## ${known.size}: ${statement}\n\n${plan}\n`)
      faulty.push(...faults.map((fault) => `- ${known.size}, of "${title}", ${fault}.`))
    }
  }
  print(`# Summary of ${known.size} plans\n`)
  print(faulty.length === 0 ? `None reads a table of more than ${MANY} rows in whole, or sorts so many rows.` : faulty.join('\n'))
}
