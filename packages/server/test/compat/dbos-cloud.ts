import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { type Muster, type MusterOptions, startMuster } from '@muster/testkit/muster.ts'
import { type Front, startFront } from './front.ts'

// The published command, unchanged from the registry. It runs as a child process and knows nothing about Muster.

export const LOGIN = 'login.dbos.dev'
export const CLOUD = 'cloud.dbos.dev'
export const HOSTS = [LOGIN, CLOUD] as const

const cli = join(dirname(createRequire(import.meta.url).resolve('@dbos-inc/dbos-cloud/package.json')), 'dist/cli.js')
const redirect = pathToFileURL(join(import.meta.dirname, 'redirect.mjs')).href

export interface Place {
  muster: Muster
  front: Front
  /** A folder that a user runs the command in. */
  terminal(): Promise<DbosTerminal>
  close(): Promise<void>
}

/** A Muster behind a reverse proxy that terminates TLS for the two host names built into the command. */
export async function aPlace(issuer: (typeof HOSTS)[number], options: MusterOptions = {}): Promise<Place> {
  const other = HOSTS.filter((host) => host !== issuer).join()
  const env = { MUSTER_COMPAT: 'dbos', MUSTER_ISSUER: `https://${issuer}`, MUSTER_HOSTS: other, MUSTER_TRUSTED_PROXIES: '127.0.0.1', ...options.env }
  const muster = await startMuster({ ...options, env })
  const front = await startFront(HOSTS, muster.server.port)
  const terminals: DbosTerminal[] = []
  return {
    muster,
    front,
    async terminal() {
      const terminal = await aTerminal(front)
      terminals.push(terminal)
      return terminal
    },
    async close() {
      await Promise.all(terminals.map((terminal) => terminal.close()))
      await front.close()
      await muster.close()
    },
  }
}

export interface Ended {
  code: number | null
  text: string
}

export interface Running {
  /** Waits until the output matches. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Answers the prompt when it appears. */
  answer(question: string, text: string): Promise<void>
  /** The URL that the command wants to open. */
  page(): Promise<string>
  ended: Promise<Ended>
}

export interface DbosTerminal {
  start(...args: string[]): Running
  run(...args: string[]): Promise<Ended>
  credentials(): Promise<Record<string, string> | null>
  keep(credentials: Record<string, unknown>): Promise<void>
  close(): Promise<void>
}

async function aTerminal(front: Front): Promise<DbosTerminal> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-dbos-'))
  const authority = join(folder, 'authority.pem')
  await writeFile(authority, front.authority)
  // The command opens a browser with a program of this name.
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await writeFile(join(bin, 'open'), '#!/bin/sh\n', { mode: 0o755 })
  const kept = join(folder, '.dbos/credentials')
  const bare = bareEnvironment()
  const env = {
    ...bare,
    PATH: `${bin}${delimiter}${bare['PATH']}`,
    HOME: folder,
    BROWSER: 'true', // Opens nothing and succeeds.
    NO_UPDATE_NOTIFIER: '1',
    NODE_EXTRA_CA_CERTS: authority,
    NODE_OPTIONS: `--import=${redirect}`,
    REDIRECT_HOSTS: HOSTS.join(),
    REDIRECT_PORT: String(front.port),
  }
  const children = new Set<ChildProcessWithoutNullStreams>()

  const start = (...args: string[]): Running => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env })
    children.add(child)
    let said = ''
    const waiting = new Set<() => void>()
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said = stripVTControlCharacters(said + text)
        for (const look of waiting) look()
      })
    }
    child.stdin.on('error', () => {}) // The command may end without reading.
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code) => {
        children.delete(child)
        resolve({ code, text: said.replaceAll(' \n', '\n') })
        for (const look of waiting) look()
      })
    })
    const until = (pattern: RegExp): Promise<RegExpExecArray> =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void => {
          waiting.delete(look)
          clearTimeout(timer)
          reject(new Error(`${pattern} ${why} by \`dbos-cloud ${args.join(' ')}\`. It said:\n${said}`))
        }
        const timer = setTimeout(() => fail('was not said in time'), 40_000)
        const look = (): void => {
          const found = pattern.exec(said)
          if (found) {
            waiting.delete(look)
            clearTimeout(timer)
            resolve(found)
          } else if (!children.has(child)) fail('was never said')
        }
        waiting.add(look)
        look()
      })
    return {
      ended,
      until,
      async answer(question, text) {
        await until(new RegExp(question))
        child.stdin.write(`${text}\n`)
      },
      page: async () => (await until(/Login URL: (\S+)\s/))[1] as string,
    }
  }

  return {
    start,
    run: (...args) => start(...args).ended,
    credentials: async () => JSON.parse(await readFile(kept, 'utf8').catch(() => 'null')),
    async keep(credentials) {
      await mkdir(dirname(kept), { recursive: true })
      await writeFile(kept, JSON.stringify(credentials))
    },
    async close() {
      for (const child of children) child.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    },
  }
}
