import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bench, openBench } from './harness/bench.ts'
import { measure, type Result, type Row } from './harness/measure.ts'
import { type Options, readOptions, usage } from './harness/options.ts'
import { cells, head, line, markdown } from './harness/report.ts'
import { earlierVersion, root, thisVersion, type Version } from './harness/versions.ts'
import { requestRows } from './rows/requests.ts'

const rows: Row[] = [...requestRows]
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
const chosen = rows.filter(
  ({ id, title }) => options.words.length === 0 || options.words.some((word) => `${id} ${title}`.toLowerCase().includes(word.toLowerCase())),
)
if (options.list || chosen.length === 0) {
  if (!options.list) say(`No row contains ${options.words.join(' or ')}. The rows are:`)
  process.stdout.write(`${rows.map(({ id, title }) => `${id.padEnd(20)} ${title}`).join('\n')}\n`)
  process.exit(options.list ? 0 : 2)
}

// The processes end when this one does. Only the worktree, PostgreSQL and the temporary folder need more.
let versions: Version[] = []
let bench: Bench | undefined
let closing: Promise<void> | undefined
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
    say('\nStops what was started. This takes a few seconds.')
    void close().finally(() => process.exit(130))
  })
}
const worktrees = mkdtempSync(join(tmpdir(), 'muster-bench-versions-'))
const results: Result[] = []
let failed = false
try {
  versions = [thisVersion()]
  if (options.against !== null) versions.unshift(earlierVersion(options.against, join(worktrees, 'before'), say))
  say('starts PostgreSQL')
  bench = await openBench(options, versions, say)
  let group = ''
  for (const row of chosen) {
    if (row.group !== group) await bench.endGroup()
    group = row.group
    say(`${row.title}`)
    const result = await measure(bench, row)
    results.push(result)
    say(`  ${line(result)}`)
  }
} catch (error) {
  if (!closing) {
    say((error as Error).stack ?? String(error))
    failed = true
  }
} finally {
  await close()
}
if (options.json)
  process.stdout.write(`${JSON.stringify({ versions: versions.map(({ name, commit }) => ({ name, commit })), scale: options.scale, results }, null, 2)}\n`)
else process.stdout.write(`${markdown([head, ...results.map(cells)])}\n`)
process.exit(failed || results.some(({ failure }) => failure !== null) ? 1 : 0)
