import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import { bundleCli } from '../../../scripts/bundle-cli.ts'
import { realDate } from './clock.ts'

// Runs `muster` without starting a process, which costs ten times as much as most commands. The code is the shipped bundle, built from the current sources.
// Each command gets its own modules, `process`, working directory and clock, so that commands can run concurrently, beside a server whose clock a test has
// moved. A command that uses a terminal or starts another program needs a real process.

export interface CommandOptions {
  cwd: string
  /** The complete environment: nothing of the test's own is added. */
  env: Record<string, string>
  /** The content of standard input, which ends after it. */
  input?: string | undefined
  /** Standard error is a terminal of unknown width. */
  watched?: boolean
}

export interface RunningCommand {
  ended: Promise<{ code: number; stdout: string; stderr: string }>
  /** Interrupts the command, like Ctrl-C. */
  interrupt(): void
  onOutput(listen: (stream: 'stdout' | 'stderr', text: string) => void): void
}

type Program = (
  exports: object,
  require: (name: string) => unknown,
  module: object,
  file: string,
  folder: string,
  process: object,
  clock: DateConstructor,
) => void

const file = fileURLToPath(new URL('../../cli/dist/muster.cjs', import.meta.url))
const nativeRequire = createRequire(file)
/** The made-up process ids of running commands. No real process has one of these ids. */
const running = new Set<number>()
let lastNumber = 10_000_000
let program: Promise<Program> | undefined

export async function startCommand(words: string[], options: CommandOptions): Promise<RunningCommand> {
  program ??= bundleCli().then(
    (text) => compileFunction(text, ['exports', 'require', 'module', '__filename', '__dirname', 'process', 'Date'], { filename: file }) as Program,
  )
  return begin(await program, words, options)
}

export async function runCommand(words: string[], options: CommandOptions): Promise<{ code: number; stdout: string; stderr: string }> {
  return (await startCommand(words, options)).ended
}

function begin(run: Program, words: string[], { cwd, env, input, watched = false }: CommandOptions): RunningCommand {
  const pid = ++lastNumber
  const said = { stdout: '', stderr: '' }
  const listeners: ((stream: 'stdout' | 'stderr', text: string) => void)[] = []
  const signals = new EventEmitter()
  let isOver = false
  const { promise: ended, resolve: finish } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>()
  running.add(pid)
  const end = (code: number): void => {
    if (isOver) return
    isOver = true
    running.delete(pid)
    finish({ code, ...said })
  }
  const output = (name: 'stdout' | 'stderr'): Writable =>
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        const text = String(chunk)
        if (!isOver) {
          said[name] += text
          for (const listen of listeners) listen(name, text)
        }
        done()
      },
    })
  const own = {
    pid,
    env: { ...env },
    argv: [process.execPath, file, ...words],
    stdin: {},
    stdout: output('stdout'),
    stderr: Object.assign(output('stderr'), watched && { isTTY: true, columns: 0 }),
    cwd: () => cwd,
    on: (name: string, listen: () => void) => void signals.on(name, listen),
    once: (name: string, listen: () => void) => void signals.once(name, listen),
    off: (name: string, listen: () => void) => void signals.off(name, listen),
    kill: (number: number, signal?: string | number) => running.has(number) || process.kill(number, signal),
    exit(code: number) {
      end(code)
      throw new Error('The command has ended.')
    },
  }
  const fake = Object.create(process, Object.getOwnPropertyDescriptors(own))
  // Setting the exit code is the last step of a command.
  Object.defineProperty(fake, 'exitCode', { set: end })
  const module = { exports: {} }
  run(module.exports, requireIn({ cwd, env, input, watched }, fake), module, file, join(file, '..'), fake, realDate)
  return {
    ended,
    interrupt: () => void signals.emit('SIGINT'),
    onOutput(listen) {
      // The help and the version are written before the first wait.
      for (const name of ['stdout', 'stderr'] as const) if (said[name] !== '') listen(name, said[name])
      listeners.push(listen)
    },
  }
}

/** Node's modules with this working directory, home and standard input. */
function requireIn({ cwd, env, input = '' }: CommandOptions, own: object): (name: string) => unknown {
  let unread = Buffer.from(input)
  const readSync = (handle: number, target: Buffer, ...rest: unknown[]): number => {
    if (handle !== 0) return nativeRequire('node:fs').readSync(handle, target, ...rest)
    const length = unread.copy(target)
    unread = unread.subarray(length)
    return length
  }
  const from = (path: string): string => resolve(cwd, path)
  const replaced: Record<string, () => object> = {
    'node:process': () => own,
    'node:tty': () => ({ isatty: () => false }),
    'node:fs': () => ({ ...inFolder(nativeRequire('node:fs'), cwd), readSync }),
    'node:fs/promises': () => inFolder(nativeRequire('node:fs/promises'), cwd),
    'node:os': () => ({ ...nativeRequire('node:os'), homedir: () => env.HOME ?? cwd }),
    'node:path': () => ({
      ...nativeRequire('node:path'),
      resolve: (...paths: string[]) => resolve(cwd, ...paths),
      relative: (a: string, b: string) => nativeRequire('node:path').relative(from(a), from(b)),
    }),
  }
  return (name) => replaced[name]?.() ?? nativeRequire(name)
}

const ofTwoPaths = /^(rename|link|copyFile|cp)(Sync)?$/

/** The same functions, with paths relative to this folder. */
const inFolder = <Functions extends object>(functions: Functions, cwd: string): Functions =>
  Object.fromEntries(
    Object.entries(functions).map(([name, value]) => {
      if (typeof value !== 'function' || /^[A-Z]/.test(name)) return [name, value]
      const paths = ofTwoPaths.test(name) ? 2 : 1
      const call = (...given: unknown[]): unknown =>
        value.apply(
          functions,
          given.map((one, index) => (index < paths && typeof one === 'string' ? resolve(cwd, one) : one)),
        )
      return [name, Object.assign(call, value)]
    }),
  ) as Functions
