import { type ChildProcess, fork, type SpawnOptions, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Every process that the bench starts is started here, so that Ctrl-C and an error end all of them.

const started = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of started) kill(child)
})

/** Ends the whole group of a process: a server that was started through a shell is its grandchild. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  try {
    process.kill(child.spawnargs[0] === process.execPath ? child.pid : -child.pid, 'SIGKILL')
  } catch {
    // It has ended in the meantime.
  }
}

function keep(child: ChildProcess): void {
  started.add(child)
  child.once('exit', () => started.delete(child))
}

export interface Spawned {
  child: ChildProcess
  /** The end of what it has written. */
  said(): string
  stop(): Promise<void>
}

/** Starts one of `bench/processes`. Its first message says that it is ready. */
export function startProcess(file: string, args: string[] = [], env: Record<string, string> = {}): Spawned & { ready: Promise<any> } {
  const path = fileURLToPath(new URL(`../processes/${file}`, import.meta.url))
  const child = fork(path, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const watched = watch(child)
  const ready = new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}.\n${watched.said()}`)))
  })
  ready.catch(() => {})
  return { ...watched, ready }
}

/** Starts a command of `package.json` as npm would, without npm. The log goes to a file, as in production, and never to a terminal. */
export function startCommand(command: string, folder: string, env: Record<string, string>, log: string): Spawned {
  const options: SpawnOptions = {
    cwd: folder,
    shell: true,
    detached: true,
    env: { PATH: `${join(folder, 'node_modules/.bin')}:${process.env['PATH']}`, HOME: process.env['HOME'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  }
  return watch(spawn(`exec ${command}`, options), log)
}

function watch(child: ChildProcess, log?: string): Spawned {
  keep(child)
  let said = ''
  const file = log === undefined ? null : createWriteStream(log)
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      file?.write(chunk)
      said = (said + chunk).slice(-4_000)
    })
  }
  return {
    child,
    said: () => said,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      const patience = setTimeout(() => kill(child), 10_000)
      await ended
      clearTimeout(patience)
      file?.end()
    },
  }
}
