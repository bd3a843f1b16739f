import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OPERATOR_TOKEN, SECRET } from '@muster/testkit/muster.ts'
import { type Postgres, startPostgres } from '@muster/testkit/postgres.ts'
import pg from 'pg'
import type { Seed, SeedWish } from '../seed.ts'
import { type LoadProcess, startLoad } from './load.ts'
import type { Options } from './options.ts'
import { type Spawned, startCommand, startProcess } from './processes.ts'
import type { Version } from './versions.ts'

export interface Bench {
  options: Options
  /** The version before, if there is one, and this one. */
  versions: Version[]
  load: LoadProcess
  postgres: Postgres
  /** The folder for logs and data of this run. */
  folder: string
  /** Starts something at its first use. It is stopped when the rows of the group have run. */
  once<T>(key: string, start: () => Promise<T>, stop: (made: T) => unknown): Promise<T>
  endGroup(): Promise<void>
  close(): Promise<void>
  say(line: string): void
}

export interface Server {
  version: Version
  origin: string
  seed: Seed
  /** Null for the embedded database. */
  pool: pg.Pool | null
  databaseUrl: string | null
  process: Spawned
}

/** PostgreSQL as in production: nothing is acknowledged before it is on the disk. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', shared_buffers: '1GB', max_wal_size: '4GB' }

export async function openBench(options: Options, versions: Version[], say: (line: string) => void): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), 'muster-bench-'))
  const postgres = await startPostgres(durable)
  const { child: loadChild, ...load } = startLoad()
  const running = new Map<string, { made: Promise<any>; stop: (made: any) => unknown }>()
  let closed = false
  const endGroup = async (): Promise<void> => {
    for (const [key, { made, stop }] of [...running].reverse()) {
      if (!running.delete(key)) continue // A signal can end the group while its end is under way.
      await made.then(stop).catch((error: Error) => say(`${key} did not stop: ${error.message}`))
    }
  }
  return {
    options,
    versions,
    load,
    postgres,
    folder,
    say,
    endGroup,
    once(key, start, stop) {
      const known = running.get(key)
      if (known) return known.made
      if (closed) throw new Error('The run has been stopped.')
      say(`  starts ${key}`)
      const made = start()
      running.set(key, { made, stop })
      return made
    },
    async close() {
      closed = true
      await endGroup()
      loadChild.kill()
      await postgres.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}

export interface Seeded {
  port: number
  seed: Seed
  databaseUrl: string | null
  dataDir: string | null
}

/** A database with people, for one version. */
export async function seeded(bench: Bench, version: Version, engine: 'postgres' | 'pglite', use = 'requests'): Promise<Seeded> {
  const name = `${use}-${engine}-${version.name}`
  const databaseUrl = engine === 'postgres' ? await bench.postgres.createDatabase({ migrated: false }) : null
  const dataDir = engine === 'pglite' ? join(bench.folder, name) : null
  const port = await freePort()
  const output = join(bench.folder, `${name}.json`)
  const wish: SeedWish = { port, output, ...(databaseUrl !== null && { databaseUrl }), ...(dataDir !== null && { dataDir }) }
  const { child, said } = startCommand(`node bench/seed.ts '${JSON.stringify(wish)}'`, version.folder, {}, join(bench.folder, `seed-${name}.log`))
  const code = await new Promise((resolve) => child.once('exit', resolve))
  if (code !== 0) throw new Error(`The people of ${version.name} could not be made (${code}).\n${said()}`)
  return { port, databaseUrl, dataDir, seed: JSON.parse(readFileSync(output, 'utf8')) as Seed }
}

export async function environment(bench: Bench, { port, databaseUrl, dataDir }: Omit<Seeded, 'seed'>): Promise<Record<string, string>> {
  return {
    PORT: String(port),
    HOST: '127.0.0.1',
    MUSTER_HOSTS: `127.0.0.1:${port}`,
    MUSTER_SECRET: SECRET,
    MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN,
    MUSTER_SMTP_URL: await mailServer(bench),
    MUSTER_TRUSTED_PROXIES: 'loopback',
    LOG_LEVEL: 'info',
    ...(databaseUrl === null ? { MUSTER_DATA_DIR: dataDir ?? '' } : { DATABASE_URL: databaseUrl }),
  }
}

const mailServer = async (bench: Bench): Promise<string> => {
  const sink = await bench.once(
    'a mail server',
    async () => startProcess('mail-sink.ts'),
    (made) => made.stop(),
  )
  return (await sink.ready).url
}

export async function launch(bench: Bench, version: Version, name: string, where: Omit<Seeded, 'seed'>): Promise<Spawned & { origin: string }> {
  const spawned = startCommand(version.start, version.folder, await environment(bench, where), join(bench.folder, `${name}.log`))
  const origin = `http://127.0.0.1:${where.port}`
  await answers(`${origin}/readyz`, spawned)
  return { ...spawned, origin }
}

/** Waits until an address answers 200. */
export async function answers(url: string, { child, said }: Spawned, everyMilliseconds = 20): Promise<void> {
  for (const until = performance.now() + 120_000; ; ) {
    const ok = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    )
    if (ok) return
    if (child.exitCode !== null || child.signalCode !== null || performance.now() > until) throw new Error(`${url} does not answer.\n${said()}`)
    await new Promise((resolve) => setTimeout(resolve, everyMilliseconds))
  }
}

/** A running server of one version, with people. */
export const muster = (bench: Bench, version: Version, engine: 'postgres' | 'pglite' = 'postgres', use = 'requests'): Promise<Server> =>
  bench.once(
    `Muster ${version.name} on ${engine} (${use})`,
    async () => {
      const made = await seeded(bench, version, engine, use)
      const process = await launch(bench, version, `${use}-${engine}-${version.name}`, made)
      const pool = made.databaseUrl === null ? null : new pg.Pool({ connectionString: made.databaseUrl, max: 2 })
      return { version, origin: process.origin, seed: made.seed, pool, databaseUrl: made.databaseUrl, process }
    },
    async ({ process, pool }) => {
      await process.stop()
      await pool?.end()
    },
  )

/** One of the processes that Muster is compared with. */
export async function other(bench: Bench, file: 'floor.ts' | 'forward-floor.ts' | 'better-auth.ts' | 'oidc-provider.ts'): Promise<any> {
  const made = await bench.once(
    file,
    async () => {
      const databaseUrl = file === 'forward-floor.ts' ? '' : await bench.postgres.createDatabase({ migrated: false })
      return startProcess(file, [String(await freePort())], { DATABASE_URL: databaseUrl })
    },
    (process) => process.stop(),
  )
  return { ...(await made.ready), pid: made.child.pid }
}
