import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createPool } from '@muster/server/store/database.ts'
import { bareEnvironment } from '@muster/testkit/environment.ts'
import { type MailSink, startMailSink } from '@muster/testkit/mail-sink.ts'
import { freePort, OPERATOR_TOKEN, SECRET } from '@muster/testkit/muster.ts'
import { type LaunchedPostgres, launchOwnPostgres } from '@muster/testkit/postgres-server.ts'
import { type ServerProcess, startServerProcess } from '@muster/testkit/process.ts'
import { aTcpProxy, type TcpProxy, throughProxy } from '@muster/testkit/tcp-proxy.ts'
import type { Disk } from './disk.ts'
import { startVerifier, type VerifierProcess } from './verifier.ts'

// An installation as in production: server processes behind a load balancer, each with its own way to one durable PostgreSQL, a mail server, and a service with the
// SDK's verifier.

/** An admin of an organization of their own. One client of the load acts for each. */
export interface Admin {
  id: string
  organization: string
  token: string
}

export interface Node {
  port: number
  /** The way to the database. */
  proxy: TcpProxy
  /** The tree of its version. */
  folder: string
  /** Undefined while it is down. */
  process: ServerProcess | undefined
  start(): Promise<void>
}

export interface Cluster {
  /** The address of the load balancer, which is the issuer. */
  url: string
  balancer: TcpProxy
  nodes: Node[]
  postgres: LaunchedPostgres
  disk: Disk | undefined
  mail: MailSink
  verifier: VerifierProcess
  admins: Admin[]
  rows<Row>(statement: string): Promise<Row[]>
  close(): Promise<void>
}

export interface ClusterOptions {
  servers: number
  clients: number
  random: () => number
  /** A small disk for PostgreSQL. By default its data is in the folder for temporary files. */
  disk?: Disk | undefined
  /** The tree of the version with which the servers start. */
  version?: string | undefined
}

/** The root of this repository. */
export const thisVersion = fileURLToPath(new URL('../../../..', import.meta.url))

/** Settings with which PostgreSQL loses nothing that it has confirmed. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', recovery_init_sync_method: 'syncfs' }

export async function startCluster({ servers, clients, random, disk, version = thisVersion }: ClusterOptions): Promise<Cluster> {
  const closing: (() => Promise<unknown>)[] = []
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0).reverse()) await end()
  }
  try {
    const postgres = await launchOwnPostgres(durable, disk?.folder)
    closing.push(() => postgres.stop())
    const databaseUrl = await anEmptyDatabase(postgres)
    const mail = await startMailSink()
    closing.push(() => mail.stop())
    const { issuer, admins, client } = await prepare(version, databaseUrl, clients)

    const shared = { databaseUrl, issuer, smtpUrl: mail.url, random }
    const nodes = await Promise.all(Array.from({ length: servers }, () => aNode(version, shared)))
    closing.push(() => Promise.all(nodes.map(({ proxy }) => proxy.close())))
    closing.push(() => Promise.all(nodes.map((node) => node.process?.kill())))
    await Promise.all(nodes.map((node) => node.start()))
    const balancer = await aTcpProxy({ targets: nodes.map(({ port }) => port), port: Number(new URL(issuer).port), random })
    closing.push(() => balancer.close())
    const verifier = await startVerifier(issuer, client)
    closing.push(() => verifier.stop())
    const rows = async <Row>(statement: string): Promise<Row[]> => {
      const pool = createPool({ url: databaseUrl, size: 1, statementTimeoutSeconds: 60 })
      try {
        return (await pool.query(statement)).rows as Row[]
      } finally {
        await pool.end()
      }
    }
    return { url: issuer, balancer, nodes, postgres, disk, mail, verifier, admins, rows, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function anEmptyDatabase({ url }: LaunchedPostgres): Promise<string> {
  const pool = createPool({ url, size: 1, statementTimeoutSeconds: 60 })
  await pool.query('create database muster template template0')
  await pool.end()
  const address = new URL(url)
  address.pathname = '/muster'
  return address.href
}

interface Prepared {
  issuer: string
  admins: Admin[]
  client: { id: string; secret: string }
}

async function prepare(folder: string, databaseUrl: string, clients: number): Promise<Prepared> {
  const script = join(folder, 'packages/server/test/faults/prepare.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [script, databaseUrl, String(clients)], {
    cwd: folder,
    env: { ...bareEnvironment(), NODE_ENV: 'test' },
  })
  return JSON.parse(stdout)
}

interface Shared {
  databaseUrl: string
  issuer: string
  smtpUrl: string
  random: () => number
}

async function aNode(folder: string, { databaseUrl, issuer, smtpUrl, random }: Shared): Promise<Node> {
  const proxy = await aTcpProxy({ targets: [Number(new URL(databaseUrl).port)], random })
  const port = await freePort()
  const env = {
    PORT: String(port),
    DATABASE_URL: throughProxy(databaseUrl, proxy),
    MUSTER_ISSUER: issuer,
    MUSTER_SECRET: SECRET,
    MUSTER_OPERATOR_TOKEN: OPERATOR_TOKEN,
    MUSTER_SMTP_URL: smtpUrl,
    LOG_LEVEL: 'silent',
  }
  const node: Node = {
    port,
    proxy,
    folder,
    process: undefined,
    async start() {
      node.process = await startServerProcess({ command: [process.execPath, join(node.folder, 'packages/server/bin/server.js')], env })
    },
  }
  return node
}
