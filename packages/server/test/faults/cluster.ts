import { join } from 'node:path'
import { createPool } from '@muster/server/store/database.ts'
import { startMailSink } from '@muster/testkit/mail-sink.ts'
import { freePort, OPERATOR_TOKEN, SECRET } from '@muster/testkit/muster.ts'
import { type LaunchedPostgres, launchOwnPostgres } from '@muster/testkit/postgres-server.ts'
import { startServerProcess } from '@muster/testkit/process.ts'
import { aTcpProxy, type TcpProxy, throughProxy } from '@muster/testkit/tcp-proxy.ts'
import type { Disk } from './disk.ts'
import { closable, type Installation, type Node, prepare, type Rows, thisVersion } from './installation.ts'
import { startVerifier } from './verifier.ts'

// An installation as in production: server processes behind a load balancer, each with its own way to one durable PostgreSQL.

interface ClusterNode extends Node {
  /** The way to the database. */
  proxy: TcpProxy
}

export interface Cluster extends Installation {
  balancer: TcpProxy
  nodes: readonly ClusterNode[]
  postgres: LaunchedPostgres
}

export interface ClusterOptions {
  servers: number
  clients: number
  random: () => number
  /** A small disk for PostgreSQL. By default its data is in the folder for temporary files. */
  disk?: Disk | undefined
  /** The tree of the version with which the servers start. The verifier keeps that version's SDK when they are upgraded. */
  version?: string | undefined
}

/** Settings with which PostgreSQL loses nothing that it has confirmed. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', recovery_init_sync_method: 'syncfs' }

export function startCluster({ servers, clients, random, disk, version = thisVersion }: ClusterOptions): Promise<Cluster> {
  return closable(async (closing) => {
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
    const verifier = await startVerifier(version, issuer, client)
    closing.push(() => verifier.stop())
    const rows: Rows = async (statement) => {
      const pool = createPool({ url: databaseUrl, size: 1, statementTimeoutSeconds: 60 })
      try {
        return (await pool.query(statement)).rows
      } finally {
        await pool.end()
      }
    }
    return { url: issuer, balancer, nodes, postgres, disk, mail, verifier, admins, rows }
  })
}

async function anEmptyDatabase({ url }: LaunchedPostgres): Promise<string> {
  const pool = createPool({ url, size: 1, statementTimeoutSeconds: 60 })
  await pool.query('create database muster template template0')
  await pool.end()
  const address = new URL(url)
  address.pathname = '/muster'
  return address.href
}

interface Shared {
  databaseUrl: string
  issuer: string
  smtpUrl: string
  random: () => number
}

async function aNode(folder: string, { databaseUrl, issuer, smtpUrl, random }: Shared): Promise<ClusterNode> {
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
    // An earlier version may not know this setting, and a server that is upgraded drains as in production.
    MUSTER_DRAIN_SECONDS: undefined,
  }
  const node: ClusterNode = {
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
