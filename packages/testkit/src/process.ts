import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Config } from '@muster/server/config.ts'
import { bareEnvironment } from './environment.ts'
import { freePort } from './muster.ts'

export interface ServerProcess {
  /** The address of this process. The issuer is that of the first server. */
  url: string
  isRunning(): boolean
  /** Sends SIGTERM. Returns the exit code, or null if the process had to be killed. */
  stop(): Promise<number | null>
  /** Kills the process, without a chance to finish its work. */
  kill(): Promise<void>
  /** Stops the process with SIGSTOP until `resume`. Its clock goes on. */
  pause(): void
  resume(): void
}

const PATIENCE_MILLISECONDS = 60_000
const server = fileURLToPath(new URL('../../server/bin/server.js', import.meta.url))

interface Command {
  /** The program and its arguments. */
  command: readonly string[]
  /** Undefined takes a setting away that a test server has by default. */
  env: Record<string, string | undefined>
  cwd?: string
}

/** Starts another process of the same installation, with the same database, secret and issuer, and its own address. */
export async function startTwinProcess({ databaseUrl, issuer }: Pick<Config, 'databaseUrl' | 'issuer'>, env: Record<string, string>): Promise<ServerProcess> {
  const settings = { DATABASE_URL: databaseUrl ?? '', MUSTER_ISSUER: issuer }
  return startServerProcess({ command: [process.execPath, server], env: { ...settings, ...env } })
}

/** Starts a server by a command, and waits until it is ready. */
export async function startServerProcess({ command: [program = '', ...words], env, cwd }: Command): Promise<ServerProcess> {
  const port = env['PORT'] ?? String(await freePort())
  const child = spawn(program, words, {
    env: { ...bareEnvironment(), PORT: port, HOST: '127.0.0.1', LOG_LEVEL: 'warn', MUSTER_DRAIN_SECONDS: '0', MUSTER_HOSTS: `127.0.0.1:${port}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  const url = `http://127.0.0.1:${port}`
  for (const until = performance.now() + PATIENCE_MILLISECONDS; ; ) {
    if (performance.now() > until) {
      child.kill('SIGKILL')
      throw new Error(`The process is not ready after a minute:\n${said}`)
    }
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The process ended before it was ready:\n${said}`)
    const ready = await fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (ready) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    url,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    stop() {
      child.kill('SIGTERM')
      return ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  }
}
