import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { type Bench, openBench } from './harness/bench.ts'
import { measure, type Result, type Row } from './harness/measure.ts'
import { countOperations, type Operation } from './harness/operations.ts'
import { type Options, readOptions, usage } from './harness/options.ts'
import { writePage } from './harness/page.ts'
import { printPlans } from './harness/plans.ts'
import { cells, head, line, markdown } from './harness/report.ts'
import { earlierVersion, root, thisVersion, type Version } from './harness/versions.ts'
import { changeRows } from './rows/changes.ts'
import { commandRows } from './rows/command.ts'
import { directoryRows } from './rows/directory.ts'
import { pageRows } from './rows/pages.ts'
import { requestRows } from './rows/requests.ts'
import { revocationRows } from './rows/revocations.ts'
import { startRows } from './rows/start.ts'
import { storeRows } from './rows/store.ts'

const rows: Row[] = [...requestRows, ...changeRows, ...directoryRows, ...startRows, ...revocationRows, ...storeRows, ...commandRows, ...pageRows]
const say = (text: string): void => void process.stderr.write(`${text}\n`)

let options: Options
try {
  options = readOptions(process.argv.slice(2))
} catch (error) {
  say(`${(error as Error).message}\n\n${usage}`)
  process.exit(2)
}
if (options.check) {
  const { status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'bench/tsconfig.json'], { cwd: root, stdio: 'inherit' })
  process.exit(status ?? 1)
}
const words = options.words.map((word) => word.toLowerCase())
/** A word that is the id of a row means that row only. */
const isChosen = ({ id, title }: Row): boolean =>
  words.length === 0 || words.some((word) => (rows.some((row) => row.id === word) ? id === word : `${id} ${title}`.toLowerCase().includes(word)))
const chosen = rows.filter(isChosen)
if (options.list || chosen.length === 0) {
  if (!options.list) say(`No row contains ${options.words.join(' or ')}. The rows are:`)
  process.stdout.write(`${rows.map(({ id, title }) => `${id.padEnd(20)} ${title}`).join('\n')}\n`)
  process.exit(options.list ? 0 : 2)
}

// The processes end when this one does. Only the worktree, PostgreSQL and the temporary folder need more.
let versions: Version[] = []
let bench: Bench | undefined
let closing: Promise<void> | undefined
let wasStopped = false
const close = (): Promise<void> => {
  closing ??= (async () => {
    await bench?.close()
    for (const { remove } of versions) remove()
    rmSync(worktrees, { recursive: true, force: true })
  })()
  return closing
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    wasStopped = true
    say('\nStops what was started. This takes a few seconds.')
    void close().finally(() => process.exit(130))
  })
}
const worktrees = mkdtempSync(join(tmpdir(), 'muster-bench-versions-'))
const results: Result[] = []
let operations: Operation[] = []
let postgres = 'PostgreSQL'
let failed = false
const begun = performance.now()
try {
  versions = [thisVersion()]
  if (options.against !== null) versions.unshift(earlierVersion(options.against, join(worktrees, 'before'), say))
  say('starts PostgreSQL')
  bench = await openBench(options, versions, say)
  postgres = await versionOf(bench)
  let group = ''
  for (const row of options.plans ? [] : chosen) {
    if (closing) break
    if (row.group !== group) await bench.endGroup()
    group = row.group
    say(`${row.title}`)
    const result = await measure(bench, row)
    results.push(result)
    say(`  ${line(result)}`)
  }
  await bench.endGroup()
  const counted = chosen.filter(({ operation, isLarge }) => operation && (options.plans || !isLarge))
  if (!closing && counted.length > 0) {
    say('Statements of each operation')
    operations = await countOperations(bench, counted)
  }
} catch (error) {
  if (!closing) {
    say((error as Error).stack ?? String(error))
    failed = true
  }
} finally {
  await close()
}
if (options.json) {
  const named = versions.map(({ name, commit }) => ({ name, commit }))
  process.stdout.write(`${JSON.stringify({ versions: named, scale: options.scale, results, operations }, null, 2)}\n`)
} else if (options.plans) {
  printPlans(operations, (line) => process.stdout.write(`${line}\n`))
} else {
  process.stdout.write(`${markdown([head, ...results.map(cells)])}\n`)
  for (const { title, costs } of operations) {
    for (const [name, cost] of Object.entries(costs)) {
      if (!cost) continue
      process.stdout.write(`${title}, ${name}: ${cost.statements} statements, ${cost.roundTrips} round trips, ${cost.commits} commits\n`)
      if (options.statements) for (const text of cost.texts) process.stdout.write(`    ${text.replaceAll(/\s+/g, ' ').slice(0, 300)}\n`)
    }
  }
}
if (!failed && !wasStopped && !options.plans && (options.words.length === 0 || options.page)) {
  const page = writePage({ options, versions, results, operations, postgres, minutes: (performance.now() - begun) / 60_000 })
  say(`Wrote ${page}.`)
}
process.exit(failed || results.some(({ failure }) => failure !== null) ? 1 : 0)

async function versionOf({ postgres: { url } }: Bench): Promise<string> {
  const pool = new pg.Pool({ connectionString: url(), max: 1 })
  try {
    const { rows } = await pool.query<{ version: string }>(`select current_setting('server_version') as version`)
    return `PostgreSQL ${rows[0]?.version}`
  } finally {
    await pool.end()
  }
}
