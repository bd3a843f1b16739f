import { strict as assert } from 'node:assert'
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { startCommand } from '@muster/testkit/command.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import type { Human, Muster } from '@muster/testkit/muster.ts'

const cli = fileURLToPath(new URL('../../../cli/bin/muster.cjs', import.meta.url))

/** `script` of util-linux provides a pseudo-terminal. Without it, prompts cannot be tested. */
export const hasPseudoTerminal = process.platform === 'linux' && existsSync('/usr/bin/script')

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
  /** Standard output and standard error together, as a person reads them. */
  text: string
}

export interface Running {
  /** Waits until the output matches. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  type(text: string): void
  interrupt(): void
  ended: Promise<Ended>
}

export interface RunOptions {
  env?: Record<string, string>
  /** The content of standard input, which ends after it. */
  input?: string
  /** Runs at a terminal, where the command may ask. */
  asks?: boolean
  /** Standard error is a terminal, which a login in the browser needs. True by default with `--no-browser`. */
  watched?: boolean
  /** Runs the command in this process, at a tenth of the cost of a child process. True unless it asks. */
  inProcess?: boolean
}

/** A working folder for one person with the real command. */
export interface Terminal {
  folder: string
  start(words: string, options?: RunOptions): Running
  run(words: string, options?: RunOptions): Promise<Ended>
  /** The value that `--json` prints. */
  json(words: string): Promise<any>
  credentials(): Promise<any>
  /** Permission bits of a path in the folder, as `ls` counts them. */
  mode(path: string): Promise<string>
  /** Stores a login as the command does, without waiting for a browser. */
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

  const start = (words: string, { env = {}, input, asks = false, watched = words.includes('--no-browser'), inProcess = !asks }: RunOptions = {}): Running => {
    const options = { cwd: folder, env: { ...base, ...env }, input, asks, watched }
    return inProcess ? startHere(words, options) : startProcess(words, options, children)
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
      // As after `muster login`. Without this, the command would ask to confirm a login that came with the folder.
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

interface StartOptions {
  cwd: string
  env: Record<string, string>
  input: string | undefined
  asks: boolean
  watched: boolean
}

/** Runs the command in this process, because most commands neither ask nor need a terminal. */
function startHere(words: string, { cwd, env, input, watched }: StartOptions): Running {
  const transcript = aTranscript(words)
  const command = startCommand(split(words), { cwd, env, input, watched })
  const ended = command.then(async (running) => {
    running.onOutput(transcript.add)
    return transcript.end((await running.ended).code)
  })
  return {
    ended,
    until: transcript.until,
    type: () => assert.fail('A command that asks is started with { asks: true }.'),
    interrupt: () => void command.then((running) => running.interrupt()),
  }
}

/** Runs the command as a child process, at a terminal when it asks or is watched. */
function startProcess(words: string, { cwd, env, input, asks, watched }: StartOptions, children: Set<ChildProcess>): Running {
  const transcript = aTranscript(words)
  const line = [process.execPath, cli, ...split(words)]
  const inTerminal = asks || watched
  const redirected = watched && !asks ? ' </dev/null >&3' : ''
  const [command, ...args] = inTerminal ? ['script', '-qec', `exec ${line.map(quoted).join(' ')}${redirected}`, '/dev/null'] : line
  const child = spawn(command as string, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe', 'pipe'] })
  const [stdin, out, err, apart] = child.stdio as unknown as [Writable, Readable, Readable, Readable]
  children.add(child)
  const hear = (stream: Readable, name: 'stdout' | 'stderr'): void => void stream.setEncoding('utf8').on('data', (text: string) => transcript.add(name, text))
  hear(out, redirected ? 'stderr' : 'stdout')
  hear(err, 'stderr')
  hear(apart, 'stdout')
  stdin.on('error', () => {}) // The command may end without reading.
  if (input !== undefined || !inTerminal) stdin.end(input)
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      children.delete(child)
      resolve(transcript.end(code))
    })
  })
  return {
    ended,
    type: (text) => void stdin.write(text),
    interrupt: () => void (inTerminal ? stdin.write('\u0003') : child.kill('SIGINT')),
    until: transcript.until,
  }
}

/** What a command has printed so far. */
function aTranscript(words: string) {
  const printed = { stdout: '', stderr: '' }
  const waiting = new Set<() => void>()
  let hasEnded = false
  const text = (): string => stripVTControlCharacters(printed.stdout + printed.stderr).replaceAll('\r\n', '\n')
  const look = (): void => waiting.forEach((one) => void one())
  return {
    add(stream: 'stdout' | 'stderr', more: string): void {
      printed[stream] += more
      look()
    },
    end(code: number | null): Ended {
      hasEnded = true
      look()
      return { code, ...printed, text: text() }
    },
    until: (pattern: RegExp): Promise<RegExpExecArray> =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => fail('was not printed in time'), 120_000)
        const fail = (why: string): void => {
          clearTimeout(timer)
          waiting.delete(check)
          reject(new Error(`${pattern} ${why} by \`muster ${words}\`. It printed:\n${text()}`))
        }
        const check = (): void => {
          const match = pattern.exec(text())
          if (match) {
            clearTimeout(timer)
            waiting.delete(check)
            resolve(match)
          } else if (hasEnded) fail('was never printed')
        }
        waiting.add(check)
        check()
      }),
  }
}

/** Splits a command line as a shell does: "two words" are one argument. */
const split = (words: string): string[] => (words.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'))
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`

/** The page that a device login shows, and the code to compare. */
export async function shown(running: Running): Promise<{ url: string; code: string }> {
  const [, url = '', code = ''] = await running.until(/Open this page to [^:]+:\s+(\S+)[\s\S]*shows this code:\s+([A-Z]{4,5}-[A-Z]{4,5})/)
  return { url, code }
}
