import { spawnSync } from 'node:child_process'
import { get } from 'node:http'
import { join } from 'node:path'
import { type Bench, environment, freePort, type Seeded, seeded } from '../harness/bench.ts'
import type { Must, Row, Subject } from '../harness/measure.ts'
import { type Spawned, startCommand } from '../harness/processes.ts'
import { root, type Version } from '../harness/versions.ts'

// From the command of `npm start`, without npm, to the first 200, and what the idle server then holds.

export interface Started {
  process: Spawned
  milliseconds: number
}

/** Starts a command and waits for the first 200. */
export async function timeStart(command: string, folder: string, env: Record<string, string>, url: string, log: string): Promise<Started> {
  const begun = performance.now()
  const process = startCommand(command, folder, env, log)
  while (!(await isAnswered(url))) {
    if (process.child.exitCode !== null || performance.now() - begun > 180_000) throw new Error(`${url} does not answer.\n${process.said()}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { process, milliseconds: performance.now() - begun }
}

const isAnswered = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    get(url, { agent: false }, (answer) => {
      answer.resume()
      answer.once('end', () => resolve(answer.statusCode === 200))
    }).on('error', () => resolve(false))
  })

/** MiB of a process and its children. They share the group of the process that the bench has started. */
export function memoryOf({ child }: Spawned): number {
  const { stdout } = spawnSync('ps', ['-eo', 'pgid=,rss='], { encoding: 'utf8' })
  const sizes = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number))
  return sizes.filter(([group]) => group === child.pid).reduce((sum, [, size = 0]) => sum + size, 0) / 1024
}

export async function timeMuster(bench: Bench, version: Version, where: Omit<Seeded, 'seed'>, path = '/healthz'): Promise<Started> {
  const env = await environment(bench, where)
  return timeStart(version.start, version.folder, env, `http://127.0.0.1:${where.port}${path}`, join(bench.folder, `start-${version.name}.log`))
}

async function timeBare(bench: Bench): Promise<Started> {
  const port = await freePort()
  return timeStart(`node bench/processes/bare.ts ${port}`, root, {}, `http://127.0.0.1:${port}/healthz`, join(bench.folder, 'bare.log'))
}

async function timeBetterAuth(bench: Bench): Promise<Started> {
  const DATABASE_URL = await bench.once(
    'a database for better-auth',
    () => bench.postgres.createDatabase({ migrated: false }),
    () => {},
  )
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/api/auth/ok`
  return timeStart(`node bench/processes/better-auth.ts ${port} bare`, root, { DATABASE_URL }, url, join(bench.folder, 'better-auth.log'))
}

type What = 'milliseconds' | 'memory'

function subject(bench: Bench, name: Subject['name'], what: What, start: () => Promise<Started>): Subject {
  return {
    name,
    async measure() {
      const { process, milliseconds } = await start()
      try {
        if (what === 'milliseconds') return milliseconds
        await new Promise((resolve) => setTimeout(resolve, bench.options.scale.idleSeconds * 1000))
        return memoryOf(process)
      } finally {
        await process.stop()
      }
    },
  }
}

interface StartRow {
  id: string
  title: string
  what: What
  where: 'postgres' | 'pglite' | 'fresh'
  must: Must
}

const startRow = ({ id, title, what, where, must }: StartRow): Row => ({
  id,
  title,
  group: 'start',
  unit: what === 'memory' ? 'MiB' : 'ms',
  must,
  rounds: what === 'memory' ? 2 : 5,
  warmUps: what === 'memory' ? 0 : 1,
  async subjects(bench) {
    const subjects: Subject[] = []
    for (const version of bench.versions) {
      if (where === 'fresh') {
        let times = 0
        subjects.push(
          subject(bench, version.name, what, async () => {
            times += 1
            const dataDir = join(bench.folder, `fresh-${version.name}-${times}`)
            return timeMuster(bench, version, { port: await freePort(), dataDir, databaseUrl: null })
          }),
        )
        continue
      }
      const made = await bench.once(
        `data for the start of ${version.name} on ${where}`,
        () => seeded(bench, version, where, 'start'),
        () => {},
      )
      subjects.push(subject(bench, version.name, what, () => timeMuster(bench, version, made)))
    }
    subjects.push(subject(bench, 'floor', what, () => timeBare(bench)))
    if (where === 'postgres') subjects.push(subject(bench, 'better-auth', what, () => timeBetterAuth(bench)))
    return subjects
  },
})

export const startRows: Row[] = [
  startRow({ id: 'start-postgres', title: 'start to the first 200: PostgreSQL, existing', what: 'milliseconds', where: 'postgres', must: { ofFloor: 2.5 } }),
  startRow({ id: 'start-pglite', title: 'start to the first 200: PGlite, existing', what: 'milliseconds', where: 'pglite', must: { ofFloor: 4 } }),
  startRow({ id: 'start-fresh', title: 'start to the first 200: PGlite, new folder', what: 'milliseconds', where: 'fresh', must: { ofFloor: 10 } }),
  startRow({ id: 'memory-postgres', title: 'memory, idle: PostgreSQL', what: 'memory', where: 'postgres', must: { atMost: 120 } }),
  startRow({ id: 'memory-pglite', title: 'memory, idle: PGlite', what: 'memory', where: 'pglite', must: { atMost: 240 } }),
]
