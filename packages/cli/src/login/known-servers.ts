import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { withLock } from './lock.ts'

/** The servers that the user has logged in to or confirmed, by the path of the credentials file that was in use. */
type Servers = Record<string, string[]>

/**
 * The user's own record of servers: `muster/servers.json` in the user's configuration folder. A checkout can contain a
 * `.muster/credentials` file, but not this one (decision 0040).
 */
export class KnownServers {
  readonly path: string

  constructor(env: NodeJS.ProcessEnv) {
    this.path = join(configurationFolder(env), 'muster', 'servers.json')
  }

  has(credentialsPath: string, url: string): boolean {
    return this.#read()[credentialsPath]?.includes(url) ?? false
  }

  async add(credentialsPath: string, url: string): Promise<void> {
    if (this.has(credentialsPath, url)) return
    mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 })
    await withLock(`${this.path}.lock`, () => {
      const servers = this.#read()
      servers[credentialsPath] = [...new Set([...(servers[credentialsPath] ?? []), url])]
      const temporary = `${this.path}.${process.pid}.tmp`
      writeFileSync(temporary, `${JSON.stringify(servers, null, 2)}\n`, { mode: 0o600 })
      renameSync(temporary, this.path)
    })
  }

  /** Empty if the file is missing, damaged or writable by another user, so that every server must be confirmed again. */
  #read(): Servers {
    try {
      const { uid, mode } = statSync(this.path)
      if (process.getuid && (uid !== process.getuid() || (mode & 0o022) !== 0)) return {}
      const value: unknown = JSON.parse(readFileSync(this.path, 'utf8'))
      if (typeof value !== 'object' || value === null) return {}
      return Object.fromEntries(Object.entries(value).filter((entry): entry is [string, string[]] => Array.isArray(entry[1])))
    } catch {
      return {}
    }
  }
}

/** A relative XDG_CONFIG_HOME is ignored, as its specification requires. It would lead into the checkout. */
function configurationFolder(env: NodeJS.ProcessEnv): string {
  const named = process.platform === 'win32' ? env.APPDATA : env.XDG_CONFIG_HOME
  return named && isAbsolute(named) ? named : join(homedir(), '.config')
}
