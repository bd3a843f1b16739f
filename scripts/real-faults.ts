import { randomInt } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { earlierVersion, root } from '../bench/harness/versions.ts'
import { aSmallDisk } from '../packages/server/test/faults/disk.ts'
import { type FaultName, faults } from '../packages/server/test/faults/faults.ts'
import { type FaultRun, runFaults, seededRandom } from '../packages/server/test/faults/run.ts'

// Three servers over one PostgreSQL under load, with real faults. The history and the verdict are written to a file.

const help = `Usage: npm run test:faults:real -- [options]

Runs three servers over one PostgreSQL under mixed load, injects real faults, and judges the history: no confirmed change is lost, an unknown one
happened whole or not at all, ended keys are accepted nowhere, and each error is a 503 with Retry-After.

Options:
  --servers N    times that a server is killed (default: 50)
  --database N   times that PostgreSQL is killed (default: 20)
  --others N     times that each other fault is injected (default: 3)
  --from REF     begin with the servers of an earlier commit, and upgrade them one after another
  --seed N       repeats the choices of an earlier run
  --out FOLDER   where the history is written (default: a folder for temporary files)
  --help

Examples:
  npm run test:faults:real
  npm run test:faults:real -- --servers 5 --database 2 --others 1
  npm run test:faults:real -- --from v0.1.0 --seed 7
`
const number = (default_: string) => ({ type: 'string', default: default_ }) as const
const { values } = parseArgs({
  options: {
    servers: number('50'),
    database: number('20'),
    others: number('3'),
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
const counted = (name: 'servers' | 'database' | 'others' | 'seed'): number => {
  const given = Number(values[name])
  if (Number.isInteger(given) && given >= 0) return given
  process.stderr.write(`✗ --${name} is "${values[name]}". Give a whole number, such as 5.\n`)
  process.exit(2)
}
const times = { servers: counted('servers'), database: counted('database'), others: counted('others') }
const seed = counted('seed')

const UPGRADE: FaultName = 'the servers are upgraded one after another'
const FULL_DISK: FaultName = 'the disk of PostgreSQL is full'
const faultsFolder = 'packages/server/test/faults'
const disk = aSmallDisk(400)
if (!disk) say(`Not run, because no disk can be mounted here: ${FULL_DISK}.`)
const earlier = values.from === undefined ? undefined : earlierVersion(values.from, mkdtempSync(join(tmpdir(), 'muster-earlier-')), say)
if (earlier) {
  mkdirSync(join(earlier.folder, faultsFolder), { recursive: true })
  copyFileSync(join(root, faultsFolder, 'prepare.ts'), join(earlier.folder, faultsFolder, 'prepare.ts'))
}

const count = (name: FaultName): number => {
  if (name === UPGRADE) return 0
  if (name === FULL_DISK && !disk) return 0
  if (name === 'a server is killed') return times.servers
  return name === 'PostgreSQL is killed' ? times.database : times.others
}
const plan = shuffled((Object.keys(faults) as FaultName[]).flatMap((name) => Array.from({ length: count(name) }, () => name)))
// Both versions run under load before, during and after the upgrade.
if (earlier) plan.splice(Math.floor(plan.length / 3), 0, UPGRADE)

say(`${plan.length} faults with seed ${seed}.`)
let run: FaultRun
try {
  run = await runFaults({ plan, seed, servers: 3, clients: 6, disk, version: earlier?.folder, waitsForEmails: true, say })
} finally {
  disk?.remove()
  earlier?.remove()
}
const { history, violations } = run
const out = values.out ?? mkdtempSync(join(tmpdir(), 'muster-faults-'))
mkdirSync(out, { recursive: true })
writeFileSync(join(out, 'history.ndjson'), history.operations.map((operation) => `${JSON.stringify(operation)}\n`).join(''))
writeFileSync(join(out, 'verdict.json'), `${JSON.stringify({ seed, faults: history.faults, violations }, null, 2)}\n`)

say('')
for (const [name, all] of Map.groupBy(history.faults, (fault) => fault.name)) {
  const slowest = Math.max(...all.map(({ recovery }) => recovery))
  say(`${String(all.length).padStart(4)} × ${name}, ready again after at most ${slowest} ms`)
}
const outcomes = Map.groupBy(history.operations, ({ outcome }) => outcome)
const size = (outcome: 'ok' | 'failed' | 'unknown'): string => (outcomes.get(outcome)?.length ?? 0).toLocaleString('en')
say(`${size('ok')} operations confirmed, ${size('failed')} refused, ${size('unknown')} unknown. The history is in ${out}.`)
for (const violation of violations) say(`✗ ${violation}`)
say(violations.length === 0 ? '✓ No violation.' : `✗ ${violations.length} violations.`)
process.exit(violations.length === 0 ? 0 : 1)

function shuffled<T>(list: T[]): T[] {
  const random = seededRandom(seed)
  for (let at = list.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1))
    ;[list[at], list[other]] = [list[other] as T, list[at] as T]
  }
  return list
}
