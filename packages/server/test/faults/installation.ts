import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import type { MailSink } from '@muster/testkit/mail-sink.ts'
import type { ServerProcess } from '@muster/testkit/process.ts'
import type { Disk } from './disk.ts'
import type { VerifierProcess } from './verifier.ts'

/** An admin of an organization of their own. One client of the load acts for each. */
export interface Admin {
  id: string
  organization: string
  token: string
}

export interface Node {
  port: number
  /** The tree of its version. */
  folder: string
  /** Undefined while it is down. */
  process: ServerProcess | undefined
  start(): Promise<void>
}

/** What a fault run is about: server processes with their database, a mail server, and a service with the SDK's verifier. */
export interface Installation {
  /** The issuer. Clients send their requests here. */
  url: string
  nodes: readonly Node[]
  /** Where the database is, if that disk can be filled up. */
  disk: Disk | undefined
  mail: MailSink
  verifier: VerifierProcess
  admins: Admin[]
  /** Reads the database when the load has ended. */
  rows: Rows
  close(): Promise<void>
}

export type Rows = <Row>(statement: string) => Promise<Row[]>

/** The root of this repository. */
export const thisVersion = fileURLToPath(new URL('../../../..', import.meta.url))

interface Prepared {
  issuer: string
  admins: Admin[]
  client: { id: string; secret: string }
}

/** Migrates an empty database and makes the people. @param store the URL of a database, or the folder of an embedded one */
export async function prepare(version: string, store: string, clients: number): Promise<Prepared> {
  const script = join(version, 'packages/server/test/faults/prepare.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, store, String(clients)], {
    cwd: version,
    env: { ...bareEnvironment(), NODE_ENV: 'test' },
  })
  return JSON.parse(stdout)
}

/** Runs the steps that `closing` gets, last one first: when the installation is closed, or when its start fails. */
export async function closable<T>(open: (closing: (() => Promise<unknown>)[]) => Promise<T>): Promise<T & { close(): Promise<void> }> {
  const closing: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    return { ...(await open(closing)), close }
  } catch (error) {
    await close()
    throw error
  }
}
