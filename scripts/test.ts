import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from './build.ts'

// Runs everything that a change must pass. With `--project` and `fast`, `slow` or `browser`, it runs the tests of one tier, without types and lint. The last line is
// "N passed, N failed", which programs can parse.

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = (name: string): string => join(root, 'node_modules/.bin', process.platform === 'win32' ? `${name}.cmd` : name)

interface Counts {
  passed: number
  failed: number
  skipped: number
  /** The tests that failed at first and passed when they were repeated. */
  unsteady: string[]
}

/** The part of vitest's report that is read here. */
interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  numFailedTestSuites: number
  testResults: { assertionResults: { fullName: string; status: string; failureMessages: string[] }[] }[]
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

const args = process.argv.slice(2)
const isOneTier = args.some((arg) => arg.startsWith('--project'))

type Step = [name: string, run: () => Promise<boolean>]

const checks: Step[] = [
  ['types', () => run('tsc', ['-p', 'tsconfig.json', '--noEmit'])],
  ['types of the console', () => run('tsc', ['-p', 'packages/console/tsconfig.json', '--noEmit'])],
  ['format and lint', () => run('biome', ['check', '.', '--max-diagnostics=50'])],
  ['English', () => run('node', ['scripts/check-english.ts'])],
]

/**
 * A page in Chromium draws for as long as its test waits, so two workers with a browser on two cores take as long as one. The browser tier has one worker, beside two
 * for the other tiers.
 */
const groups = [
  ['--project', 'browser', '--maxWorkers', '1'],
  ['--project', 'fast', '--project', 'slow', '--maxWorkers', '2'],
]

const counts: Counts = { passed: 0, failed: 0, skipped: 0, unsteady: [] }
const steps: Step[] = [['build', buildAll], ...(isOneTier ? [] : checks)]
for (const [name, step] of steps) {
  if (!(await timed(name, step))) counts.failed += 1
}
await timed('tests', async () => {
  const tests = await runTests(args)
  counts.passed += tests.passed
  counts.failed += tests.failed
  counts.skipped += tests.skipped
  counts.unsteady = tests.unsteady
  return tests.failed === 0
})
for (const title of counts.unsteady) say(`! passed only at the second attempt: ${title}`)
say(`${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`)
process.exitCode = counts.failed > 0 ? 1 : 0

async function buildAll(): Promise<boolean> {
  try {
    await build(say)
    return true
  } catch (error) {
    say((error as Error).stack ?? String(error))
    return false
  }
}

async function runTests(words: string[]): Promise<Counts> {
  if (words.length > 0) return runVitest(words, (args) => run('vitest', args))
  const all = await Promise.all(groups.map((group) => runVitest(group, runBeside)))
  return all.reduce((one, other) => ({
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    skipped: one.skipped + other.skipped,
    unsteady: [...one.unsteady, ...other.unsteady],
  }))
}

async function runVitest(words: readonly string[], start: (args: string[]) => Promise<boolean>): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-results-'))
  const file = join(folder, 'results.json')
  try {
    const ok = await start(['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...words])
    const report = JSON.parse(readFileSync(file, 'utf8')) as Report
    const unsteady = report.testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
    return {
      passed: report.numPassedTests,
      // A file that cannot be loaded has no failed test, and an error outside of the tests makes vitest fail. Each counts as one failure.
      failed: Math.max(report.numFailedTests, report.numFailedTestSuites > 0 || !ok ? 1 : 0),
      skipped: report.numPendingTests + report.numTodoTests,
      unsteady: unsteady.map(({ fullName }) => fullName),
    }
  } catch (error) {
    say(`The tests did not come to an end: ${(error as Error).message}`)
    return { passed: 0, failed: 1, skipped: 0, unsteady: [] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(command: string, args: string[]): Promise<boolean> {
  return ended(spawn(bin(command), args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' }))
}

/** Runs vitest beside another one. Both write whole lines, because two cannot draw on one terminal. */
function runBeside(args: string[]): Promise<boolean> {
  const env = { ...process.env, ...(process.stdout.isTTY && { FORCE_COLOR: '1' }) }
  const child = spawn(bin('vitest'), args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', say)
  return ended(child)
}

function ended(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.on('error', (error) => {
      say(error.message)
      resolve(false)
    })
    child.on('close', (code) => resolve(code === 0))
  })
}

async function timed(name: string, step: () => Promise<boolean>): Promise<boolean> {
  const began = performance.now()
  const ok = await step()
  say(`${ok ? '✓' : '✗'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  return ok
}
