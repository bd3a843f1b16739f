import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Failure } from '../errors.ts'
import { withLock } from './lock.ts'

/** A stored login (S50). `user` and `organization` are stored only to notice changes (S51); no command relies on them. */
export interface Credentials {
  version: 1
  /** The server that issued the tokens. The tokens are sent to no other server. */
  issuer: string
  access_token: string
  expires_at: string
  /** Server time minus local time when the login was created (S54). */
  clock_offset_seconds: number
  refresh_token?: string
  user?: { id: string; username: string | null }
  organization?: { id: string; name: string } | null
}

/** A credentials file. Every read and write makes the checks of S50. */
export class CredentialsFile {
  readonly path: string
  readonly #folder: string
  /** True for a `.muster` folder, whose mode and .gitignore the CLI sets. A folder named by MUSTER_CREDENTIALS is not changed. */
  readonly #ours: boolean

  constructor(path: string) {
    this.path = path
    this.#folder = dirname(path)
    this.#ours = basename(this.#folder) === '.muster'
  }

  exists(): boolean {
    return lstat(this.path) !== null
  }

  /** Whether another user owns the file or its folder. Such a file in a parent folder is ignored. */
  isForeign(): boolean {
    return [lstat(this.#folder), lstat(this.path)].some((stats) => stats !== null && !isMine(stats))
  }

  /** Null without a file. Refuses a file that another user could have planted or read. */
  read(): Credentials | null {
    if (!this.exists()) return null
    this.#checkFolder()
    const file = this.#open()
    try {
      const stats = fstatSync(file)
      if (!stats.isFile()) throw refused(this.path, 'is not a regular file', `rm ${this.path}`)
      if (!isMine(stats)) throw refused(this.path, 'belongs to another user')
      if (isPosix && (stats.mode & 0o077) !== 0) throw refused(this.path, `can be read by others (mode ${mode(stats)})`, `chmod 600 ${this.path}`)
      return parse(readFileSync(file, 'utf8'), this.path)
    } finally {
      closeSync(file)
    }
  }

  /** Reads, changes and writes the file under a lock against other `muster` processes. `change` returns the new content, or null to delete the file. */
  async update(change: (found: Credentials | null) => Promise<Credentials | null> | Credentials | null): Promise<Credentials | null> {
    this.#prepareFolder()
    return withLock(`${this.path}.lock`, async () => {
      const found = this.read()
      const next = await change(found)
      if (next === null) this.#remove()
      else if (next !== found) this.#write(next)
      return next
    })
  }

  /** Deletes the file without reading it, so that an unreadable file can be deleted too. */
  async remove(): Promise<void> {
    if (!this.exists()) return
    await withLock(`${this.path}.lock`, () => this.#remove())
  }

  /**
   * Deletes a file that `read` refuses: the entry itself and not the target of a link, and only in a `.muster` folder of this user. A file
   * that MUSTER_CREDENTIALS names might not be a login, so it is kept. Returns false if nothing was deleted.
   */
  async discard(): Promise<boolean> {
    const [folder, file] = [lstat(this.#folder), lstat(this.path)]
    if (!this.#ours || !folder?.isDirectory() || !isMine(folder) || !(file?.isFile() || file?.isSymbolicLink())) return false
    await this.remove()
    return true
  }

  #remove(): void {
    if (this.exists()) unlinkSync(this.path)
  }

  // Written by rename, so that a reader or a crash never sees half of a file.
  #write(credentials: Credentials): void {
    const temporary = `${this.path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`
    const file = openSync(temporary, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0), 0o600)
    try {
      if (isPosix) fchmodSync(file, 0o600)
      writeSync(file, `${JSON.stringify(credentials, null, 2)}\n`)
      fsyncSync(file)
      closeSync(file)
      renameSync(temporary, this.path)
    } catch (error) {
      unlinkSync(temporary)
      throw error
    }
  }

  #open(): number {
    try {
      // O_NONBLOCK, so that opening a planted pipe does not block before the pipe is refused.
      return openSync(this.path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw refused(this.path, 'is a symbolic link', `rm ${this.path}`)
      throw new Failure(`The credentials in ${this.path} cannot be read.`, { code: 'credentials_refused', why: String((error as Error).message), cause: error })
    }
  }

  #checkFolder(): void {
    const stats = lstat(this.#folder)
    if (stats === null) return
    if (stats.isSymbolicLink()) throw refused(this.#folder, 'is a symbolic link')
    if (!stats.isDirectory()) throw refused(this.#folder, 'is not a folder')
    if (!isMine(stats)) throw refused(this.#folder, 'belongs to another user')
    const open = this.#ours ? 0o077 : 0o022
    if (isPosix && (stats.mode & open) !== 0) throw refused(this.#folder, `is open to others (mode ${mode(stats)})`, `chmod 700 ${this.#folder}`)
  }

  #prepareFolder(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const stats = lstat(this.#folder)
    // The embedded server keeps its data in this folder too and may have created it with the default mode. Without credentials in it, the mode is corrected.
    if (this.#ours && isPosix && stats?.isDirectory() && isMine(stats) && !this.exists()) chmodSync(this.#folder, 0o700)
    this.#checkFolder()
    if (this.#ours) {
      try {
        writeFileSync(join(this.#folder, '.gitignore'), '*\n', { flag: 'wx' })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  }
}

export interface Place {
  /** The file that applies in this folder, if there is one. */
  found: CredentialsFile | null
  /** The file for a login that is created now. */
  fresh: CredentialsFile
}

/** Looks for `.muster/credentials` here, then in the parent folders, then in the home folder. MUSTER_CREDENTIALS and `--global` name a single place (S50). */
export function findCredentials({ cwd, home, named, global }: { cwd: string; home: string; named?: string | undefined; global?: boolean }): Place {
  const only = global ? credentialsIn(home) : named ? new CredentialsFile(resolve(cwd, named)) : null
  if (only) return { found: only.exists() ? only : null, fresh: only }
  const fresh = credentialsIn(cwd)
  if (fresh.exists()) return { found: fresh, fresh }
  for (const folder of parents(cwd, home)) {
    const file = credentialsIn(folder)
    if (file.exists() && !file.isForeign()) return { found: file, fresh }
  }
  return { found: null, fresh }
}

const credentialsIn = (folder: string): CredentialsFile => new CredentialsFile(join(folder, '.muster', 'credentials'))

function* parents(cwd: string, home: string): Generator<string> {
  let folder = cwd
  while (folder !== home && dirname(folder) !== folder) {
    folder = dirname(folder)
    yield folder
  }
  if (folder !== home) yield home
}

function parse(text: string, path: string): Credentials {
  try {
    const value = JSON.parse(text) as Credentials
    if (value.version === 1 && typeof value.issuer === 'string' && typeof value.access_token === 'string' && typeof value.expires_at === 'string') return value
  } catch {
    // Reported below without the parser's message, which would quote the file.
  }
  throw refused(path, 'is not a muster credentials file', `rm ${path}`)
}

function lstat(path: string): Stats | null {
  try {
    return lstatSync(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}

const isPosix = process.getuid !== undefined
const isMine = (stats: Stats): boolean => !isPosix || stats.uid === process.getuid?.()
const mode = (stats: Stats): string => `0${(stats.mode & 0o777).toString(8)}`

const refused = (path: string, why: string, fix?: string): Failure =>
  new Failure(`Credentials refused: ${path} ${why}.`, {
    code: 'credentials_refused',
    next: fix ? `To fix: ${fix}. To discard it: muster logout` : 'Store the login elsewhere: --global or MUSTER_CREDENTIALS.',
  })
