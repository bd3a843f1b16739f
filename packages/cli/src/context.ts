import { homedir } from 'node:os'
import { asOwnCommands, DEFAULT_URL, reaching } from '@muster/contract/command-line.ts'
import { Api } from './api/api.ts'
import { usage } from './errors.ts'
import { Ask } from './input/ask.ts'
import { type Credentials, findCredentials, type Place } from './login/credentials.ts'
import { KnownServers } from './login/known-servers.ts'
import { Output } from './output/output.ts'
import { ServerClock } from './output/time.ts'
import { ownCommand } from './own-command.ts'

/** The flags every command takes. */
export interface Settings {
  json: boolean
  url: string | undefined
  global: boolean
  tokenFile: string | undefined
  input: boolean
  quiet: boolean
  debug: boolean
}

/** The Muster a command speaks with, and who decided that: the user, a stored login, or nobody. */
export interface Server {
  url: string
  source: 'named' | 'login' | 'default'
}

/** What a command is handed: where Muster is, how to speak with it and with the person, and the place of the credentials. */
export class Context {
  readonly settings: Settings
  readonly env: NodeJS.ProcessEnv
  readonly say: Output
  readonly ask: Ask
  readonly signal: AbortSignal
  readonly knownServers: KnownServers
  /** The server was confirmed by this command, the stored login was not. */
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
    const terminal = process.stdin.isTTY === true && process.stderr.isTTY === true && env.TERM !== 'dumb'
    this.ask = new Ask(terminal && settings.input && !settings.json)
  }

  get place(): Place {
    this.#place ??= findCredentials({ cwd: process.cwd(), home: homedir(), named: this.env.MUSTER_CREDENTIALS || undefined, global: this.settings.global })
    return this.#place
  }

  /** Looked at anew: the place of a login that was just made. */
  forgetPlace(): void {
    this.#place = undefined
  }

  /** The login that is stored for the Muster we speak with; one for another issuer does not count (S50). */
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

  /** A next step, to be run here: what was said of the address once is repeated, since no login remembers it yet. */
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
