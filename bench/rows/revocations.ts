import { join } from 'node:path'
import pg from 'pg'
import { type Bench, seeded } from '../harness/bench.ts'
import { loadRevocations } from '../harness/data.ts'
import { bearer } from '../harness/load.ts'
import type { Must, Row, Subject } from '../harness/measure.ts'
import { startCommand } from '../harness/processes.ts'
import type { Version } from '../harness/versions.ts'
import { memoryOf, type Started, timeMuster } from './start.ts'

// Very many revocations in the last 24 hours: a mass sign-out must not keep a server from starting, or its verifiers from being ready.

interface Crowded {
  /** Starts the server again. */
  restart(): Promise<Started>
  /** The server that runs now. */
  running(): Promise<Started>
  /** Starts a verifier, and returns the milliseconds until it is ready. */
  verifier(): Promise<number>
  /** The p99 of other requests while a verifier starts. */
  others(): Promise<number>
  stop(): Promise<void>
}

async function crowded(bench: Bench, version: Version): Promise<Crowded> {
  const made = await seeded(bench, version, 'postgres', 'revocations')
  const pool = new pg.Pool({ connectionString: made.databaseUrl ?? '', max: 1 })
  await loadRevocations(pool, bench.options.scale.revocations)
  await pool.end()
  let current: Started | undefined
  const [client] = made.seed.clients
  const crowd: Crowded = {
    async restart() {
      await crowd.stop()
      current = await timeMuster(bench, version, made, '/readyz')
      return current
    },
    running: async () => current ?? crowd.restart(),
    async verifier() {
      await crowd.running()
      const command = `node bench/verifier-ready.ts http://localhost:${made.port} ${client?.id} ${client?.secret}`
      const { child, said } = startCommand(command, version.folder, {}, join(bench.folder, `verifier-${version.name}.log`))
      const code = await new Promise((resolve) => child.once('close', resolve))
      if (code !== 0) throw new Error(`The verifier ended with ${code}.\n${said()}`)
      return Number(said())
    },
    async others() {
      await crowd.running()
      const origin = `http://127.0.0.1:${made.port}`
      const ready = crowd.verifier()
      const parts: number[] = []
      let waiting = true
      void ready
        .catch(() => {})
        .finally(() => {
          waiting = false
        })
      while (waiting) {
        const steps = [{ path: '/v1/me', headers: bearer(made.seed.ada.token) }]
        parts.push((await bench.load.run({ origin, seconds: 1, connections: 2, steps })).p99)
      }
      await ready
      return Math.max(...parts)
    },
    async stop() {
      await current?.process.stop()
      current = undefined
    },
  }
  return crowd
}

const crowdedRow = (id: string, title: string, unit: Row['unit'], must: Must, measure: (crowd: Crowded, bench: Bench) => Promise<number>): Row => ({
  id,
  title,
  group: 'revocations',
  unit,
  must,
  rounds: 3,
  warmUps: 0,
  async subjects(bench) {
    const subjects: Subject[] = []
    for (const version of bench.versions) {
      const crowd = await bench.once(
        `${bench.options.scale.revocations} revocations for ${version.name}`,
        () => crowded(bench, version),
        (made) => made.stop(),
      )
      subjects.push({ name: version.name, measure: () => measure(crowd, bench) })
    }
    return subjects
  },
})

export const revocationRows: Row[] = [
  crowdedRow('revocations-start', 'many revocations: the server is ready', 'ms', { atMost: 2_000 }, async (crowd) => (await crowd.restart()).milliseconds),
  crowdedRow('revocations-verifier', 'many revocations: a verifier is ready', 'ms', { atMost: 3_000 }, (crowd) => crowd.verifier()),
  crowdedRow('revocations-others', 'many revocations: `GET /v1/me` while a verifier starts, p99', 'ms', { atMost: 30 }, (crowd) => crowd.others()),
  crowdedRow('revocations-memory', 'many revocations: memory of the server', 'MiB', { atMost: 300 }, async (crowd) =>
    memoryOf((await crowd.running()).process),
  ),
]
