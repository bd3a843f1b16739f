/**
 * Measures how long `muster` takes to start, beside Node itself: `npx node bench/cli-start.ts [runs]`.
 * The cases alternate, so that a busy moment of the machine affects all of them. Prints the medians.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const muster = fileURLToPath(new URL('../packages/cli/bin/muster.cjs', import.meta.url))
const runs = Math.max(20, Number(process.argv[2] ?? 30))
const cases: Record<string, string[]> = {
  'node -e 0': ['-e', '0'],
  'muster --version': [muster, '--version'],
  muster: [muster],
  'muster --help': [muster, '--help'],
  'muster org --help': [muster, 'org', '--help'],
}

const times = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]))
const run = (args: string[]): number => {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - start
}

for (const args of Object.values(cases)) run(args) // This run fills the file cache and is not counted.
for (let round = 0; round < runs; round++) for (const [name, args] of Object.entries(cases)) times.get(name)?.push(run(args))

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
const base = median(times.get('node -e 0') ?? [])
process.stdout.write(`Node ${process.versions.node}, medians of ${runs} interleaved runs\n`)
for (const [name, values] of times) {
  const middle = median(values)
  process.stdout.write(
    `${name.padEnd(18)}  ${middle.toFixed(1).padStart(6)} ms  +${(middle - base).toFixed(1).padStart(5)} ms  ${(middle / base).toFixed(2)}x\n`,
  )
}
