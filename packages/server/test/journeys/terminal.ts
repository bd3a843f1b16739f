import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import type { Human, Muster } from '@muster/testkit/muster.ts'

const cli = fileURLToPath(new URL('../../../cli/bin/muster.cjs', import.meta.url))

/** A pseudo-terminal is given by `script` of util-linux; where there is none, prompts cannot be tried. */
export const hasPseudoTerminal = process.platform === 'linux' && existsSync('/usr/bin/script')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
  /** Both, as a person reads them. */
  text: string
}

export interface Running {
  /** Waits until the command has said it. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  type(text: string): void
  interrupt(): void
  ended: Promise<Ended>
}

export interface RunOptions {
  env?: Record<string, string>
  /** What standard input holds; it ends there. */
  input?: string
  /** At a terminal, where it may ask. */
  asks?: boolean
  /** Standard error is a terminal that a person reads, which a login in the browser needs; true with `--no-browser`. */
  watched?: boolean
}

/** A folder in which somebody works with the real command, and nobody else. */
export interface Terminal {
  folder: string
  start(words: string, options?: RunOptions): Running
  run(words: string, options?: RunOptions): Promise<Ended>
  /** The value that `--json` prints. */
  json(words: string): Promise<any>
  credentials(): Promise<any>
  /** Permission bits of a path in the folder, as `ls` counts them. */
  mode(path: string): Promise<string>
  /** Puts a login there without waiting for a browser, in the form in which the command stores it. */
  holds(human: Human): Promise<Terminal>
  /** Changes the credentials by hand. */
  edit(change: (credentials: Record<string, unknown>) => Record<string, unknown>): Promise<void>
  close(): Promise<void>
}

export async function aTerminal(muster: Pick<Muster, 'url' | 'clock'>): Promise<Terminal> {
  const root = await mkdtemp(join(tmpdir(), 'muster-journey-'))
  const folder = join(root, 'work')
  const home = join(root, 'home')
  await Promise.all([mkdir(folder), mkdir(home)])
  const base = { ...bareEnvironment(), HOME: home, MUSTER_URL: muster.url, TERM: 'xterm', LANG: 'C.UTF-8' }
  const children = new Set<ChildProcess>()

  const start = (words: string, { env = {}, input, asks = false, watched = words.includes('--no-browser') }: RunOptions = {}): Running => {
    const line = [process.execPath, cli, ...split(words)]
    const inTerminal = asks || watched
    const redirected = watched && !asks ? ' </dev/null >&3' : ''
    const [command, ...args] = inTerminal ? ['script', '-qec', `exec ${line.map(quoted).join(' ')}${redirected}`, '/dev/null'] : line
    const child = spawn(command as string, args, { cwd: folder, env: { ...base, ...env }, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })
    const [stdin, out, err, apart] = child.stdio as unknown as [Writable, Readable, Readable, Readable]
    children.add(child)
    let stdout = ''
    let stderr = ''
    const said = (): string => stripVTControlCharacters(stdout + stderr).replaceAll('\r\n', '\n')
    const waiting = new Set<() => void>()
    const look = (): void => waiting.forEach((one) => void one())
    const hear = (stream: Readable, take: (text: string) => void): void =>
      void stream.setEncoding('utf8').on('data', (text: string) => {
        take(text)
        look()
      })
    const toStdout = (text: string): void => {
      stdout += text
    }
    const toStderr = (text: string): void => {
      stderr += text
    }
    hear(out, redirected ? toStderr : toStdout)
    hear(err, toStderr)
    hear(apart, toStdout)
    stdin.on('error', () => {}) // it ended without reading
    if (input !== undefined || !inTerminal) stdin.end(input)
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => {
        children.delete(child)
        resolve({ code, stdout, stderr, text: said() })
        look()
      })
    })
    return {
      ended,
      type: (text) => void stdin.write(text),
      interrupt: () => void (inTerminal ? stdin.write('\u0003') : child.kill('SIGINT')),
      until: (pattern) =>
        new Promise((resolve, reject) => {
          const timer = setTimeout(() => fail('was not said in time'), 120_000)
          const fail = (why: string): void => {
            clearTimeout(timer)
            waiting.delete(check)
            reject(new Error(`${pattern} ${why} by \`muster ${words}\`. It said:\n${said()}`))
          }
          const check = (): void => {
            const found = pattern.exec(said())
            if (found) {
              clearTimeout(timer)
              waiting.delete(check)
              resolve(found)
            } else if (!children.has(child)) fail('was never said')
          }
          waiting.add(check)
          check()
        }),
    }
  }

  const run = (words: string, options: RunOptions = {}): Promise<Ended> => start(words, options).ended
  const terminal: Terminal = {
    folder,
    start,
    run,
    async json(words) {
      const { code, stdout, text } = await run(`${words} --json`)
      if (code !== 0) throw new Error(`\`muster ${words}\` ended with ${code}:\n${text}`)
      return JSON.parse(stdout)
    },
    credentials: async () => JSON.parse(await readFile(join(folder, '.muster/credentials'), 'utf8').catch(() => 'null')),
    mode: async (path) => ((await stat(join(folder, path))).mode & 0o777).toString(8),
    async holds(human) {
      await mkdir(join(folder, '.muster'), { recursive: true, mode: 0o700 })
      const ends = new Date(Date.now() + 86_400_000).toISOString()
      const credentials = {
        version: 1,
        issuer: muster.url,
        access_token: human.token,
        expires_at: ends,
        clock_offset_seconds: Math.round(muster.clock.ahead()),
      }
      await writeFile(join(folder, '.muster/credentials'), JSON.stringify(credentials), { mode: 0o600 })
      // As after `muster login`: a login that came with the folder would be confirmed.
      const record = join(home, '.config', 'muster')
      await mkdir(record, { recursive: true, mode: 0o700 })
      await writeFile(join(record, 'servers.json'), JSON.stringify({ [join(folder, '.muster/credentials')]: [muster.url] }), { mode: 0o600 })
      return terminal
    },
    edit: async (change) => writeFile(join(folder, '.muster/credentials'), JSON.stringify(change(await terminal.credentials()))),
    async close() {
      for (const child of children) child.kill('SIGKILL')
      await rm(root, { recursive: true, force: true })
    },
  }
  return terminal
}

/** Words as a shell takes them apart: "two words" are one. */
const split = (words: string): string[] => (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'))
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** The page that a device login shows, and the code to compare. */
export async function shown(running: Running): Promise<{ url: string; code: string }> {
  const [, url = '', code = ''] = await running.until(/Open this page to [^:]+:\s+(\S+)[\s\S]*compare this code:\s+([A-Z]{4,5}-[A-Z]{4,5})/)
  return { url, code }
}
