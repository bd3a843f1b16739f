import { randomInt } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { earlierVersion, root } from '../bench/harness/versions.ts'
import { startCluster } from '../packages/server/test/faults/cluster.ts'
import { aSmallDisk } from '../packages/server/test/faults/disk.ts'
import { startEmbedded } from '../packages/server/test/faults/embedded.ts'
import { faultsOfCluster, faultsOfEmbedded, type Inject } from '../packages/server/test/faults/faults.ts'
import type { Installation } from '../packages/server/test/faults/installation.ts'
import { type FaultRun, runFaults, seededRandom } from '../packages/server/test/faults/run.ts'

// Runs servers under load with real faults, and writes the history and the verdict to files.

const help = `Usage: npm run test:faults:real -- [options]

Runs three servers over one PostgreSQL under mixed load, injects real faults, and judges the history: no confirmed change is lost, an unknown one
happened whole or not at all, ended keys are accepted nowhere, and each error is a 503 with Retry-After. Then the same with an embedded database.

Options:
  --servers N    times that a server is killed (default: 50)
  --database N   times that PostgreSQL is killed (default: 20)
  --others N     times that each other fault is injected (default: 3)
  --embedded N   times that the server with an embedded database is killed (default: 100)
  --from REF     begin with the servers and an SDK of an earlier commit, and upgrade the servers one after another
  --seed N       repeats the choices of an earlier run
  --out FOLDER   where the history is written (default: a folder for temporary files)
  --help

Examples:
  npm run test:faults:real
  npm run test:faults:real -- --servers 5 --database 2 --others 1 --embedded 5
  npm run test:faults:real -- --from v0.1.0 --seed 7
`
const number = (default_: string) => ({ type: 'string', default: default_ }) as const
const { values } = parseArgs({
  options: {
    servers: number('50'),
    database: number('20'),
    others: number('3'),
    embedded: number('100'),
    from: { type: 'string' },
    seed: number(String(randomInt(1_000_000))),
    out: { type: 'string' },
    help: { type: 'boolean' },
  },
})
const say = (line: string): void => void process.stdout.write(`${line}\n`)
if (values.help) {
  say(help)
  process.exit(0)
}
const counted = (name: 'servers' | 'database' | 'others' | 'embedded' | 'seed'): number => {
  const given = Number(values[name])
  if (Number.isInteger(given) && given >= 0) return given
  process.stderr.write(`✗ --${name} is "${values[name]}". Give a whole number, such as 5.\n`)
  process.exit(2)
}
const times = { servers: counted('servers'), database: counted('database'), others: counted('others'), embedded: counted('embedded') }
const seed = counted('seed')
const random = seededRandom(seed)
const out = values.out ?? mkdtempSync(join(tmpdir(), 'muster-faults-'))
mkdirSync(out, { recursive: true })

say(`The seed is ${seed}.`)
const violations = [...(await runCluster()), ...(await runEmbedded())]
say(`\nThe history is in ${out}.`)
for (const violation of violations) say(`✗ ${violation}`)
say(violations.length === 0 ? '✓ No violation.' : `✗ ${violations.length} violations.`)
process.exit(violations.length === 0 ? 0 : 1)

async function runCluster(): Promise<string[]> {
  const disk = aSmallDisk(400)
  const earlier = values.from === undefined ? undefined : earlierVersion(values.from, mkdtempSync(join(tmpdir(), 'muster-earlier-')), say)
  try {
    if (earlier) copyScripts(earlier.folder)
    const counts: Partial<Record<keyof typeof faultsOfCluster, number>> = {
      'a server is killed': times.servers,
      'PostgreSQL is killed': times.database,
      'the servers are upgraded one after another': 0,
      ...(!disk && { 'the disk of PostgreSQL is full': 0 }),
    }
    if (!disk) say('A full disk is not tried, because no disk can be mounted here.')
    const plan = shuffled(Object.entries(faultsOfCluster).flatMap((fault) => repeated(fault, counts[fault[0] as keyof typeof faultsOfCluster] ?? times.others)))
    const upgrade = 'the servers are upgraded one after another'
    // Both versions run under load before, during and after the upgrade.
    if (earlier) plan.splice(Math.floor(plan.length / 3), 0, [upgrade, faultsOfCluster[upgrade]])
    if (plan.length === 0) return []
    say(`\nThree servers over one PostgreSQL, ${plan.length} faults`)
    const start = () => startCluster({ servers: 3, clients: 6, random, disk, version: earlier?.folder })
    return report('cluster', await runFaults({ start, plan, random, waitsForEmails: true, say }))
  } finally {
    disk?.remove()
    earlier?.remove()
  }
}

async function runEmbedded(): Promise<string[]> {
  const disk = aSmallDisk(400)
  try {
    const counts = { 'the server is killed': times.embedded, 'the disk is full': disk ? times.others : 0 }
    const faults: [string, Inject<Installation>][] = Object.entries(faultsOfEmbedded)
    const plan = shuffled(faults.flatMap((fault) => repeated(fault, counts[fault[0] as keyof typeof counts])))
    if (plan.length === 0) return []
    say(`\nOne server with an embedded database, ${plan.length} faults`)
    return report('embedded', await runFaults({ start: () => startEmbedded({ clients: 6, disk }), plan, random, waitsForEmails: false, say }))
  } finally {
    disk?.remove()
  }
}

function report(name: string, { history, violations: found }: FaultRun): string[] {
  writeFileSync(join(out, `${name}.ndjson`), history.operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''))
  writeFileSync(join(out, `${name}-verdict.json`), `${JSON.stringify({ seed, faults: history.faults, violations: found }, null, 2)}\n`)
  say('')
  for (const [fault, all] of Map.groupBy(history.faults, (one) => one.name)) {
    const slowest = Math.max(...all.map(({ recovery }) => recovery))
    say(`${String(all.length).padStart(4)} × ${fault}, ready again after at most ${slowest} ms`)
  }
  const outcomes = Map.groupBy(history.operations, ({ outcome }) => outcome)
  const size = (outcome: 'ok' | 'failed' | 'unknown'): string => (outcomes.get(outcome)?.length ?? 0).toLocaleString('en')
  say(`${size('ok')} operations confirmed, ${size('failed')} refused, ${size('unknown')} unknown, ${found.length} violations`)
  return found
}

/** An earlier version may not have the scripts that make the people of a run and check their keys with its SDK. */
function copyScripts(folder: string): void {
  const faults = 'packages/server/test/faults'
  mkdirSync(join(folder, faults), { recursive: true })
  for (const script of ['prepare.ts', 'verifier-process.ts']) copyFileSync(join(root, faults, script), join(folder, faults, script))
}

function repeated<T>(one: T, count: number): T[] {
  return Array.from({ length: count }, () => one)
}

function shuffled<T>(list: T[]): T[] {
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    ;[list[at], list[other]] = [list[other] as T, list[at] as T]
  }
  return list
}
