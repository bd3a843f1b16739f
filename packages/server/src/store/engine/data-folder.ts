import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readdir, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

// Two processes on one PGlite folder silently lose each other's rows, so only one process may open it. Each process
// first creates a lock file with a unique name, by an atomic rename, and then looks for those of others. So of two
// processes that start together, at least one sees the other. Lock file names are never reused, so any process can
// remove the lock file of a process that has ended.

const beatMilliseconds = 2_000
const silentMilliseconds = 15_000

interface Owner {
  pid: number
  host: string
  /** Host, boot and PID namespace, within which `pid` identifies a process. */
  place: string
  /** A pid is reused after a while, so the start time is compared too. */
  started: string
}

export interface DataFolder {
  path: string
  /** The folder of the PostgreSQL cluster. */
  cluster: string
  release(): Promise<void>
}

export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse'
  readonly folder: string
  readonly pid: number

  constructor(folder: string, owner: Owner, here: boolean) {
    const where = here ? '' : ` on host ${owner.host}`
    super(
      `The data folder ${folder} is in use by process ${owner.pid}${where}. ` +
        'Stop that process, or choose another folder with MUSTER_DATA_DIR. For several server processes, use PostgreSQL: DATABASE_URL.',
    )
    this.folder = folder
    this.pid = owner.pid
  }
}

export class DataFolderForeign extends Error {
  override name = 'DataFolderForeign'
}

/** Why the database could not be opened, if another user made some of its files: a command that was run as root, for example. Null otherwise. */
export async function foreignFileIn(cluster: string, cause?: unknown): Promise<DataFolderForeign | null> {
  const deniedIn = async (work: () => Promise<unknown>): Promise<string | null> => {
    try {
      await work()
    } catch (error) {
      const { code, path } = error as NodeJS.ErrnoException
      if (code === 'EACCES') return path ?? cluster
    }
    return null
  }
  let files: string[] = []
  let denied = await deniedIn(async () => {
    const entries = await readdir(cluster, { recursive: true, withFileTypes: true })
    files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
  })
  for (const path of files) denied ??= await deniedIn(async () => (await open(path, 'r+')).close())
  if (denied !== null)
    return new DataFolderForeign(
      `This user may not write ${denied}. Give the data folder to the user of the server: chown --recursive USER ${dirname(cluster)}`,
      {
        cause,
      },
    )
  return null
}

/** Locks the folder for this process. Creates it with mode 0700 if it is missing. @throws DataFolderInUse */
export async function openDataFolder(folder: string): Promise<DataFolder> {
  const path = resolve(folder)
  await mkdir(path, { recursive: true, mode: 0o700 })
  await chmod(path, 0o700) // an existing folder can have another mode
  const me = await self()
  const deadline = performance.now() + silentMilliseconds + beatMilliseconds
  const seen = new Map<string, number>()
  for (let attempt = 1; ; attempt += 1) {
    const lock = await announce(path, me)
    const other = await findOther(path, lock, me)
    if (!other) return keepLock(path, lock)
    await rm(lock, { force: true })
    // Two processes that started together both withdraw and retry after a random time. A process on another host can
    // only be recognized by the updates of its lock file, which takes a while.
    const here = other.owner.place === me.place
    const moves = (seen.get(other.file) ?? other.beat) !== other.beat
    if (here ? attempt >= 4 : moves || performance.now() > deadline) throw new DataFolderInUse(path, other.owner, here)
    seen.set(other.file, other.beat)
    await sleep(here ? 20 + Math.random() * 80 : beatMilliseconds / 2)
  }
}

function keepLock(path: string, lock: string): DataFolder {
  const beat = setInterval(() => {
    const now = new Date()
    utimes(lock, now, now).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') return
      // Another process removed this lock and may be writing. Two writers would destroy the data; stopping does not.
      process.stderr.write(`The lock of the data folder ${path} was taken away. Stopping at once.\n`)
      process.exit(1)
    })
  }, beatMilliseconds).unref()
  const release = async (): Promise<void> => {
    clearInterval(beat)
    await rm(lock, { force: true })
  }
  return { path, cluster: join(path, 'postgres'), release }
}

async function announce(path: string, me: Owner): Promise<string> {
  const name = `lock-${me.pid}-${randomBytes(6).toString('hex')}`
  const unfinished = join(path, `.${name}`)
  await writeFile(unfinished, `${JSON.stringify(me)}\n`, { mode: 0o600, flag: 'wx' })
  await rename(unfinished, join(path, name))
  return join(path, name)
}

/** The first other process that may be running. Removes the lock files of processes that have ended. */
async function findOther(path: string, mine: string, me: Owner): Promise<{ owner: Owner; file: string; beat: number } | null> {
  const now = (await stat(mine)).mtimeMs // the file system's clock, because the clocks of two hosts can differ
  for (const name of await readdir(path)) {
    const file = join(path, name)
    if (!name.startsWith('lock-') || file === mine) continue
    const text = await readFile(file, 'utf8').catch(() => null)
    const beat = (await stat(file).catch(() => null))?.mtimeMs
    if (text === null || beat === undefined) continue // just released
    const owner = JSON.parse(text) as Owner
    const mayLive = owner.place === me.place ? await isAlive(owner) : now - beat < silentMilliseconds
    if (mayLive) return { owner, file, beat }
    await rm(file, { force: true })
  }
  return null
}

async function isAlive({ pid, started }: Owner): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const now = await startOf(pid)
  return now === '' || now === started
}

async function self(): Promise<Owner> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')
  const names = await readlink('/proc/self/ns/pid').catch(() => '')
  return { pid: process.pid, host: hostname(), place: [hostname(), boot.trim(), names].join(' '), started: await startOf(process.pid) }
}

/** The start time: field 22 of /proc/PID/stat, counted from the end of the name, which can contain spaces. Empty without /proc; then only the pid is compared. */
async function startOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? ''
}
