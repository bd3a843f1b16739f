import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPool } from '@muster/server/store/database.ts'
import { runFolderVariable, testDatabasePrefix } from './run/run-folder.ts'

export interface Postgres {
  /** The URL of a database on the server, or without a name of the maintenance database. */
  url(databaseName?: string): string
  /** Creates an empty database, migrated unless the options say otherwise, and returns its URL. */
  createDatabase(options?: { migrated?: boolean }): Promise<string>
  /** Drops a database that was created here. A database that is still in use is removed with the server. */
  dropDatabase(url: string): Promise<void>
  stop(): Promise<void>
}

let shared: Promise<Postgres> | undefined

/**
 * A real PostgreSQL 18 for the whole run, or the server that `MUSTER_TEST_DATABASE_URL` names, with a role that may create databases. Stopping it drops only
 * the databases created here; the end of the run stops the server.
 * @param settings of PostgreSQL. With them a separate server is started for this process.
 */
export function startPostgres(settings?: Record<string, string>): Promise<Postgres> {
  shared ??= connect(settings)
  return shared
}

async function connect(settings?: Record<string, string>): Promise<Postgres> {
  const folder = process.env[runFolderVariable]
  if (folder === undefined) {
    const { launchPostgres } = await import('./postgres-server.ts')
    const server = await launchPostgres(settings)
    return databases(server.url, server.template, server.stop)
  }
  await writeFile(join(folder, 'wanted'), '')
  const file = join(folder, 'answer')
  for (let waited = 0; !existsSync(file); waited += 25) {
    if (waited > 60_000) throw new Error('The PostgreSQL server of this test run did not start within a minute.')
    await sleep(25)
  }
  const answer = JSON.parse(await readFile(file, 'utf8')) as { url: string; template: string; error?: string }
  if (answer.error !== undefined) throw new Error(`The PostgreSQL server of this test run did not start.\n${answer.error}`)
  return databases(answer.url, answer.template, async () => {})
}

function databases(server: string, template: string, stop: () => Promise<void>): Postgres {
  const admin = createPool({ url: server, size: 1, statementTimeoutSeconds: 30 })
  const made = new Set<string>()
  let count = 0
  const url = (name?: string): string => {
    const address = new URL(server)
    if (name !== undefined) address.pathname = `/${name}`
    return address.href
  }
  return {
    url,
    async createDatabase({ migrated = true } = {}) {
      count += 1
      const name = `${testDatabasePrefix(template)}${process.pid}_${count}`
      await admin.query(`create database ${name} template ${migrated ? template : 'template0'} strategy file_copy`)
      made.add(name)
      return url(name)
    },
    async dropDatabase(address) {
      const name = new URL(address).pathname.slice(1)
      const { rowCount } = await admin.query("select from pg_stat_activity where datname = $1 and backend_type = 'client backend'", [name])
      if (rowCount !== 0 || !made.delete(name)) return
      await admin.query(`drop database ${name} with (force)`)
    },
    async stop() {
      shared = undefined
      for (const name of made) await admin.query(`drop database if exists ${name} with (force)`)
      await admin.end()
      await stop()
    },
  }
}
