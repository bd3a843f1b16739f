import { homedir } from 'node:os'
import { isatty } from 'node:tty'
import { asOwnCommands, DEFAULT_URL, reaching } from '@muster/contract/command-line.ts'
import { Api } from './api/api.ts'
import { usage } from './errors.ts'
import { Ask } from './input/ask.ts'
import { type Credentials, findCredentials, type Place } from './login/credentials.ts'
import { KnownServers } from './login/known-servers.ts'
import { Output } from './output/output.ts'
import { ServerClock } from './output/time.ts'
import { ownCommand } from './own-command.ts'

/** The flags that every command accepts. */
export interface Settings {
  json: boolean
  url: string | undefined
  global: boolean
  tokenFile: string | undefined
  input: boolean
  quiet: boolean
  debug: boolean
}

/** The server that a command uses, and its source: named by the user, from a stored login, or the default. */
export interface Server {
  url: string
  source: 'named' | 'login' | 'default'
}

/** Everything that a command works with: the server, its API, input and output, and the credentials. */
export class Context {
  readonly settings: Settings
  readonly env: NodeJS.ProcessEnv
  readonly say: Output
  readonly ask: Ask
  readonly signal: AbortSignal
  readonly knownServers: KnownServers
  /** True when the user has confirmed the server in this command, but not the account of the stored login. */
  hasUnconfirmedLogin = false
  #server: Server | undefined
  #place: Place | undefined
  #api: Api | undefined

  constructor(settings: Settings, signal: AbortSignal, env: NodeJS.ProcessEnv = process.env) {
    this.settings = settings
    this.signal = signal
    this.env = env
    this.say = outputFor(settings, env)
    this.knownServers = new KnownServers(env)
    // `process.stdin` would load readline, which takes a tenth of a short command's time.
    const terminal = isatty(0) && process.stderr.isTTY === true && env.TERM !== 'dumb'
    this.ask = new Ask(terminal && settings.input && !settings.json)
  }

  get place(): Place {
    this.#place ??= findCredentials({ cwd: process.cwd(), home: homedir(), named: this.env.MUSTER_CREDENTIALS || undefined, global: this.settings.global })
    return this.#place
  }

  /** Makes the next access look for the credentials again, after a login was stored. */
  forgetPlace(): void {
    this.#place = undefined
  }

  /** The login that is stored for this server, or null. A login for another issuer is ignored (S50). */
  credentials(): Credentials | null {
    const found = this.place.found?.read() ?? null
    return found && normalUrl(found.issuer) === this.api.url ? found : null
  }

  get server(): Server {
    if (!this.#server) {
      const named = this.settings.url ?? (this.env.MUSTER_URL || undefined)
      const issuer = named === undefined ? this.place.found?.read()?.issuer : undefined
      this.#server = { url: normalUrl(named ?? issuer ?? DEFAULT_URL), source: named !== undefined ? 'named' : issuer !== undefined ? 'login' : 'default' }
    }
    return this.#server
  }

  get api(): Api {
    if (!this.#api) {
      const { url, source } = this.server
      const stored = source === 'login' ? (this.place.found?.read() ?? null) : null
      if (url.startsWith('http://') && !isLocal(url)) this.say.warn(`${url} is not encrypted. Anyone on the network path can read your tokens.`)
      this.#api = new Api({
        url,
        clock: new ServerClock((stored?.clock_offset_seconds ?? 0) * 1000),
        signal: this.signal,
        debug: (text) => this.say.debug(text),
        env: this.env,
      })
    }
    return this.#api
  }

  /** A command to run next. It includes the server's address if that was given by `--url`, because no stored login has it yet. */
  command(words: string): string {
    const line = `muster ${words}`
    return this.settings.url && this.api.url !== normalUrl(this.env.MUSTER_URL || DEFAULT_URL) ? reaching(line, this.api.url) : line
  }

  get now(): number {
    return this.api.clock.now()
  }
}

export const outputFor = ({ json, quiet, debug }: Pick<Settings, 'json' | 'quiet' | 'debug'>, env: NodeJS.ProcessEnv = process.env): Output =>
  new Output({
    stdout: process.stdout,
    stderr: process.stderr,
    json,
    quiet,
    debug: debug || isSet(env.MUSTER_DEBUG),
    commands: (text) => asOwnCommands(text, ownCommand(env)),
  })

export const isSet = (value: string | undefined): boolean => value !== undefined && !['', '0', 'false'].includes(value)

export function normalUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw usage(`"${text}" is not a valid server address.`, 'Use an address such as https://accounts.example.com')
  const { origin, pathname } = new URL(text)
  return origin + pathname.replace(/\/+$/, '')
}

export const isLocal = (url: string): boolean => /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)
